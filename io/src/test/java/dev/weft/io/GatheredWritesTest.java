package dev.weft.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Small writes that are held until the end of the batch. */
@Timeout(30)
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class})
final class GatheredWritesTest {
    interface Body {
        void run(TcpStream gathering, TcpStream peer) throws Exception;
    }

    private static void onPair(Body body) throws Exception {
        SocketContract.onLoop(() -> {
            try (TcpListener listener = TcpListener.bind("127.0.0.1", 0);
                    TcpStream peer = TcpStream.connect("127.0.0.1", listener.port());
                    TcpStream gathering = listener.accept()) {
                gathering.gatherWrites();
                body.run(gathering, peer);
            }
        });
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        ThreadLocalRandom.current().nextBytes(bytes);
        return bytes;
    }

    private static byte[] readAll(TcpStream peer) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
        for (int count = peer.read(buffer); count >= 0; count = peer.read(buffer.clear())) {
            all.write(buffer.array(), 0, count);
        }
        return all.toByteArray();
    }

    @Test
    void aSmallWriteLeavesWhenTheBatchEnds() throws Exception {
        SocketContract.onLoop(() -> {
            try (TcpListener listener = TcpListener.bind("127.0.0.1", 0);
                    SocketChannel peer = SocketChannel.open(listener.localAddress());
                    TcpStream gathering = listener.accept()) {
                peer.configureBlocking(false);
                gathering.gatherWrites();
                assertEquals(5, gathering.write(SocketContract.bytes("hello")));
                ByteBuffer received = ByteBuffer.allocate(16);
                assertEquals(0, peer.read(received));
                SocketContract.untilPolled();
                assertEquals(5, peer.read(received));
            }
        });
    }

    @Test
    void flushWaitsUntilTheKernelHasIt() throws Exception {
        SocketContract.onLoop(() -> {
            try (TcpListener listener = TcpListener.bind("127.0.0.1", 0);
                    SocketChannel peer = SocketChannel.open(listener.localAddress());
                    TcpStream gathering = listener.accept()) {
                peer.configureBlocking(false);
                gathering.gatherWrites();
                gathering.write(SocketContract.bytes("hello"));
                gathering.flush();
                assertEquals(5, peer.read(ByteBuffer.allocate(16)));
            }
        });
    }

    @Test
    void writesOfAllKindsKeepTheirOrder() throws Exception {
        onPair((gathering, peer) -> {
            byte[] all = random(300_000);
            Greenlet<?> writer = Weft.spawn(() -> {
                ByteBuffer left = ByteBuffer.wrap(all);
                gathering.write(next(left, 10));
                gathering.write(next(left, 200_000));
                gathering.write(next(left, 16 * 1024));
                gathering.write(next(left, 1));
                gathering.write(new ByteBuffer[] {next(left, 7), next(left, 20_000)});
                gathering.write(next(left, 3));
                Weft.await(gathering.writing(next(left, 11)));
                while (left.hasRemaining()) {
                    gathering.write(next(left, 1_000));
                }
                gathering.shutdownOutput();
            });
            assertArrayEquals(all, readAll(peer));
            writer.join();
        });
    }

    private static ByteBuffer next(ByteBuffer left, int size) {
        int count = Math.min(size, left.remaining());
        ByteBuffer next = left.slice(left.position(), count);
        left.position(left.position() + count);
        return next;
    }

    @Test
    void aFullSocketMakesTheWriterWaitAndLosesNothing() throws Exception {
        onPair((gathering, peer) -> {
            byte[] all = random(8 << 20);
            Greenlet<?> writer = Weft.spawn(() -> {
                for (ByteBuffer left = ByteBuffer.wrap(all); left.hasRemaining(); ) {
                    gathering.write(next(left, 10_000));
                }
                gathering.close();
            });
            SocketContract.untilWaiting(writer);
            assertArrayEquals(all, readAll(peer));
            writer.join();
        });
    }

    @Test
    void closeSendsTheRestInTheBackground() throws Exception {
        onPair((gathering, peer) -> {
            gathering.setOption(StandardSocketOptions.SO_SNDBUF, 4 * 1024);
            ByteArrayOutputStream written = new ByteArrayOutputStream();
            Greenlet<?> writer = Weft.spawn(() -> {
                while (true) {
                    byte[] more = random(10_000);
                    written.write(more);
                    gathering.write(ByteBuffer.wrap(more));
                    Weft.yieldNow();
                }
            });
            SocketContract.untilWaiting(writer);
            writer.kill();
            assertThrows(dev.weft.Cancelled.class, writer::join);
            gathering.close();
            assertFalse(gathering.isOpen());
            byte[] received = readAll(peer);
            int complete = written.size() - 10_000; // but for the write that was killed
            assertTrue(received.length >= complete, received.length + " of " + written.size());
            assertArrayEquals(
                    java.util.Arrays.copyOf(written.toByteArray(), received.length),
                    received,
                    "a prefix of what was written");
        });
    }

    @Test
    void aFailureIsThrownByALaterWrite() throws Exception {
        onPair((gathering, peer) -> {
            peer.setOption(StandardSocketOptions.SO_LINGER, 0);
            peer.close(); // a reset
            IOException failure = assertThrows(IOException.class, () -> {
                while (true) {
                    gathering.write(SocketContract.bytes("into the void"));
                    SocketContract.untilPolled();
                }
            });
            assertTrue(String.valueOf(failure.getMessage()).startsWith("an earlier write failed"), failure::toString);
        });
    }

    @Test
    void aServerGathersTheWritesOfAllItsConnections() throws Exception {
        SocketContract.onLoop(() -> {
            TcpServer server = TcpServer.builder()
                    .gatheredWrites()
                    .start(new java.net.InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), 0), stream -> {
                        ByteBuffer buffer = ByteBuffer.allocate(64);
                        while (stream.read(buffer.clear()) >= 0) {
                            stream.write(buffer.flip());
                        }
                    });
            try (server;
                    TcpStream client = TcpStream.connect("127.0.0.1", server.port())) {
                for (int i = 0; i < 100; i++) {
                    client.write(SocketContract.bytes("message"));
                    ByteBuffer answer = ByteBuffer.allocate(7);
                    while (answer.hasRemaining()) {
                        client.read(answer);
                    }
                    assertEquals("message", SocketContract.text(answer));
                }
            }
        });
    }
}
