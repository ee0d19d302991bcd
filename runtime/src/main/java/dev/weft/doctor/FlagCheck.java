package dev.weft.doctor;

import dev.weft.Doctor.Finding;
import dev.weft.Doctor.Level;
import dev.weft.MissingFlag;
import dev.weft.jdk.VirtualThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The flags that Weft needs, and those that it had better not have. */
public final class FlagCheck {
    private static final Module WEFT = FlagCheck.class.getModule();
    private static final Module JDK = Object.class.getModule();

    private FlagCheck() {}

    /** What was found. */
    public static List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        findings.add(greenlets());
        findings.add(generators());
        findings.addAll(arguments(JvmArguments.all()));
        String tracked = System.getProperty("jdk.trackAllThreads", "");
        if (!tracked.isEmpty() && !Boolean.parseBoolean(tracked)) {
            findings.add(new Finding(
                    Level.NOTE,
                    "-Djdk.trackAllThreads=false: thread dumps show neither virtual threads nor greenlets",
                    "leave it out, unless the 40 bytes a greenlet are worth that"));
        }
        return findings;
    }

    private static Finding greenlets() {
        String flag = "--add-opens java.base/java.lang=" + whose(WEFT);
        if (!JDK.isOpen("java.lang", WEFT)) {
            return new Finding(
                    Level.FAULT,
                    "greenlets: " + flag + " is missing",
                    "give it to java, or put \"Add-Opens: java.base/java.lang\" into the manifest of the jar");
        }
        try {
            VirtualThreads.require();
        } catch (MissingFlag strange) {
            return new Finding(
                    Level.FAULT,
                    "greenlets: this JDK is not as Weft knows it: " + strange.getCause(),
                    "use JDK 25, or a newer Weft");
        } catch (UnsupportedOperationException noContinuations) {
            // That is a finding of its own.
        }
        return new Finding(Level.OK, "greenlets: " + flag, "");
    }

    private static Finding generators() {
        String flag = "--add-exports java.base/jdk.internal.vm=" + whose(WEFT);
        return JDK.isExported("jdk.internal.vm", WEFT)
                ? new Finding(Level.OK, "generators: " + flag, "")
                : new Finding(
                        Level.NOTE,
                        "generators: cannot be used without " + flag,
                        "give it to java if the program has any; nothing else needs it");
    }

    /** What is in {@code arguments} that makes switches slow, or programs other than they were written. */
    static List<Finding> arguments(List<String> arguments) {
        List<Finding> findings = new ArrayList<>();
        if (arguments.lastIndexOf("-XX:+PreserveFramePointer") > arguments.lastIndexOf("-XX:-PreserveFramePointer")) {
            findings.add(new Finding(
                    Level.NOTE,
                    "-XX:+PreserveFramePointer: each switch to a greenlet takes the JDK's slow path",
                    "leave it out, except to profile with perf"));
        }
        String agents = arguments.stream()
                .filter(FlagCheck::isAgent)
                .map(argument -> argument.split("=", 2)[0])
                .collect(Collectors.joining(", "));
        findings.add(
                agents.isEmpty()
                        ? new Finding(Level.OK, "agents: none on the command line", "")
                        : new Finding(
                                Level.NOTE,
                                "agents: " + agents,
                                "debuggers make switches slow, and others may change sockets and threads: if in doubt,"
                                        + " try without"));
        return findings;
    }

    private static boolean isAgent(String argument) {
        return argument.startsWith("-javaagent:")
                || argument.startsWith("-agentlib:")
                || argument.startsWith("-agentpath:");
    }

    /** How flags name {@code module}. */
    static String whose(Module module) {
        return module.isNamed() ? module.getName() : "ALL-UNNAMED";
    }
}
