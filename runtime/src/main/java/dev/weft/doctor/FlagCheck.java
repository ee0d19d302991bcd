package dev.weft.doctor;

import dev.weft.Doctor.Finding;
import dev.weft.Doctor.Level;
import dev.weft.MissingFlag;
import dev.weft.jdk.VirtualThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Checks the flags that Weft needs and those that it should not have. */
public final class FlagCheck {
    private static final Module WEFT = FlagCheck.class.getModule();
    private static final Module JDK = Object.class.getModule();

    private FlagCheck() {}

    /** Returns the findings. */
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
                    "omit it, unless you need to save 40 bytes per greenlet"));
        }
        return findings;
    }

    private static Finding greenlets() {
        String flag = "--add-opens java.base/java.lang=" + whose(WEFT);
        if (!JDK.isOpen("java.lang", WEFT)) {
            return new Finding(
                    Level.FAULT,
                    "greenlets: " + flag + " is missing",
                    "pass it to java, or put \"Add-Opens: java.base/java.lang\" into the manifest of the jar");
        }
        try {
            VirtualThreads.require();
        } catch (MissingFlag unknownJdk) {
            return new Finding(
                    Level.FAULT,
                    "greenlets: this JDK's internals are unknown to Weft: " + unknownJdk.getCause(),
                    "use JDK 25, or a newer Weft");
        } catch (UnsupportedOperationException noContinuations) {
            // JvmCheck reports this.
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
                        "pass it to java if the program uses them; nothing else needs it");
    }

    /** Checks {@code arguments} for flags that slow switches down, and agents, which may modify the program. */
    static List<Finding> arguments(List<String> arguments) {
        List<Finding> findings = new ArrayList<>();
        if (arguments.lastIndexOf("-XX:+PreserveFramePointer") > arguments.lastIndexOf("-XX:-PreserveFramePointer")) {
            findings.add(new Finding(
                    Level.NOTE,
                    "-XX:+PreserveFramePointer: each switch to a greenlet takes the JDK's slow path",
                    "omit it, except to profile with perf"));
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
                                "debuggers slow switches down, and other agents may modify sockets and threads; if in"
                                        + " doubt, try without"));
        return findings;
    }

    private static boolean isAgent(String argument) {
        return argument.startsWith("-javaagent:")
                || argument.startsWith("-agentlib:")
                || argument.startsWith("-agentpath:");
    }

    /** Returns the name of {@code module} in flags. */
    static String whose(Module module) {
        return module.isNamed() ? module.getName() : "ALL-UNNAMED";
    }
}
