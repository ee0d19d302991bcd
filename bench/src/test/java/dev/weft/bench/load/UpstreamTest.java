package dev.weft.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real clients; the test's thread runs the loop. */
@Timeout(60)
class UpstreamTest {
    private static final long DELAY = TimeUnit.MILLISECONDS.toNanos(20);
    private static final String ANSWER =
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, World!";
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: x\r\nX-Return: \r\r\r\n\r\n";

    private interface Kind {
        Upstream open(Sockets sockets) throws IOException;
    }

    /** An upstream that is served while a client is at work. */
    private static final class Served implements AutoCloseable {
        private final Sockets sockets;
        private final EventLoop loop;
        private final Upstream upstream;

        Served(Kind kind) throws IOException {
            sockets = new Sockets();
            loop = new EventLoop(sockets);
            upstream = kind.open(sockets);
            loop.add(upstream);
        }

        SocketChannel connect() throws IOException {
            return SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), upstream.port()));
        }

        <T> T until(Callable<T> client) throws Exception {
            FutureTask<T> task = new FutureTask<>(client);
            Thread.startVirtualThread(task);
            loop.runUntil(task::isDone);
            return task.get();
        }

        @Override
        public void close() throws IOException {
            sockets.close();
        }
    }

    private static Served http() throws IOException {
        return new Served(on -> new HttpUpstream(on, "Hello, World!", DELAY));
    }

    private static void send(SocketChannel channel, String text) throws IOException {
        TestServer.write(channel, StandardCharsets.US_ASCII.encode(text));
    }

    private static String receive(SocketChannel channel, int length) throws IOException {
        return StandardCharsets.US_ASCII
                .decode(TestServer.read(channel, length))
                .toString();
    }

    @Test
    void everyRequestIsAnsweredOnceAndNeverEarly() throws Exception {
        try (Served on = http()) {
            long fastest = on.until(() -> {
                long shortest = Long.MAX_VALUE;
                try (SocketChannel client = on.connect()) {
                    for (int i = 0; i < 5; i++) {
                        long sent = System.nanoTime();
                        send(client, REQUEST);
                        assertEquals(ANSWER, receive(client, ANSWER.length()));
                        shortest = Math.min(shortest, System.nanoTime() - sent);
                    }
                }
                return shortest;
            });
            assertTrue(fastest >= DELAY, "answered after ns: " + fastest);
            assertEquals(5, on.upstream.answered());
            assertEquals(5, on.upstream.lateness().getTotalCount());
        }
    }

    @Test
    void requestsMayComeInPiecesAndSeveralAtATime() throws Exception {
        try (Served on = http()) {
            String answers = on.until(() -> {
                try (SocketChannel client = on.connect()) {
                    client.setOption(StandardSocketOptions.TCP_NODELAY, true);
                    for (int i = 0; i < REQUEST.length(); i++) {
                        send(client, REQUEST.substring(i, i + 1));
                    }
                    send(client, REQUEST + REQUEST);
                    return receive(client, 3 * ANSWER.length());
                }
            });
            assertEquals(ANSWER.repeat(3), answers);
            assertEquals(3, on.upstream.answered());
        }
    }

    @Test
    void theAnswerForAConnectionThatEndedGoesToNobody() throws Exception {
        try (Served on = http()) {
            try (SocketChannel gone = on.connect()) {
                send(gone, REQUEST);
            }
            on.loop.runFor(DELAY / 4); // so that the next connection gets its number
            String answer = on.until(() -> {
                try (SocketChannel client = on.connect()) {
                    send(client, REQUEST);
                    return receive(client, ANSWER.length());
                }
            });
            assertEquals(ANSWER, answer);
            assertEquals(1, on.upstream.answered());
        }
    }

    @Test
    void aHeadWithoutEndEndsItsConnectionAndNoOther() throws Exception {
        try (Served on = http()) {
            boolean isEnded = on.until(() -> {
                try (SocketChannel client = on.connect();
                        SocketChannel other = on.connect()) {
                    send(client, "x".repeat(9000));
                    boolean ended = hasEnded(client);
                    send(other, REQUEST);
                    assertEquals(ANSWER, receive(other, ANSWER.length()));
                    return ended;
                }
            });
            assertTrue(isEnded);
        }
    }

    private static boolean hasEnded(SocketChannel client) {
        try {
            return client.read(ByteBuffer.allocate(1)) < 0;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void aThousandConnectionsThatComeAndGoAreServed() throws Exception {
        try (Served on = http()) {
            int served = on.until(() -> {
                int answered = 0;
                for (int round = 0; round < 10; round++) {
                    SocketChannel[] clients = new SocketChannel[100];
                    for (int i = 0; i < clients.length; i++) {
                        clients[i] = on.connect();
                        send(clients[i], REQUEST);
                    }
                    for (SocketChannel client : clients) {
                        answered += receive(client, ANSWER.length()).equals(ANSWER) ? 1 : 0;
                        client.close();
                    }
                }
                return answered;
            });
            assertEquals(1000, served);
            assertEquals(1000, on.upstream.answered());
        }
    }

    @Test
    void anEchoWaitsForAClientThatDoesNotRead() throws Exception {
        try (Served on = new Served(sockets -> new EchoUpstream(sockets, 1000))) {
            byte[] sent = new byte[16_000_000]; // more than the buffers between us
            for (int i = 0; i < sent.length; i++) {
                sent[i] = (byte) (i * 31 + i / 1000);
            }
            byte[] back = on.until(() -> {
                try (SocketChannel client = on.connect()) {
                    Thread writer = Thread.startVirtualThread(() -> writeAll(client, sent));
                    while (on.upstream.answered() < 100) {
                        Thread.onSpinWait(); // nothing is read before the writer is under way
                    }
                    byte[] all = TestServer.read(client, sent.length).array();
                    writer.join();
                    return all;
                }
            });
            assertTrue(Arrays.equals(sent, back), "not what was sent");
            assertEquals(16_000, on.upstream.answered());
        }
    }

    private static void writeAll(SocketChannel client, byte[] bytes) {
        try {
            TestServer.write(client, ByteBuffer.wrap(bytes));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
