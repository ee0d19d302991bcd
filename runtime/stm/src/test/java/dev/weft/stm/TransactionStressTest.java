package dev.weft.stm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the jcstress tests of this module (in {@code src/jcstress}) in a JVM of its own, which forks more. */
class TransactionStressTest {
    private static final int TESTS = 5;

    @TempDir
    Path directory;

    @Test
    @Timeout(300)
    void noForbiddenOutcomeInAShortRun() throws Exception {
        stress(List.of("-m", "sanity", "-iters", "1", "-time", "100", "-sc", "false"));
    }

    @Test
    @Tag("long")
    @Timeout(3600)
    void noForbiddenOutcomeInALongRun() throws Exception {
        stress(List.of("-m", "default"));
    }

    private void stress(List<String> options) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "org.openjdk.jcstress.Main", "-c", "2"));
        command.addAll(List.of("-jvmArgsPrepend", "--add-opens=java.base/java.lang=ALL-UNNAMED"));
        command.addAll(List.of("-r", directory.toString()));
        command.addAll(options);
        Process jcstress = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(jcstress.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, jcstress.waitFor(), output);
            assertTrue(output.contains("All remaining tests: " + TESTS + " matching"), output);
            assertTrue(output.contains("Failed tests: No matches"), output);
            assertTrue(output.contains("Error tests: No matches"), output);
        } finally {
            jcstress.descendants().forEach(ProcessHandle::destroyForcibly);
            jcstress.destroyForcibly();
        }
    }
}
