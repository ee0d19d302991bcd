package dev.weft.io.javanet;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Sockets in a process that has no descriptors left. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class SocketsWithoutDescriptorsTest {
    private static final int LIMIT = 96;

    @Test
    void acceptAndConnectFailAndRecover() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process child = new ProcessBuilder(List.of(
                        "bash",
                        "-c",
                        "ulimit -n " + LIMIT + "; exec \"$0\" \"$@\"",
                        java,
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "--add-opens",
                        "java.base/java.lang=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FewDescriptorsForSockets.class.getName()))
                .redirectErrorStream(true)
                .start();
        try {
            List<String> lines = new String(child.getInputStream().readAllBytes(), US_ASCII)
                    .lines()
                    .toList();
            assertEquals(
                    List.of(
                            "java.net.SocketTimeoutException: Accept timed out",
                            "java.net.ConnectException: Connection refused",
                            "waiting java.net.SocketException: Too many open files",
                            "accept failed 20 open true",
                            "accepted x",
                            "connect failed 20",
                            "connected y",
                            "lost 0"),
                    lines);
            assertEquals(0, child.waitFor());
        } finally {
            child.destroyForcibly();
        }
    }
}
