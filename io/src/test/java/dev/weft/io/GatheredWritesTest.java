package dev.weft.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Weft;
import dev.weft.io.tls.Tls;
import dev.weft.io.tls.TlsStream;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Small writes that are held until the end of the batch. */
@Timeout(30)
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class})
final class GatheredWritesTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    private Path directory;

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
            assertThrows(IOException.class, () -> gathering.write(SocketContract.bytes("more")));
            assertThrows(IOException.class, gathering::flush);
            assertThrows(IOException.class, gathering::shutdownOutput);
        });
    }

    /** A gathering Unix-domain stream: its socket has no window, so it is writable as soon as its peer has read. */
    interface UnixBody {
        void run(SocketStream gathering, SocketChannel peer) throws Exception;
    }

    private void onUnixPair(UnixBody body) throws Exception {
        try (var listener = SocketFamily.UNIX.listen(directory);
                SocketChannel peer = SocketChannel.open(listener.localAddress());
                SocketStream gathering = listener.accept()) {
            peer.configureBlocking(false);
            gathering.gatherWrites();
            body.run(gathering, peer);
        }
    }

    /** Fills the socket itself, past the stream. */
    private static int fill(SocketStream gathering) throws IOException {
        int sum = 0;
        int count;
        ByteBuffer chunk = ByteBuffer.allocateDirect(1 << 20);
        while ((count = gathering.channel().write(chunk.clear())) > 0) {
            sum += count;
        }
        return sum;
    }

    /** What is there now: its size and its last byte. */
    private static String drain(SocketChannel peer) throws IOException {
        int sum = 0;
        int last = 0;
        ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
        while (peer.read(buffer.clear()) > 0) {
            sum += buffer.position();
            last = buffer.get(buffer.position() - 1);
        }
        return sum + " bytes up to " + last;
    }

    @Test
    void writesInTurnToSeveralFullSocketsKeepTheirOrder() throws Exception {
        onPair((one, onePeer) -> onAnotherPair((other, otherPeer) -> {
            byte[] all = random(6 << 20);
            Greenlet<?> writer = Weft.spawn(() -> {
                for (ByteBuffer left = ByteBuffer.wrap(all); left.hasRemaining(); ) {
                    ByteBuffer piece = next(left, 5_000);
                    one.write(piece.duplicate());
                    other.write(piece);
                }
                one.close();
                other.close();
            });
            SocketContract.untilWaiting(writer);
            Greenlet<byte[]> reader = Weft.spawn(() -> readAll(otherPeer));
            assertArrayEquals(all, readAll(onePeer));
            assertArrayEquals(all, reader.join());
            writer.join();
        }));
    }

    private static void onAnotherPair(Body body) throws Exception {
        try (TcpListener listener = TcpListener.bind("127.0.0.1", 0);
                TcpStream peer = TcpStream.connect("127.0.0.1", listener.port());
                TcpStream gathering = listener.accept()) {
            gathering.gatherWrites();
            body.run(gathering, peer);
        }
    }

    @Test
    void aRestThatWritesOfOthersCauseIsSentBeforeTheNextWrite() throws Exception {
        SocketContract.onLoop(() -> onUnixPair((gathering, peer) -> {
            int filled = fill(gathering);
            byte[] second = new byte[10_000];
            second[second.length - 1] = 2;
            onManyPairs(
                    65,
                    others -> { // with the two writes around theirs, more than the loop holds in all
                        Greenlet<?> writer = Weft.spawn(() -> {
                            gathering.write(ByteBuffer.wrap(new byte[] {1}));
                            for (TcpStream other : others) {
                                other.write(ByteBuffer.allocate(16_000));
                            }
                            gathering.write(ByteBuffer.wrap(second));
                        });
                        SocketContract.untilWaiting(writer);
                        assertEquals(filled + " bytes up to 0", drain(peer));
                        writer.join();
                        assertEquals(1 + second.length + " bytes up to 2", drain(peer));
                    });
        }));
    }

    interface ManyBody {
        void run(List<TcpStream> gathering) throws Exception;
    }

    private static void onManyPairs(int count, ManyBody body) throws Exception {
        List<TcpStream> gathering = new ArrayList<>();
        List<SocketChannel> peers = new ArrayList<>();
        try (TcpListener listener = TcpListener.bind("127.0.0.1", 0)) {
            for (int i = 0; i < count; i++) {
                peers.add(SocketChannel.open(listener.localAddress()));
                TcpStream stream = listener.accept();
                stream.gatherWrites();
                gathering.add(stream);
            }
            body.run(gathering);
        } finally {
            gathering.forEach(TcpStream::close);
            for (SocketChannel peer : peers) {
                peer.close();
            }
        }
    }

    @Test
    void writesAreHeldAgainAfterARestHasLeft() throws Exception {
        SocketContract.onLoop(() -> onUnixPair((gathering, peer) -> {
            int filled = fill(gathering);
            gathering.write(ByteBuffer.wrap(new byte[] {1}));
            SocketContract.untilPolled();
            assertEquals(filled + " bytes up to 0", drain(peer));
            gathering.write(ByteBuffer.wrap(new byte[20_000])); // sends the rest first
            assertEquals("20001 bytes up to 0", drain(peer));
            gathering.write(ByteBuffer.wrap(new byte[] {2})); // is held again
            assertEquals("0 bytes up to 0", drain(peer));
            gathering.flush();
            assertEquals("1 bytes up to 2", drain(peer));
        }));
    }

    @Test
    void theExplicitWriteIsInTheKernelWhenItReturns() throws Exception {
        SocketContract.onLoop(() -> onUnixPair((gathering, peer) -> {
            gathering.write(ByteBuffer.wrap(new byte[] {1, 2}));
            assertEquals(1, Weft.await(gathering.writing(ByteBuffer.wrap(new byte[] {3}))));
            assertEquals("3 bytes up to 3", drain(peer));
        }));
    }

    @Test
    void afterTheHalfCloseAWriteFailsAtOnce() throws Exception {
        SocketContract.onLoop(() -> onUnixPair((gathering, peer) -> {
            gathering.write(ByteBuffer.wrap(new byte[] {1}));
            gathering.shutdownOutput();
            assertThrows(ClosedChannelException.class, () -> gathering.write(ByteBuffer.wrap(new byte[] {2})));
            assertEquals("1 bytes up to 1", drain(peer));
        }));
    }

    @Test
    void heldBytesLeaveBeforeTheLoopSleeps() throws Exception {
        onPair((gathering, peer) -> {
            Greenlet<Integer> answer = Weft.spawn(() -> {
                ByteBuffer question = ByteBuffer.allocate(8);
                peer.read(question);
                return peer.write(question.flip());
            });
            SocketContract.untilWaiting(answer);
            gathering.write(SocketContract.bytes("question"));
            ByteBuffer target = ByteBuffer.allocate(8);
            assertEquals(8, gathering.read(target)); // nothing else runs
            assertEquals("question", SocketContract.text(target));
        });
    }

    @Test
    void heldBytesLeaveWhenTheLoopEnds() throws Exception {
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(null)) {
            int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
            SocketContract.onLoop(() -> {
                TcpStream gathering = TcpStream.connect("127.0.0.1", port);
                gathering.gatherWrites();
                gathering.write(SocketContract.bytes("last"));
            });
            try (SocketChannel peer = listener.accept()) {
                assertEquals("last", SocketContract.receive(peer, 5));
            }
        }
    }

    @Test
    void aClosedStreamSendsItsRestAsLongAsItsPeerReads() throws Exception {
        SocketContract.onLoop(() -> onUnixPair((gathering, peer) -> {
            int filled = fill(gathering);
            gathering.write(ByteBuffer.wrap(new byte[] {1}));
            gathering.close();
            assertEquals(1, Loop.current().statistics().timers());
            assertEquals(filled + " bytes up to 0", drain(peer));
            SocketContract.untilPolled();
            SocketContract.untilPolled();
            assertEquals("1 bytes up to 1", drain(peer));
            assertEquals(-1, peer.read(ByteBuffer.allocate(1)));
            SocketContract.assertAlone();
        }));
    }

    @Test
    void aPeerThatReadsNothingKeepsNoDescriptor() throws Exception {
        try (SteppedLoop stepped = SteppedLoop.open();
                SocketChannel peer = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            int filled = stepped.run(() -> {
                try (var listener = SocketFamily.UNIX.listen(directory)) {
                    peer.connect(listener.localAddress());
                    SocketStream gathering = listener.accept();
                    gathering.gatherWrites();
                    int size = fill(gathering);
                    gathering.write(ByteBuffer.wrap(new byte[] {1}));
                    gathering.close();
                    return size;
                }
            });
            assertFalse(isWrittenOff(stepped));
            stepped.advance(Duration.ofMinutes(1));
            assertTrue(isWrittenOff(stepped));
            peer.configureBlocking(false);
            assertEquals(filled + " bytes up to 0", drain(peer));
            assertEquals(-1, peer.read(ByteBuffer.allocate(1)));
        }
    }

    private static boolean isWrittenOff(SteppedLoop stepped) {
        return stepped.run(() -> !Loop.current().poller().hasSources());
    }

    @Test
    void aSteppedLoopSendsWhatIsHeldBeforeItIsIdle() throws Exception {
        try (SteppedLoop stepped = SteppedLoop.open();
                SocketChannel peer = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            SocketStream stream = stepped.run(() -> {
                try (var listener = SocketFamily.UNIX.listen(directory)) {
                    peer.connect(listener.localAddress());
                    SocketStream gathering = listener.accept();
                    gathering.gatherWrites();
                    gathering.write(ByteBuffer.wrap(new byte[] {1}));
                    return gathering;
                }
            });
            peer.configureBlocking(false);
            assertEquals("1 bytes up to 1", drain(peer));
            stream.close();
        }
    }

    @Test
    void theHandshakeOfTlsFollowsWhatIsHeld() throws Exception {
        onPair((gathering, peer) -> {
            gathering.write(SocketContract.bytes("go"));
            Greenlet<TlsStream> server =
                    Weft.spawn(() -> Tls.of(TlsFamily.SERVER_CONTEXT).server(gathering));
            assertEquals("go", SocketContract.receive(peer, 2));
            try (TlsStream client = Tls.of(TlsFamily.clientContext()).client(peer, "localhost");
                    TlsStream serving = server.join()) {
                serving.write(SocketContract.bytes("hello"));
                assertEquals("hello", SocketContract.receive(client, 5));
            }
        });
    }

    @Test
    void recordsOfTlsAreHeldToo() throws Exception {
        onPair((gathering, peer) -> {
            Greenlet<TlsStream> server =
                    Weft.spawn(() -> Tls.of(TlsFamily.SERVER_CONTEXT).server(gathering));
            try (TlsStream client = Tls.of(TlsFamily.clientContext()).client(peer, "localhost");
                    TlsStream serving = server.join()) {
                serving.write(SocketContract.bytes("hello"));
                assertEquals("hello", SocketContract.receive(client, 5)); // after the session tickets
                serving.write(SocketContract.bytes("again"));
                ByteBuffer received = ByteBuffer.allocate(1024);
                assertEquals(0, peer.channel().read(received));
                gathering.flush();
                assertTrue(peer.channel().read(received) > 5);
            }
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
