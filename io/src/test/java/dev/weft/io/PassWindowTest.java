package dev.weft.io;

import static dev.weft.io.SocketContract.bytes;
import static dev.weft.io.SocketContract.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Busy;
import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Weft;
import dev.weft.io.javanet.WeftSockets;
import dev.weft.io.process.ChildProcess;
import dev.weft.io.selector.SelectorPoller;
import dev.weft.io.tls.Tls;
import dev.weft.io.tls.TlsStream;
import dev.weft.sync.Event;
import dev.weft.sync.Select;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What happens to a greenlet between the pass that has completed its operation and its next slice. */
@Timeout(30)
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class})
final class PassWindowTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    private Path directory;

    /** The forms of a read that the pass makes. */
    enum Reading {
        READ {
            @Override
            String read(ByteStream stream) throws IOException {
                ByteBuffer target = ByteBuffer.allocate(16);
                return result(stream.read(target), text(target));
            }
        },
        SCATTER {
            @Override
            String read(ByteStream stream) throws IOException {
                ByteBuffer first = ByteBuffer.allocate(2);
                ByteBuffer second = ByteBuffer.allocate(14);
                return result(stream.read(new ByteBuffer[] {first, second}), text(first) + text(second));
            }
        },
        RECEIVE {
            @Override
            String read(ByteStream stream) throws IOException {
                ByteBuffer copy = ByteBuffer.allocate(16);
                return result(stream.receive(copy::put), text(copy));
            }
        };

        abstract String read(ByteStream stream) throws IOException;

        private static String result(long count, String text) {
            return count < 0 ? "the end" : text;
        }
    }

    static Stream<Arguments> readings() {
        return Stream.of(SocketFamily.TCP, SocketFamily.UNIX, TlsFamily.SERVER)
                .flatMap(family -> Stream.of(Reading.values()).map(reading -> Arguments.of(family, reading)));
    }

    /** Other operations that the pass makes, whose result shows as "hello". */
    enum Waiting {
        DATAGRAM {
            @Override
            void run(Scenario scenario) throws Exception {
                try (UdpSocket socket = UdpSocket.bind(ANY)) {
                    ByteBuffer target = ByteBuffer.allocate(16);
                    scenario.run(
                            () -> {
                                assertEquals(socket.localAddress(), socket.receive(target));
                                return text(target);
                            },
                            () -> socket.send(bytes("hello"), socket.localAddress()),
                            socket);
                }
            }
        },
        ACCEPT {
            @Override
            void run(Scenario scenario) throws Exception {
                try (TcpListener listener = TcpListener.bind(ANY);
                        SocketChannel client = SocketChannel.open()) {
                    client.configureBlocking(false);
                    scenario.run(
                            () -> {
                                try (TcpStream accepted = listener.accept()) {
                                    return accepted.isOpen() ? "hello" : "closed";
                                }
                            },
                            () -> client.connect(listener.localAddress()),
                            listener);
                }
            }
        },
        JAVA_NET_READ {
            @Override
            void run(Scenario scenario) throws Exception {
                try (TcpListener listener = TcpListener.bind(ANY);
                        Socket socket = WeftSockets.socketFactory().createSocket()) {
                    socket.connect(listener.localAddress());
                    try (TcpStream peer = listener.accept()) {
                        byte[] target = new byte[5];
                        scenario.run(
                                () -> {
                                    assertEquals(5, socket.getInputStream().read(target));
                                    return text(ByteBuffer.wrap(target).position(5));
                                },
                                () -> peer.write(bytes("hello")),
                                socket);
                    }
                }
            }
        },
        JAVA_NET_ACCEPT {
            @Override
            void run(Scenario scenario) throws Exception {
                try (ServerSocket listener = WeftSockets.serverSocketFactory().createServerSocket();
                        SocketChannel client = SocketChannel.open()) {
                    client.configureBlocking(false);
                    listener.bind(ANY);
                    scenario.run(
                            () -> {
                                try (Socket accepted = listener.accept()) {
                                    return accepted.isConnected() ? "hello" : "not connected";
                                }
                            },
                            () -> client.connect(listener.getLocalSocketAddress()),
                            listener);
                }
            }
        },
        CHILD_PIPE {
            @Override
            void run(Scenario scenario) throws Exception {
                try (ChildProcess cat = ChildProcess.start(new ProcessBuilder("cat"))) {
                    byte[] target = new byte[5];
                    scenario.run(
                            () -> {
                                assertEquals(5, cat.stdout().read(target, 0, 5));
                                return text(ByteBuffer.wrap(target).position(5));
                            },
                            () -> cat.stdin().write(bytes("hello")),
                            cat.stdout());
                }
            }
        };

        interface Call {
            String make() throws Exception;
        }

        interface Action {
            void take() throws Exception;
        }

        interface Scenario {
            void run(Call call, Action provoke, AutoCloseable source) throws Exception;
        }

        abstract void run(Scenario scenario) throws Exception;
    }

    /** Makes passes until one has completed what {@code waiting} waits for; it does not run meanwhile. */
    private static void completeInAPass(Greenlet<?> waiting) throws IOException {
        SelectorPoller poller = SelectorPoller.of(Loop.current());
        while (waiting.state() == Greenlet.State.WAITING) {
            poller.poll(0);
        }
    }

    /** A greenlet that has kept the result of {@code call} in {@code results} and then waits for ever. */
    private static Greenlet<?> keeping(List<String> results, Waiting.Call call) {
        Greenlet<?> greenlet = Weft.spawn(() -> {
            results.add(call.make());
            Weft.await(new Event());
        });
        SocketContract.untilWaiting(greenlet);
        return greenlet;
    }

    interface Body {
        void run(ByteStream writer, ByteStream reader) throws Exception;
    }

    private void onEnds(StreamFamily family, Body body) throws Exception {
        SocketContract.onLoop(() -> {
            try (SocketContract.Ends ends = family.ends(directory)) {
                body.run(ends.one(), ends.other());
            }
            SocketContract.assertAlone();
        });
    }

    /** Passes bytes on, and keeps the last byte of the next ones back once told to. */
    private static final class Relay {
        private final Event hasKeptOne = new Event();
        private final Event mayPassItOn = new Event();
        private boolean keepsOne;

        @Nullable Void pass(ByteStream from, ByteStream to) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(64 * 1024);
            while (from.read(bytes.clear()) >= 0) {
                bytes.flip();
                if (keepsOne) {
                    to.write(bytes.slice(0, bytes.limit() - 1));
                    bytes.position(bytes.limit() - 1);
                    hasKeptOne.set();
                    Weft.await(mayPassItOn);
                }
                to.write(bytes);
            }
            return null;
        }
    }

    @Test
    void anExplicitWaitIsDecryptedByAGreenlet() throws Exception {
        onEnds(TlsFamily.SERVER, (writer, stream) -> {
            ByteBuffer target = ByteBuffer.allocate(16);
            Greenlet<Integer> reader = Weft.spawn(() -> Weft.await(stream.reading(target)));
            SocketContract.untilWaiting(reader);
            writer.write(bytes("hello"));
            SelectorPoller.of(Loop.current()).poll(0);
            assertEquals(0, target.position());
            assertThrows(Busy.class, () -> stream.read(ByteBuffer.allocate(1)));
            assertEquals(5, reader.join());
            assertEquals("hello", text(target));

            Greenlet<Integer> killed = Weft.spawn(() -> Weft.await(stream.reading(target)));
            SocketContract.untilWaiting(killed);
            writer.write(bytes("again"));
            SelectorPoller.of(Loop.current()).poll(0);
            killed.kill();
            assertThrows(Cancelled.class, killed::join);
            assertEquals("again", Reading.READ.read(stream));
        });
    }

    @Test
    void aPartOfARecordWakesNobody() throws Exception {
        SocketContract.onLoop(() -> {
            try (SocketContract.Ends near = SocketFamily.TCP.ends(directory);
                    SocketContract.Ends far = SocketFamily.TCP.ends(directory)) {
                Relay relay = new Relay();
                Greenlet<?> there = Weft.spawn(() -> relay.pass(near.other(), far.one()));
                Greenlet<?> back = Weft.spawn(() -> relay.pass(far.one(), near.other()));
                Greenlet<TlsStream> shaking = Weft.spawn(
                        () -> Tls.of(TlsFamily.clientContext()).client((SocketStream) near.one(), "localhost"));
                TlsStream server = Tls.of(TlsFamily.SERVER_CONTEXT).server((SocketStream) far.other());
                Greenlet<String> reader = Weft.spawn(() -> Reading.READ.read(server));
                SocketContract.untilWaiting(reader);
                relay.keepsOne = true;
                shaking.join().write(bytes("hello"));
                Weft.await(relay.hasKeptOne);
                SelectorPoller.of(Loop.current()).poll(0);
                assertEquals(Greenlet.State.WAITING, reader.state());
                relay.mayPassItOn.set();
                assertEquals("hello", reader.join());
                there.kill();
                back.kill();
            }
        });
    }

    private static int idleBuffers() {
        return SelectorPoller.of(Loop.current()).receiveBuffers().free();
    }

    @ParameterizedTest
    @MethodSource("readings")
    void whatWasReadIsReturnedToAGreenletKilledBeforeItRuns(StreamFamily family, Reading reading) throws Exception {
        onEnds(family, (writer, stream) -> {
            List<String> results = new ArrayList<>();
            writer.write(bytes("first"));
            assertEquals("first", reading.read(stream));
            int idle = idleBuffers();
            Greenlet<?> reader = keeping(results, () -> reading.read(stream));
            writer.write(bytes("hello"));
            completeInAPass(reader);
            reader.kill();
            assertThrows(Cancelled.class, reader::join);
            assertEquals(List.of("hello"), results);
            assertEquals(idle, idleBuffers());
        });
    }

    @ParameterizedTest
    @MethodSource("readings")
    void whatWasReadIsReturnedAlthoughTheStreamWasClosed(StreamFamily family, Reading reading) throws Exception {
        onEnds(family, (writer, stream) -> {
            Greenlet<String> reader = Weft.spawn(() -> reading.read(stream));
            SocketContract.untilWaiting(reader);
            writer.write(bytes("hello"));
            completeInAPass(reader);
            int idle = idleBuffers();
            stream.close();
            if (family == TlsFamily.SERVER) { // is decrypted by the greenlet, after the pass
                assertThrows(AsynchronousCloseException.class, reader::join);
            } else {
                assertEquals("hello", reader.join());
                assertEquals(reading == Reading.RECEIVE ? idle + 1 : idle, idleBuffers());
            }
            assertThrows(ClosedChannelException.class, () -> reading.read(stream));
        });
    }

    @ParameterizedTest
    @MethodSource("readings")
    void aSecondReaderIsRefusedAndTheFirstGetsWhatIsItsOwn(StreamFamily family, Reading reading) throws Exception {
        onEnds(family, (writer, stream) -> {
            Greenlet<String> reader = Weft.spawn(() -> reading.read(stream));
            SocketContract.untilWaiting(reader);
            writer.write(bytes("hello"));
            completeInAPass(reader);
            writer.write(bytes("again"));
            assertThrows(Busy.class, () -> reading.read(stream));
            assertThrows(Busy.class, () -> Weft.await(stream.reading(ByteBuffer.allocate(1))));
            assertEquals("hello", reader.join());
            assertEquals("again", reading.read(stream));
        });
    }

    @ParameterizedTest
    @MethodSource("readings")
    void theEndIsReturnedAlthoughTheStreamWasClosed(StreamFamily family, Reading reading) throws Exception {
        onEnds(family, (writer, stream) -> {
            Greenlet<String> reader = Weft.spawn(() -> reading.read(stream));
            SocketContract.untilWaiting(reader);
            writer.shutdownOutput();
            completeInAPass(reader);
            stream.close();
            if (family == TlsFamily.SERVER) {
                assertThrows(AsynchronousCloseException.class, reader::join);
            } else {
                assertEquals("the end", reader.join());
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void aDeadlineThatPassesAfterTheReadChangesNothing(Reading reading) {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                try (SocketContract.Ends ends = SocketFamily.TCP.ends(directory)) {
                    Greenlet<String> reader =
                            Weft.spawn(() -> Weft.withTimeout(Duration.ofHours(1), () -> reading.read(ends.other())));
                    SocketContract.untilWaiting(reader);
                    ends.one().write(bytes("hello"));
                    completeInAPass(reader);
                    stepped.clock().advance(Duration.ofHours(2));
                    return assertEqualTo("hello", reader.join());
                }
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void aKillBeforeThePassLosesNothing(Reading reading) {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                try (SocketContract.Ends ends = SocketFamily.TCP.ends(directory)) {
                    Greenlet<String> reader =
                            Weft.spawn(() -> Weft.withTimeout(Duration.ofHours(1), () -> reading.read(ends.other())));
                    SocketContract.untilWaiting(reader);
                    ends.one().write(bytes("hello"));
                    reader.kill();
                    SelectorPoller.of(Loop.current()).poll(0);
                    assertThrows(Cancelled.class, reader::join);
                    return assertEqualTo("hello", reading.read(ends.other()));
                }
            });
        }
    }

    private static String assertEqualTo(String expected, String actual) {
        assertEquals(expected, actual);
        return actual;
    }

    @Test
    void aSelectTakesFromOneOfTwoStreamsThatOnePassReports() throws Exception {
        onEnds(
                SocketFamily.TCP,
                (oneWriter, one) -> onAnotherEnd((otherWriter, other) -> {
                    ByteBuffer first = ByteBuffer.allocate(16);
                    ByteBuffer second = ByteBuffer.allocate(16);
                    Greenlet<ByteStream> selecting = Weft.spawn(() -> Weft.select(
                            Select.on(one.reading(first), count -> other),
                            Select.on(other.reading(second), count -> one)));
                    SocketContract.untilWaiting(selecting);
                    oneWriter.write(bytes("hello"));
                    otherWriter.write(bytes("hello"));
                    completeInAPass(selecting);
                    ByteStream loser = selecting.join();
                    assertEquals(5, first.position() + second.position());
                    assertEquals("hello", Reading.READ.read(loser));
                }));
    }

    private void onAnotherEnd(Body body) throws Exception {
        try (SocketContract.Ends ends = SocketFamily.TCP.ends(directory)) {
            body.run(ends.one(), ends.other());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aResultIsReturnedToAGreenletKilledBeforeItRuns(Waiting waiting) throws Exception {
        SocketContract.onLoop(() -> waiting.run((call, provoke, source) -> {
            List<String> results = new ArrayList<>();
            Greenlet<?> greenlet = keeping(results, call);
            provoke.take();
            completeInAPass(greenlet);
            greenlet.kill();
            assertThrows(Cancelled.class, greenlet::join);
            assertEquals(List.of("hello"), results);
        }));
    }

    @ParameterizedTest
    @EnumSource
    void aResultIsReturnedAlthoughItsSourceWasClosed(Waiting waiting) throws Exception {
        SocketContract.onLoop(() -> waiting.run((call, provoke, source) -> {
            Greenlet<String> greenlet = Weft.spawn(call::make);
            SocketContract.untilWaiting(greenlet);
            provoke.take();
            completeInAPass(greenlet);
            source.close();
            assertEquals("hello", greenlet.join());
        }));
    }

    @Test
    void aWriterThatThePassHasServedReturnsAlthoughItWasKilled() throws Exception {
        onEnds(SocketFamily.UNIX, (stream, peer) -> {
            ByteBuffer large = ByteBuffer.allocate(1 << 20);
            List<String> results = new ArrayList<>();
            Greenlet<?> writer = keeping(results, () -> "wrote " + stream.write(large));
            ByteBuffer sink = ByteBuffer.allocate(1 << 20);
            while (writer.state() == Greenlet.State.WAITING) {
                peer.read(sink);
                SelectorPoller.of(Loop.current()).poll(0);
            }
            writer.kill();
            assertThrows(Cancelled.class, writer::join);
            assertEquals(List.of("wrote " + large.capacity()), results);
            assertTrue(sink.position() > 0);
        });
    }
}
