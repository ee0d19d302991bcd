package dev.weft.bench.rival;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;

/** An HTTP server that answers the nth request with {@code answer n}, and counts. */
final class WatchedBackend implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final CyclicBarrier pair;

    private WatchedBackend(int together) throws IOException {
        pair = new CyclicBarrier(together);
        Thread.ofPlatform().daemon().name("backend").start(this::accept);
    }

    static WatchedBackend start() throws IOException {
        return new WatchedBackend(1);
    }

    /** Whose second and third request, and so on, are answered only when both are there. */
    static WatchedBackend startAnsweringInPairsAfterTheFirst() throws IOException {
        return new WatchedBackend(2);
    }

    int port() {
        return listener.getLocalPort();
    }

    int connections() {
        return connections.get();
    }

    int requests() {
        return requests.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = listener.accept();
                connections.incrementAndGet();
                Thread.ofPlatform().daemon().start(() -> serve(connection));
            }
        } catch (IOException closed) {
            // as it should be
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            while (readHead(connection)) {
                int number = requests.incrementAndGet();
                if (number > 1) {
                    pair.await();
                }
                String body = "answer " + number;
                answer(connection, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + body.length());
                answer(connection, "\r\n\r\n" + body); // in two pieces
            }
        } catch (IOException | InterruptedException | BrokenBarrierException e) {
            // The test will miss the answer.
        }
    }

    private static boolean readHead(Socket connection) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int next = connection.getInputStream().read();
            if (next < 0) {
                return false;
            }
            head.append((char) next);
        }
        return true;
    }

    private static void answer(Socket connection, String text) throws IOException {
        connection.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
