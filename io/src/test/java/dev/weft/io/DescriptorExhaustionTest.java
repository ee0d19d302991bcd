package dev.weft.io;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A server, and a client, whose process has no descriptors left. */
@EnabledOnOs(OS.LINUX)
final class DescriptorExhaustionTest {
    private static final int LIMIT = 96;
    private static final int FIRST_PAUSE_MILLIS = 10;

    private static Process start(Class<?> program) throws IOException {
        Path output = Files.createTempFile("few-descriptors", ".err");
        output.toFile().deleteOnExit();
        return JvmWithFewDescriptors.of(program, LIMIT)
                .redirectError(output.toFile())
                .start();
    }

    @Test
    void theListenerBacksOffAndRecovers() throws Exception {
        Process child = start(FewDescriptors.class);
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(child.getInputStream(), US_ASCII))) {
            int port = numberAfter("port", lines.readLine());
            try (Socket before = new Socket(InetAddress.getLoopbackAddress(), port)) {
                echo(before, "before"); // the classes are loaded, which needs descriptors
                next(child);
                assertTrue(numberAfter("taken", lines.readLine()) > 0);
                try (Socket refused = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    refused.getOutputStream().write("waits".getBytes(US_ASCII));
                    echo(before, "meanwhile");
                    String seen = lines.readLine();
                    int failures = numberAfter("failures", seen);
                    int millis = numberAfter("in", seen);
                    // Pauses of 10, 20, 40 ... ms: n failures take 10 * (2^(n-1) - 1) ms at least.
                    assertTrue(FIRST_PAUSE_MILLIS * ((1 << (failures - 1)) - 1) <= millis, seen);
                    assertTrue(numberAfter("polls", seen) < 50, seen);
                    assertArrayEquals(
                            "waits".getBytes(US_ASCII), refused.getInputStream().readNBytes(5));
                    try (Socket after = new Socket(InetAddress.getLoopbackAddress(), port)) {
                        echo(after, "after");
                        next(child);
                        assertEquals(3, numberAfter("connections", lines.readLine()));
                    }
                }
            }
            assertEquals(0, child.waitFor());
        } finally {
            child.destroyForcibly();
        }
    }

    @Test
    void connectingFailsAndLeavesNothing() throws Exception {
        Process child = start(ConnectingWithoutDescriptors.class);
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(child.getInputStream(), US_ASCII))) {
            String tooMany = "java.net.SocketException: Too many open files";
            assertEquals(tooMany + " and 0", lines.readLine());
            assertEquals(tooMany + " and 1", lines.readLine());
            assertEquals("left 0 greenlets 1", lines.readLine());
            assertEquals("connected", lines.readLine());
            assertEquals(0, child.waitFor());
        } finally {
            child.destroyForcibly();
        }
    }

    private static void next(Process child) throws IOException {
        child.getOutputStream().write('\n');
        child.getOutputStream().flush();
    }

    private static void echo(Socket socket, String text) throws IOException {
        byte[] bytes = text.getBytes(US_ASCII);
        socket.getOutputStream().write(bytes);
        assertArrayEquals(bytes, socket.getInputStream().readNBytes(bytes.length));
    }

    /** The number after {@code word} in {@code line}, such as 3 after "failures" in "failures 3 in 100". */
    private static int numberAfter(String word, @org.jspecify.annotations.Nullable String line) {
        List<String> words = List.of((line == null ? "end of output" : line).split(" "));
        int place = words.indexOf(word);
        assertTrue(place >= 0 && place + 1 < words.size(), () -> "no " + word + " in: " + line);
        return Integer.parseInt(words.get(place + 1));
    }
}
