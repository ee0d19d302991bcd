package dev.weft.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.ChildJvm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the jcstress tests of this module (in {@code src/jcstress}) in a JVM of its own, which forks more. */
class ConcurrencyStressTest {
    @TempDir
    Path directory;

    @Test
    @Timeout(300)
    void noForbiddenOutcomeInAShortRun() throws Exception {
        stress("-m", "sanity", "-iters", "1", "-time", "100", "-sc", "false");
    }

    @Test
    @Tag("long")
    @Timeout(7200) // 40 minutes on two cores at rest
    void noForbiddenOutcomeInALongRun() throws Exception {
        stress("-m", "default");
    }

    private void stress(String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "org.openjdk.jcstress.Main",
                "-c",
                "2",
                "-jvmArgsPrepend",
                ChildJvm.FLAG,
                "-r",
                directory.toString()));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor(), output);
            assertTrue(output.contains("All remaining tests: 12 matching"), output);
            assertTrue(output.contains("Failed tests: No matches"), output);
            assertTrue(output.contains("Error tests: No matches"), output);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
