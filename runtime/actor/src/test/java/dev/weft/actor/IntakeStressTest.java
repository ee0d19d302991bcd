package dev.weft.actor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the jcstress tests of the intake (in {@code src/jcstress}) in a JVM of its own, which forks more. */
class IntakeStressTest {
    private static final List<String> COMMAND = List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            "org.openjdk.jcstress.Main",
            "-t",
            "dev.weft.actor",
            "-c",
            "2");

    @TempDir
    Path directory;

    @Test
    @Timeout(300)
    void noForbiddenOutcomeInAShortRun() throws Exception {
        stress("-m", "sanity", "-iters", "1", "-time", "100", "-sc", "false");
    }

    @Test
    @Tag("long")
    @Timeout(3600)
    void noForbiddenOutcomeInALongRun() throws Exception {
        stress("-m", "default");
    }

    private void stress(String... options) throws Exception {
        List<String> command = Stream.concat(
                        COMMAND.stream(), Stream.concat(Stream.of("-r", directory.toString()), Stream.of(options)))
                .toList();
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor(), output);
            assertTrue(output.contains("All remaining tests: 5 matching"), output);
            assertTrue(output.contains("Failed tests: No matches"), output);
            assertTrue(output.contains("Error tests: No matches"), output);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
