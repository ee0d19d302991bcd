package dev.weft.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.bench.rival.Service;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real sockets. */
@Timeout(60)
class ConnectionsTest {
    private static final int SIZE = 64;
    private static final long MOMENT = TimeUnit.MILLISECONDS.toNanos(50);

    /** A closed loop over new connections. */
    private static final class Driven implements AutoCloseable {
        private final Sockets sockets;
        private final EventLoop loop;
        private final Connections connections;
        private final ClosedLoop pace;

        Driven(Service service, Shape shape) throws IOException {
            sockets = new Sockets();
            loop = new EventLoop(sockets);
            connections = new Connections(sockets, Protocol.of(service, shape), shape);
            loop.add(connections);
            pace = new ClosedLoop(connections, shape);
        }

        Driven connect(TestServer server) throws IOException {
            connections.connect(server.address(), loop, count -> {});
            return this;
        }

        void run() throws IOException {
            pace.start();
            loop.runFor(MOMENT);
            pace.stop();
            loop.runUntil(pace::isQuiet);
        }

        @Override
        public void close() throws IOException {
            sockets.close();
        }
    }

    private static Driven echo(Shape shape) throws IOException {
        return new Driven(Service.ECHO, shape);
    }

    private static Driven http(int connections) throws IOException {
        return new Driven(Service.HTTP, Shape.busy(connections, SIZE));
    }

    @Test
    void everyBusyConnectionIsKeptBusy() throws IOException {
        Shape moreThanABurst = Shape.busy(300, SIZE);
        try (TestServer server = new TestServer(TestServer::echo);
                Driven driven = echo(moreThanABurst).connect(server)) {
            assertEquals(300, driven.connections.completed());
            driven.pace.openWindow();
            driven.run();
            long counted = driven.connections.completed() - 300;
            assertTrue(counted >= 300, "completed: " + counted);
            assertEquals(counted, driven.pace.latencies().getTotalCount());
        }
    }

    @Test
    void idleConnectionsHaveOneExchangeAndTheBusyOnesAreSpread() throws IOException {
        Map<Integer, AtomicInteger> messages = new ConcurrentHashMap<>();
        TestServer.Service counting = channel -> {
            while (true) {
                ByteBuffer message = TestServer.read(channel, SIZE).order(ByteOrder.LITTLE_ENDIAN);
                messages.computeIfAbsent(message.getInt(0), connection -> new AtomicInteger())
                        .incrementAndGet();
                TestServer.write(channel, message);
            }
        };
        try (TestServer server = new TestServer(counting);
                Driven driven = echo(new Shape(40, 4, 1, SIZE)).connect(server)) {
            driven.run();
        }
        assertEquals(40, messages.size());
        messages.forEach((connection, count) ->
                assertEquals(connection % 10 == 0, count.get() > 1, "messages of " + connection + ": " + count));
    }

    @Test
    void asManyMessagesAsTheDepthAreUnderWayAtATime() throws IOException {
        long depth = 16;
        TestServer.Service batches = channel -> {
            TestServer.write(channel, TestServer.read(channel, SIZE)); // the first exchange
            while (true) {
                TestServer.write(channel, TestServer.read(channel, (int) depth * SIZE)); // hangs if there are fewer
            }
        };
        try (TestServer server = new TestServer(batches);
                Driven driven = echo(new Shape(3, 3, (int) depth, SIZE)).connect(server)) {
            driven.pace.start();
            driven.loop.runUntil(() -> driven.connections.completed() > 3 * 10 * depth);
            assertEquals(3 * depth, driven.connections.underWay());
        }
    }

    @Test
    void whatDoesNotFitIntoTheSocketIsSentWhileEchoesAreRead() throws IOException {
        int depth = 512; // 8 MiB of messages, which a server that reads 4 KiB at a time sends back
        try (TestServer server = new TestServer(TestServer::echo);
                Driven driven = echo(new Shape(1, 1, depth, 16 * 1024)).connect(server)) {
            driven.pace.start();
            driven.loop.runUntil(() -> driven.connections.completed() > 2L * depth);
            driven.pace.stop();
            driven.loop.runUntil(driven.pace::isQuiet);
            assertEquals(0, driven.connections.underWay());
        }
    }

    @Test
    void theEchoOfAnotherConnectionIsAFailure() throws IOException {
        AtomicInteger number = new AtomicInteger(7);
        TestServer.Service forging = channel -> {
            ByteBuffer message = TestServer.read(channel, SIZE).order(ByteOrder.LITTLE_ENDIAN);
            TestServer.write(channel, message.putInt(0, number.get()));
        };
        assertFails(echo(new Shape(2, 2, 1, SIZE)), forging, "got the echo of connection 7");
    }

    @Test
    void echoesInAnotherOrderAreAFailure() throws IOException {
        TestServer.Service swapping = channel -> {
            TestServer.write(channel, TestServer.read(channel, SIZE));
            ByteBuffer first = TestServer.read(channel, SIZE);
            TestServer.write(channel, TestServer.read(channel, SIZE));
            TestServer.write(channel, first);
        };
        assertFails(echo(new Shape(1, 1, 2, SIZE)), swapping, "got the echo of its message 2 where message 1 was due");
    }

    @Test
    void aServerThatClosesIsAFailureWithTheConnection() throws IOException {
        assertFails(echo(new Shape(1, 1, 1, SIZE)), channel -> TestServer.read(channel, SIZE), "connection 0: ");
    }

    @Test
    void moreAnswersThanRequestsAreAFailure() throws IOException {
        TestServer.Service twice = channel -> {
            ByteBuffer message = TestServer.read(channel, SIZE).order(ByteOrder.LITTLE_ENDIAN);
            ByteBuffer both = ByteBuffer.allocate(2 * SIZE).order(ByteOrder.LITTLE_ENDIAN);
            both.put(message).putInt(0).putInt(1).rewind(); // as if message 1 had been sent as well
            TestServer.write(channel, both);
            TestServer.echo(channel);
        };
        assertFails(echo(new Shape(1, 1, 1, SIZE)), twice, "got 2 answers to 1 requests");
    }

    private static void assertFails(Driven opened, TestServer.Service service, String what) throws IOException {
        try (TestServer server = new TestServer(service);
                Driven driven = opened) {
            IOException failure =
                    assertThrows(IOException.class, () -> driven.connect(server).run());
            assertTrue(failure.toString().contains(what), failure.toString());
        }
    }

    @Test
    void aRefusedConnectNamesTheServer() throws IOException {
        ServerSocketChannel listener =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        InetSocketAddress nobody = (InetSocketAddress) listener.getLocalAddress();
        listener.close();
        try (Driven driven = http(1)) {
            IOException failure =
                    assertThrows(IOException.class, () -> driven.connections.connect(nobody, driven.loop, count -> {}));
            assertTrue(failure.toString().contains(":" + nobody.getPort()), failure.toString());
        }
    }

    @Test
    void httpAnswersMayVaryInTheirHeadersAndComeInPieces() throws IOException {
        AtomicInteger requests = new AtomicInteger();
        try (TestServer server = new TestServer(channel -> varying(channel, requests));
                Driven driven = http(5).connect(server)) {
            driven.pace.start();
            driven.loop.runUntil(() -> driven.connections.completed() > 60);
            driven.pace.stop();
            driven.loop.runUntil(driven.pace::isQuiet);
            assertEquals(requests.get(), driven.connections.completed());
        }
    }

    private static void varying(SocketChannel channel, AtomicInteger requests) throws IOException {
        while (true) {
            TestServer.read(channel, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".length());
            int number = requests.incrementAndGet();
            String date = "d".repeat(number % 3);
            ByteBuffer answer = StandardCharsets.US_ASCII.encode("HTTP/1.1 200 OK\r\nDate: " + date
                    + "\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 13\r\n\r\nHello, World!");
            int piece = number % 4 == 0 ? 7 : answer.remaining();
            for (int from = 0; from < answer.capacity() && from < answer.limit(); from += piece) {
                TestServer.write(channel, answer.slice(from, Math.min(piece, answer.limit() - from)));
            }
        }
    }

    @Test
    void connectionsBeyondOneAddressComeFromTheNext() throws IOException {
        assertEquals(0x7F000001, Sockets.source(19_999));
        assertEquals(0x7F000002, Sockets.source(20_000));
    }
}
