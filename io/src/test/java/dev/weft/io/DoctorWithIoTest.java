package dev.weft.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Doctor;
import dev.weft.Loop;
import dev.weft.Weft;
import dev.weft.io.javanet.WeftSockets;
import dev.weft.io.names.StagedNames;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What the doctor says of the selector, the sockets and the resolver of this module, each in a JVM of its own. */
@Timeout(60)
final class DoctorWithIoTest {
    private static final String EPOLL = "-D" + SelectorPollerProvider.SELECTOR + "=epoll";

    private record Result(int exitCode, List<String> lines) {}

    private static Result run(String path, Class<?> main, String... flags) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens=java.base/java.lang=ALL-UNNAMED"));
        command.addAll(List.of(flags));
        command.addAll(List.of("-cp", path, main.getName()));
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            List<String> lines = new String(child.getInputStream().readAllBytes(), UTF_8)
                    .lines()
                    .toList();
            return new Result(child.waitFor(), lines);
        } finally {
            child.destroyForcibly();
        }
    }

    private static String wholePath() {
        return Objects.requireNonNull(System.getProperty("java.class.path"));
    }

    /** Without the tests, which bring a resolver. */
    private static String pathOfAProgram() {
        return Stream.of(wholePath().split(File.pathSeparator, -1))
                .filter(entry -> !Files.exists(Path.of(entry, "dev/weft/io/DoctorWithIoTest.class")))
                .collect(Collectors.joining(File.pathSeparator));
    }

    @Test
    void loopsHaveASelectorAndLookUpsYield() throws Exception {
        Result result = run(pathOfAProgram(), Doctor.class);
        assertTrue(result.lines.contains("ok       poller: weft-io, with the JDK's selector"), result::toString);
        assertTrue(result.lines.contains("ok       names: look-ups yield in greenlets"), result::toString);
        assertEquals(0, result.exitCode);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theEpollSelectorWithoutItsFlagsIsAFaultWhoseCureAreTheFlags() throws Exception {
        Result without = run(pathOfAProgram(), Doctor.class, EPOLL);
        int fault = without.lines.indexOf("FAULT    poller: the epoll selector lacks a flag");
        assertTrue(fault >= 0, without::toString);
        assertEquals(1, without.exitCode);

        String cure = without.lines.get(fault + 1);
        String flags = cure.substring(cure.indexOf("--"));
        Result with = run(
                pathOfAProgram(),
                Doctor.class,
                Stream.concat(Stream.of(EPOLL), Stream.of(flags.split(" ", -1))).toArray(String[]::new));
        assertTrue(with.lines.contains("ok       poller: weft-io, with its epoll selector"), with::toString);
        assertEquals(0, with.exitCode, with::toString);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void loopsAreOnEpollWhereverTheFlagsAllowIt() throws Exception {
        String[] flags = {"--add-exports", "java.base/sun.nio.ch=ALL-UNNAMED", "--enable-native-access=ALL-UNNAMED"};
        Result doctor = run(pathOfAProgram(), Doctor.class, flags);
        assertTrue(doctor.lines.contains("ok       poller: weft-io, with its epoll selector"), doctor::toString);
        assertEquals(
                List.of("poller of 0 channels on a EpollSelector"),
                run(wholePath(), NamesItsPoller.class, flags).lines);

        String[] refused = Stream.concat(Stream.of("-Dweft.io.selector=jdk"), Stream.of(flags))
                .toArray(String[]::new);
        List<String> lines = run(wholePath(), NamesItsPoller.class, refused).lines;
        assertEquals(List.of("poller of 0 channels on a EPollSelectorImpl"), lines);
    }

    static final class NamesItsPoller {
        public static void main(String[] args) {
            Weft.run(() -> System.out.println(Loop.current().poller()));
        }
    }

    @Test
    void installedSocketsAreWeftsAndAnotherResolverIsNamed() throws Exception {
        Result result = run(wholePath(), InstallsSockets.class);
        assertEquals(
                List.of(
                        "OK sockets: java.net.Socket is Weft's",
                        "WARNING names: looked up by " + StagedNames.class.getName()
                                + ": InetAddress may block its loop"),
                result.lines);
    }

    static final class InstallsSockets {
        private InstallsSockets() {}

        public static void main(String[] arguments) {
            WeftSockets.installForJvm();
            for (Doctor.Finding finding : Doctor.examine()) {
                if (finding.what().startsWith("sockets: ") || finding.what().startsWith("names: ")) {
                    System.out.println(finding.level() + " " + finding.what());
                }
            }
        }
    }
}
