package dev.weft.bench.rival;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** A client of a server on loopback that waits 20 s at most. */
final class TestClient implements AutoCloseable {
    static final String REQUEST = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

    private final Socket socket;
    private final InputStream input;
    private final OutputStream output;

    TestClient(int port) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** A client on a socket that is connected. */
    TestClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        input = socket.getInputStream();
        output = socket.getOutputStream();
    }

    static byte[] noise(int length, int seed) {
        byte[] noise = new byte[length];
        new Random(seed).nextBytes(noise);
        return noise;
    }

    void send(byte[] bytes) throws IOException {
        output.write(bytes);
    }

    void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.US_ASCII));
    }

    void expect(byte[] bytes) throws IOException {
        assertArrayEquals(bytes, input.readNBytes(bytes.length));
    }

    void expectEnd() throws IOException {
        assertEquals(-1, input.read());
    }

    /** Sends all of it while it is read back. */
    void exchange(byte[] bytes) throws Exception {
        Thread sender = Thread.startVirtualThread(() -> {
            try {
                send(bytes);
            } catch (IOException e) {
                // The reader sees it.
            }
        });
        expect(bytes);
        sender.join();
    }

    /** Sends the request and gives the body of the answer. */
    String get() throws IOException {
        send(REQUEST);
        return readAnswer();
    }

    /** The body of an answer with status 200 whose head is as it has to be. */
    String readAnswer() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = input.read();
            if (next < 0) {
                throw new AssertionError("the connection ended after: " + head);
            }
            head.append((char) next);
        }
        String[] lines = head.toString().split("\r\n", -1);
        assertEquals("HTTP/1.1 200", lines[0].substring(0, Math.min(12, lines[0].length())));
        assertEquals("text/plain", header(lines, "content-type").split(";", 2)[0]);
        int length = Integer.parseInt(header(lines, "content-length"));
        return new String(input.readNBytes(length), StandardCharsets.US_ASCII);
    }

    private static String header(String[] lines, String name) {
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).equalsIgnoreCase(name)) {
                return line.substring(colon + 1).strip();
            }
        }
        throw new AssertionError("no " + name + " in " + String.join(" | ", lines));
    }

    /** Ends the connection with a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
