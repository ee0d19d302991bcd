package dev.weft.io.javanet;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.io.JvmWithFewDescriptors;
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
        Process child = JvmWithFewDescriptors.of(FewDescriptorsForSockets.class, LIMIT)
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
