package dev.weft.bench.rival;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A backend that gives each call a body of its own, in two pieces, and can insist on how the calls come. */
final class TestBackend implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, Rival.BACKLOG, InetAddress.getLoopbackAddress());
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile Order order = new Order(0, new CountDownLatch(0));

    /** Calls after {@code first} are answered when all of {@code others} are there. */
    private record Order(int first, CountDownLatch others) {}

    TestBackend() throws IOException {
        Thread.startVirtualThread(this::accept);
    }

    static String body(int call) {
        return String.format(Locale.ROOT, "Call %,8d", call);
    }

    static boolean isBody(String text, int calls) {
        return text.startsWith("Call ")
                && Integer.parseInt(text.substring(5).strip().replace(",", "")) < calls;
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
    }

    int calls() {
        return calls.get();
    }

    int connections() {
        return connections.get();
    }

    /** The next call is answered at once, and none of the {@code others} after it before all of them have come. */
    void expectOneThenTheOthersAtOnce(int others) {
        order = new Order(calls.get(), new CountDownLatch(others));
    }

    void answerAtOnce() {
        order = new Order(0, new CountDownLatch(0));
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = listener.accept();
                connections.incrementAndGet();
                Thread.startVirtualThread(() -> serve(connection));
            }
        } catch (IOException e) {
            // It has been closed.
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            BufferedReader input =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
            while (readRequest(input)) {
                answer(connection.getOutputStream());
            }
        } catch (IOException | InterruptedException e) {
            // The server under test is killed with its connections open.
        }
    }

    private static boolean readRequest(BufferedReader input) throws IOException {
        String line = input.readLine();
        if (!"GET / HTTP/1.1".equals(line)) {
            return false;
        }
        while (line != null && !line.isEmpty()) {
            line = input.readLine();
        }
        return line != null;
    }

    private void answer(OutputStream output) throws IOException, InterruptedException {
        Order expected = order;
        int call = calls.getAndIncrement();
        if (call > expected.first()) {
            expected.others().countDown();
            if (!expected.others().await(10, TimeUnit.SECONDS)) {
                return; // and ends the connection, as calls that must be made side by side are not
            }
        }
        output.write(ascii("HTTP/1.1 200 OK\r\nContent-Type: text/pl"));
        output.write(ascii("ain\r\nContent-Length: 13\r\n\r\n" + body(call)));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
