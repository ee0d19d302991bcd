package dev.weft.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

class ClosedLoopTest {
    private static final int CONNECTIONS = 300; // more than a burst
    private static final int SIZE = 64;

    private ServerSocketChannel listener;

    @BeforeEach
    void listen() throws IOException {
        listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
    }

    @Test
    void nioKeepsEveryConnectionBusy() throws IOException {
        serve(ClosedLoopTest::echo);
        try (Transport transport = new NioTransport(CONNECTIONS, SIZE)) {
            keepsEveryConnectionBusy(transport);
        }
    }

    @Test
    @EnabledIf("dev.weft.bench.load.NativeSockets#isSupported")
    void epollKeepsEveryConnectionBusy() throws IOException {
        serve(ClosedLoopTest::echo);
        try (Transport transport = new EpollTransport(CONNECTIONS, SIZE)) {
            keepsEveryConnectionBusy(transport);
        }
    }

    private void keepsEveryConnectionBusy(Transport transport) throws IOException {
        ClosedLoop loop = new ClosedLoop(transport, CONNECTIONS, SIZE);
        loop.connect((InetSocketAddress) listener.getLocalAddress(), count -> {});
        assertEquals(CONNECTIONS, loop.completed());
        loop.resetCounts();
        loop.start();
        loop.runFor(TimeUnit.MILLISECONDS.toNanos(100));
        loop.drain();
        assertTrue(loop.completed() >= CONNECTIONS, "completed: " + loop.completed());
        assertEquals(loop.completed(), loop.latencies().getTotalCount());
    }

    @Test
    void anEchoOfAnotherConnectionIsAFailure() throws IOException {
        serve(ClosedLoopTest::forge);
        try (Transport transport = new NioTransport(2, SIZE)) {
            ClosedLoop loop = new ClosedLoop(transport, 2, SIZE);
            IOException failure = assertThrows(
                    IOException.class, () -> loop.connect((InetSocketAddress) listener.getLocalAddress(), count -> {}));
            assertTrue(failure.toString().contains("got the echo of connection"), failure.toString());
        }
    }

    @Test
    @EnabledIf("dev.weft.bench.load.NativeSockets#isSupported")
    void aServerThatClosesIsAFailureWithTheConnection() throws IOException {
        serve(SocketChannel::close);
        try (Transport transport = new EpollTransport(1, SIZE)) {
            ClosedLoop loop = new ClosedLoop(transport, 1, SIZE);
            assertThrows(
                    IOException.class, () -> loop.connect((InetSocketAddress) listener.getLocalAddress(), count -> {}));
        }
    }

    @Test
    @EnabledIf("dev.weft.bench.load.NativeSockets#isSupported")
    void aRefusedConnectNamesTheServer() throws IOException {
        InetSocketAddress nobody = (InetSocketAddress) listener.getLocalAddress();
        listener.close();
        try (Transport transport = new EpollTransport(1, SIZE)) {
            IOException failure = assertThrows(IOException.class, () -> transport.connect(0, nobody));
            assertTrue(failure.toString().contains(":" + nobody.getPort()), failure.toString());
        }
    }

    @Test
    void connectionsBeyondOneAddressComeFromTheNext() throws IOException {
        assertEquals("127.0.0.1", Transport.source(19_999).getHostAddress());
        assertEquals("127.0.0.2", Transport.source(20_000).getHostAddress());
    }

    private interface Service {
        void serve(SocketChannel channel) throws IOException;
    }

    private void serve(Service service) {
        Thread.startVirtualThread(() -> {
            while (true) {
                try {
                    SocketChannel channel = listener.accept();
                    Thread.startVirtualThread(() -> serve(service, channel));
                } catch (IOException e) {
                    return; // the test is over
                }
            }
        });
    }

    private static void serve(Service service, SocketChannel channel) {
        try (channel) {
            service.serve(channel);
        } catch (IOException e) {
            // The load generator has reset the connection.
        }
    }

    private static void echo(SocketChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(SIZE);
        while (channel.read(buffer) >= 0) {
            channel.write(buffer.flip());
            buffer.clear();
        }
    }

    private static void forge(SocketChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(SIZE);
        while (channel.read(buffer) >= 0) {
            buffer.flip().putInt(0, 7);
            channel.write(buffer);
            buffer.clear();
        }
    }
}
