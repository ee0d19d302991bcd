package dev.weft.io.javanet;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The JDK's hooks are set once a JVM, so each test has one of its own. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class InstallForJvmTest {
    private static List<String> run(String mode) throws Exception {
        Process child = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "--add-opens",
                        "java.base/java.lang=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        InstalledForJvm.class.getName(),
                        mode))
                .redirectErrorStream(true)
                .start();
        try {
            List<String> lines = new String(child.getInputStream().readAllBytes(), US_ASCII)
                    .lines()
                    .toList();
            assertEquals(0, child.waitFor(), lines::toString);
            return lines;
        } finally {
            child.destroyForcibly();
        }
    }

    @Test
    void everySocketOfTheJvmIsOneOfWefts() throws Exception {
        assertEquals(List.of("installed", "read x", "killed, and the socket is open", "thread read y"), run("twice"));
    }

    @Test
    void anotherFactoryIsNamed() throws Exception {
        List<String> lines = run("streams-taken");
        assertTrue(
                lines.getFirst().contains("Socket.setSocketImplFactory")
                        && lines.getFirst().contains("that creates " + StreamSocket.class.getName()),
                lines::toString);
    }

    @Test
    void anotherFactoryOfServersIsNamed() throws Exception {
        List<String> lines = run("servers-taken");
        assertTrue(lines.getFirst().contains("ServerSocket.setSocketFactory"), lines::toString);
    }
}
