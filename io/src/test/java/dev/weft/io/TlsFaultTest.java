package dev.weft.io;

import static dev.weft.io.SocketContract.LONG;
import static dev.weft.io.SocketContract.bytes;
import static dev.weft.io.SocketContract.receive;
import static dev.weft.io.SocketContract.send;
import static dev.weft.io.SocketContract.untilWaiting;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Busy;
import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.io.tls.Tls;
import dev.weft.io.tls.TlsStream;
import dev.weft.io.tls.Truncated;
import dev.weft.testing.NoGreenletLeaks;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can happen to TLS after the handshake. The peer is the JDK's. */
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class})
@Timeout(60)
class TlsFaultTest {
    private static final String OLD = "TLSv1.2";
    private static final String NEW = "TLSv1.3";

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    private Path directory;

    @BeforeAll
    @Timeout(180)
    static void makeCertificates() {
        Certificates.context();
    }

    @FunctionalInterface
    private interface Body {
        void run(TlsStream stream, TlsPeer peer) throws Exception;
    }

    private void withPeer(TlsFamily role, String protocol, Body body) throws Exception {
        SocketContract.onLoop(() -> {
            try (var pair = role.pair(directory, protocol)) {
                body.run((TlsStream) pair.stream(), (TlsPeer) pair.peer());
            }
            SocketContract.assertAlone();
        });
    }

    private static ByteBuffer one() {
        return ByteBuffer.allocate(1);
    }

    @ParameterizedTest
    @CsvSource({"SERVER,TLSv1.2", "SERVER,TLSv1.3", "CLIENT,TLSv1.2", "CLIENT,TLSv1.3"})
    void anEndThatWasNotAnnouncedIsToldApartFromOneThatWas(TlsFamily role, String protocol) throws Exception {
        withPeer(role, protocol, (stream, peer) -> {
            send(peer, "part");
            peer.breakOff();
            ByteBuffer target = ByteBuffer.allocate(10);
            assertEquals(4, stream.read(target));
            Truncated truncated = assertThrows(Truncated.class, () -> stream.read(target));
            assertInstanceOf(EOFException.class, truncated.getCause());
            assertTrue(truncated.toString().contains(stream.toString()), truncated::toString);
            assertSame(truncated, assertThrows(Truncated.class, () -> Weft.await(stream.reading(target))));
        });
        withPeer(role, protocol, (stream, peer) -> {
            send(peer, "whole");
            peer.close();
            assertEquals("whole", receive(stream, 100));
            assertEquals(-1, stream.read(one()));
        });
    }

    @ParameterizedTest
    @EnumSource
    void aRecordThatIsCutOffIsNotHandedOut(Form form) throws Exception {
        withPeer(TlsFamily.SERVER, NEW, (stream, peer) -> {
            Greenlet<Integer> reader = Weft.spawn(() -> form.read(stream, ByteBuffer.allocate(10)));
            untilWaiting(reader);
            peer.raw.getOutputStream().write(new byte[] {23, 3, 3, 0, 100, 1, 2, 3});
            peer.raw.close();
            assertThrows(Truncated.class, reader::join);
        });
    }

    @Test
    void beforeTls13ThePeersEndIsOursToo() throws Exception {
        withPeer(TlsFamily.SERVER, OLD, (stream, peer) -> {
            peer.shutdownOutput();
            assertEquals(-1, stream.read(one()));
            SSLException ended = assertThrows(SSLException.class, () -> stream.write(bytes("late")));
            assertTrue(ended.toString().contains("before TLS 1.3"), ended::toString);
        });
    }

    @Test
    void closingTheSocketBelowAnnouncesTheEndToo() throws Exception {
        withPeer(TlsFamily.SERVER, NEW, (stream, peer) -> {
            stream.write(bytes("bye"));
            stream.socket().close();
            assertEquals("bye", receive(peer, 100)); // up to the end; the JDK throws if it is not announced
            assertThrows(ClosedChannelException.class, () -> stream.read(one()));
            assertThrows(ClosedChannelException.class, () -> stream.write(bytes("x")));
        });
    }

    /** A client that never reads has the server's tickets in its buffer, and a close with unread bytes is a reset. */
    @Test
    void whoNeverReadsCanCloseWithoutLosingWhatItWrote() throws Exception {
        for (int round = 0; round < 20; round++) {
            withPeer(TlsFamily.CLIENT, NEW, (stream, peer) -> {
                stream.write(bytes("last words"));
                stream.close();
                assertEquals("last words", receive(peer, 100));
                assertEquals(-1, peer.raw.getInputStream().read()); // which throws after a reset
            });
        }
    }

    @Test
    void theOutputCannotBeShutDownWhileAnotherWrites() throws Exception {
        withPeer(TlsFamily.SERVER, NEW, (stream, peer) -> {
            Greenlet<Integer> writer = Weft.spawn(() -> stream.write(SocketContract.tooMuch()));
            untilWaiting(writer);
            assertThrows(Busy.class, stream::shutdownOutput);
            writer.kill();
            assertThrows(Cancelled.class, writer::join);
        });
    }

    @ParameterizedTest
    @EnumSource
    void garbageInMidstreamIsFinalForReadsAndWrites(Form form) throws Exception {
        withPeer(TlsFamily.SERVER, NEW, (stream, peer) -> {
            send(peer, "good");
            assertEquals("good", receive(stream, 4));
            byte[] garbage = new byte[200];
            new SplittableRandom(1).nextBytes(garbage);
            System.arraycopy(new byte[] {23, 3, 3, 0, (byte) 195}, 0, garbage, 0, 5);
            peer.raw.getOutputStream().write(garbage);
            SSLException broken = assertThrows(SSLException.class, () -> form.read(stream, one()));
            assertTrue(broken.toString().contains(stream + " is broken"), broken::toString);
            SSLException told = assertThrows(SSLException.class, () -> peer.read(one()));
            assertTrue(told.toString().contains("bad_record_mac"), told::toString);
            assertSame(broken, assertThrows(SSLException.class, () -> form.read(stream, one())));
            assertThrows(SSLException.class, () -> form.write(stream, bytes("x")));
        });
    }

    @Test
    void plainTextInMidstreamIsAnError() throws Exception {
        withPeer(TlsFamily.SERVER, NEW, (stream, peer) -> {
            peer.raw.getOutputStream().write("by the way".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            assertThrows(SSLException.class, () -> stream.read(one()));
        });
    }

    @ParameterizedTest
    @EnumSource
    void anAlertInMidstreamIsAnErrorThatNamesIt(Form form) throws Exception {
        withPeer(TlsFamily.CLIENT, NEW, (stream, peer) -> {
            stream.socket().channel().write(ByteBuffer.wrap(new byte[] {
                23, 3, 3, 0, 30, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
                0
            }));
            Greenlet<Integer> reader = Weft.spawn(() -> form.read(stream, one()));
            untilWaiting(reader);
            assertThrows(SSLException.class, () -> peer.read(one()));
            SSLException told = assertThrows(SSLException.class, reader::join);
            assertTrue(told.toString().contains("with the alert bad_record_mac"), told::toString);
        });
    }

    @Test
    void renegotiationIsRefused() throws Exception {
        for (TlsFamily role : TlsFamily.values()) {
            withPeer(role, OLD, (stream, peer) -> {
                CompletableFuture<TlsPeer> again = peer.shakeHands();
                SSLException refused = assertThrows(SSLException.class, () -> stream.read(one()));
                assertTrue(refused.toString().contains("renegotiation"), refused::toString);
                stream.close();
                Weft.await(again.handle((shaken, failure) -> shaken)); // however the JDK takes it
            });
        }
    }

    @Test
    void recordsWithoutDataAreNotTakenForEver() throws Exception {
        withPeer(TlsFamily.SERVER, NEW, (stream, peer) -> {
            for (int i = 0; i < 100; i++) {
                peer.socket.startHandshake(); // a key update
            }
            SSLException refused = assertThrows(SSLException.class, () -> stream.read(one()));
            assertTrue(refused.toString().contains("records without data"), refused::toString);
        });
    }

    @ParameterizedTest
    @EnumSource
    void keysCanBeUpdatedInMidstreamEvenUnderAWaitingWriter(TlsFamily role) throws Exception {
        withPeer(role, NEW, (stream, peer) -> {
            for (int i = 0; i < 3; i++) {
                peer.socket.startHandshake(); // in TLS 1.3, a key update that wants one in return
                send(peer, "a");
                assertEquals("a", receive(stream, 1));
                stream.write(bytes("b"));
                assertEquals("b", receive(peer, 1));
            }
            ByteBuffer source = numbers(8 << 20);
            Greenlet<Integer> writer = Weft.spawn(() -> stream.write(source));
            untilWaiting(writer);
            peer.socket.startHandshake();
            send(peer, "c");
            assertEquals("c", receive(stream, 1));
            ByteBuffer target = ByteBuffer.allocate(source.capacity());
            while (target.hasRemaining()) {
                peer.read(target);
            }
            assertEquals(source.capacity(), writer.join());
            assertEquals(source.flip(), target.flip());
        });
    }

    private static ByteBuffer numbers(int size) {
        ByteBuffer buffer = ByteBuffer.allocate(size);
        for (int i = 0; i < size; i += Integer.BYTES) {
            buffer.putInt(i, i);
        }
        return buffer;
    }

    @ParameterizedTest
    @ValueSource(strings = {OLD, NEW})
    void recordsMayComeSplitAndJoinedHoweverTheNetworkLikes(String protocol) throws Exception {
        for (long seed = 0; seed < 10; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            SocketContract.onLoop(() -> {
                try (TcpListener behind = TcpListener.bind("127.0.0.1", 0);
                        TcpListener front = TcpListener.bind("127.0.0.1", 0)) {
                    Greenlet<?> network = Weft.spawn(() -> fragment(front, behind.localAddress(), random));
                    TcpStream below = TcpStream.connect(front.localAddress());
                    Greenlet<TlsStream> shaking = Weft.spawn(() -> Tls.of(Certificates.context())
                            .with(parameters -> parameters.setProtocols(new String[] {protocol}))
                            .client(below, "localhost"));
                    try (TlsStream server = Tls.of(TlsFamily.SERVER_CONTEXT).server(behind.accept());
                            TlsStream client = shaking.join()) {
                        assertExchanges(client, server, random);
                        client.shutdownOutput();
                        assertEquals(-1, server.read(one()));
                    }
                    network.join();
                }
            });
        }
    }

    /** Both write and read at the same time. */
    private static void assertExchanges(TlsStream one, TlsStream other, SplittableRandom random) throws Exception {
        ByteBuffer there = numbers(40_000 + 4 * random.nextInt(1000));
        ByteBuffer back = numbers(40_000 + 4 * random.nextInt(1000));
        Weft.scope(scope -> {
            scope.spawn(() -> {
                one.write(there.duplicate());
            });
            scope.spawn(() -> {
                other.write(back.duplicate());
            });
            scope.spawn(() -> assertEquals(back, allOf(one, back.capacity(), 1 + random.nextInt(20_000))));
            assertEquals(there, allOf(other, there.capacity(), 1 + random.nextInt(20_000)));
        });
    }

    private static ByteBuffer allOf(ByteStream stream, int size, int portion) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(size);
        while (target.hasRemaining()) {
            target.limit(Math.min(size, target.position() + portion));
            assertTrue(stream.read(target) > 0);
            target.limit(size);
        }
        return target.flip();
    }

    /** A network that passes bytes on in portions of its own, mostly small ones. */
    private static void fragment(TcpListener front, InetSocketAddress target, SplittableRandom random)
            throws Exception {
        try (TcpStream client = front.accept();
                TcpStream server = TcpStream.connect(target)) {
            Weft.scope(scope -> {
                SplittableRandom other = random.split();
                scope.spawn(() -> fragment(client, server, random));
                scope.spawn(() -> fragment(server, client, other));
            });
        }
    }

    private static void fragment(TcpStream from, TcpStream to, SplittableRandom random) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(40_000);
        try {
            while (from.read(buffer.clear()) >= 0) {
                int end = buffer.flip().limit();
                while (buffer.position() < end) {
                    int portion = random.nextInt(4) > 0 ? 1 + random.nextInt(7) : 1 + random.nextInt(20_000);
                    to.write(buffer.limit(Math.min(end, buffer.position() + portion)));
                    Weft.yieldNow();
                }
            }
            to.shutdownOutput();
        } catch (IOException e) {
            // An end that closes its socket ends the network's interest in it.
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLongWriteLetsOthersRun(Form form) throws Exception {
        withPeer(TlsFamily.SERVER, NEW, (stream, peer) -> {
            int size = 16 << 20;
            CompletableFuture<Integer> drained = CompletableFuture.supplyAsync(() -> drain(peer, size));
            Greenlet<Integer> writer = Weft.spawn(() -> form.write(stream, ByteBuffer.allocate(size)));
            int turns = 0;
            while (!writer.state().isDone()) {
                Weft.yieldNow();
                turns++;
            }
            assertTrue(turns > 60, "others had only " + turns + " turns"); // one every 256 KiB
            assertEquals(size, Weft.await(drained));
        });
    }

    private static int drain(TlsPeer peer, int size) {
        try {
            ByteBuffer target = ByteBuffer.allocate(size);
            while (target.hasRemaining() && peer.read(target) >= 0) {}
            return target.position();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aServerOfTlsIsATcpServerWhoseHandlerShakesHands() throws Exception {
        SocketContract.onLoop(() -> {
            Tls tls = Tls.of(TlsFamily.SERVER_CONTEXT);
            TcpServer server = TcpServer.start("127.0.0.1", 0, socket -> {
                TlsStream stream = tls.server(socket);
                ByteBuffer buffer = ByteBuffer.allocate(5);
                while (stream.read(buffer.clear()) >= 0) {
                    stream.write(buffer.flip());
                }
            });
            try (TlsStream client =
                    Tls.of(Certificates.context()).client(TcpStream.connect("127.0.0.1", server.port()), "127.0.0.1")) {
                client.write(bytes("hello hello"));
                assertEquals("hello hello", receive(client, 11));
                client.shutdownOutput();
                assertEquals(-1, client.read(one(), LONG));
            }
            server.stop(LONG);
        });
    }
}
