package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Doctor.Finding;
import dev.weft.Doctor.Level;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the doctor says here, and in JVMs that are as they should not be. */
@Timeout(60)
class DoctorTest {
    private static final String[] CLASS_PATH =
            System.getProperty("java.class.path").split(File.pathSeparator, -1);

    @Test
    void findsNoFaultWhereGreenletsRun() {
        List<Finding> findings = Doctor.examine();
        assertEquals(List.of(), of(findings, Level.FAULT));
        assertTrue(whats(findings).contains("greenlets: --add-opens java.base/java.lang=ALL-UNNAMED"));
        assertTrue(whats(findings).contains("generators: --add-exports java.base/jdk.internal.vm=ALL-UNNAMED"));
        assertTrue(whats(findings).contains("continuations: the JVM has them"));
        assertThrows(UnsupportedOperationException.class, () -> findings.remove(0));
    }

    @Test
    void whateverIsNotAsItShouldBeHasACure() throws Exception {
        ChildJvm.Result result = ChildJvm.run(Doctor.class);
        List<String> lines = result.lines();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("note") || lines.get(i).startsWith("WARNING")) {
                assertTrue(lines.get(i + 1).startsWith("         -> "), result.output());
            }
        }
    }

    @Test
    void withoutTheFlagThatIsTheFaultAndTheStatusIsOne() throws Exception {
        ChildJvm.Result result = ChildJvm.run(Doctor.class);
        int fault =
                result.lines().indexOf("FAULT    greenlets: --add-opens java.base/java.lang=ALL-UNNAMED is missing");
        assertTrue(fault >= 0, result.output());
        assertTrue(result.lines().get(fault + 1).contains("Add-Opens: java.base/java.lang"), result.output());
        assertTrue(result.lines().getLast().startsWith("Weft cannot run here: 1 fault"), result.output());
        assertEquals(1, result.exitCode());
    }

    @Test
    void needsNothingButTheJarOfTheRuntime() throws Exception {
        ChildJvm.Result result = ChildJvm.run(Doctor.class, ChildJvm.FLAG, "-cp", classes(), Doctor.class.getName());
        assertTrue(result.lines().getLast().startsWith("Weft can run here"), result.output());
        assertTrue(result.output().contains("add dev.weft:weft-io to the path"), result.output());
        assertEquals(0, result.exitCode());
    }

    @Test
    void asANamedModuleItNamesTheModuleInTheFlags() throws Exception {
        String path = Stream.concat(
                        Stream.of(classes()),
                        Stream.of(CLASS_PATH)
                                .filter(entry -> entry.contains("agrona-") || entry.contains("jctools-core-")))
                .collect(Collectors.joining(File.pathSeparator));
        String main = "dev.weft.runtime/" + Doctor.class.getName(); // the rest of the command line is its arguments
        ChildJvm.Result without = ChildJvm.run(Doctor.class, "-p", path, "-m", main);
        assertTrue(
                without.output().contains("--add-opens java.base/java.lang=dev.weft.runtime is missing"),
                without.output());
        ChildJvm.Result with = ChildJvm.run(
                Doctor.class, "--add-opens", "java.base/java.lang=dev.weft.runtime", "-p", path, "-m", main);
        assertEquals(0, with.exitCode(), with.output());
    }

    @Test
    void doesWithoutManagementBeans() throws Exception {
        ChildJvm.Result result = ChildJvm.run(Doctor.class, ChildJvm.FLAG, "--limit-modules", "java.base");
        assertTrue(result.output().contains("collector: unknown"), result.output());
        assertTrue(result.output().contains("agents: none on the command line"), result.output());
        assertEquals(0, result.exitCode(), result.output());
    }

    @Test
    void namesWhatMakesSwitchesSlow() throws Exception {
        ChildJvm.Result result = ChildJvm.run(
                Doctor.class,
                ChildJvm.FLAG,
                "-Xint",
                "-XX:+UseZGC",
                "-XX:+PreserveFramePointer",
                "-Djdk.trackAllThreads=false",
                "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,quiet=y,address=127.0.0.1:0");
        assertTrue(result.output().contains("note     interpreter: "), result.output());
        assertTrue(result.output().contains("ok       collector: ZGC"), result.output());
        assertTrue(result.output().contains("note     -XX:+PreserveFramePointer: "), result.output());
        assertTrue(result.output().contains("note     -Djdk.trackAllThreads=false: "), result.output());
        assertTrue(result.lines().contains("note     agents: -agentlib:jdwp"), result.output());
        assertEquals(0, result.exitCode(), result.output());
    }

    @Test
    void aJvmWithoutContinuationsHasAFault() throws Exception {
        ChildJvm.Result result =
                ChildJvm.run(Doctor.class, ChildJvm.FLAG, "-XX:+UnlockExperimentalVMOptions", "-XX:-VMContinuations");
        assertTrue(result.output().contains("FAULT    continuations: this JVM has none"), result.output());
        assertEquals(1, result.exitCode());
    }

    private static String classes() throws Exception {
        return Path.of(Doctor.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .toString();
    }

    private static List<String> of(List<Finding> findings, Level level) {
        return whats(
                findings.stream().filter(finding -> finding.level() == level).toList());
    }

    private static List<String> whats(List<Finding> findings) {
        return findings.stream().map(Finding::what).toList();
    }
}
