package dev.weft.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Busy;
import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Weft;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What sockets have and layers above them do not: listeners, readiness, options, a half-close of the input. */
abstract class BareSocketContract extends SocketContract {
    private final SocketFamily sockets;

    BareSocketContract(SocketFamily sockets) {
        super(sockets);
        this.sockets = sockets;
    }

    @FunctionalInterface
    interface ListenerBody {
        void run(SocketListener<? extends SocketStream> listener) throws Exception;
    }

    @FunctionalInterface
    interface SocketBody {
        void run(SocketStream stream, Peer peer) throws Exception;
    }

    private void withListener(ListenerBody body) throws Exception {
        onLoop(() -> {
            try (var listener = sockets.listen(directory)) {
                body.run(listener);
            }
            assertAlone();
        });
    }

    private void withSocket(SocketBody body) throws Exception {
        withPair((stream, peer) -> body.run((SocketStream) stream, peer));
    }

    @Test
    void useElsewhereIsRefusedWithTheCure() throws Exception {
        withListener(listener -> {
            try (SocketStream stream = sockets.connect(listener.localAddress(), LONG)) {
                OwnershipContract.assertAllRefused(
                        OwnershipContract::onAThread,
                        stream::shutdownInput,
                        () -> stream.option(StandardSocketOptions.SO_SNDBUF),
                        () -> Weft.await(stream.readable()),
                        listener::accept,
                        () -> Weft.await(listener.accepting()));
                assertTrue(stream.isOpen());
            }
        });
    }

    @Test
    void aClosedSocketHasNoInputToShutDown() throws Exception {
        withSocket((stream, peer) -> {
            stream.close();
            assertThrows(ClosedChannelException.class, stream::shutdownInput);
        });
    }

    @ParameterizedTest
    @EnumSource
    void acceptWaitsWhileOthersRun(Form form) throws Exception {
        withListener(listener -> {
            Greenlet<SocketStream> acceptor = Weft.spawn(() -> form.accept(listener, null));
            untilWaiting(acceptor);
            try (SocketStream client = sockets.connect(listener.localAddress(), LONG);
                    SocketStream server = acceptor.join()) {
                client.write(bytes("a"));
                assertEquals("a", receive(server, 1));
                assertEquals(client.remoteAddress(), server.localAddress());
            }
        });
    }

    @Test
    void readinessCanBeAwaited() throws Exception {
        withListener(listener -> {
            Greenlet<?> acceptable = Weft.spawn(() -> Weft.await(listener.acceptable()));
            untilWaiting(acceptable);
            try (SocketStream client = sockets.connect(listener.localAddress(), LONG)) {
                acceptable.join();
                try (SocketStream server = listener.accept()) {
                    assertThrows(dev.weft.DeadlineExceeded.class, () -> server.read(ByteBuffer.allocate(1), SOON));
                    Greenlet<?> readable = Weft.spawn(() -> Weft.await(server.readable()));
                    untilWaiting(readable);
                    Weft.await(client.writable());
                    client.write(bytes("r"));
                    readable.join();
                    assertEquals("r", receive(server, 1));
                }
            }
        });
    }

    @Test
    void whatAReadLeftIsReadable() throws Exception {
        withSocket((stream, peer) -> {
            send(peer, "abc");
            assertEquals("a", receive(stream, 1));
            Weft.withTimeout(LONG, () -> Weft.await(stream.readable()));
            assertEquals("b", receive(stream, 1));
            Weft.withTimeout(LONG, () -> Weft.await(stream.readable()));
            assertEquals("c", receive(stream, 1));
            Greenlet<?> reader = Weft.spawn(() -> Weft.await(stream.readable()));
            untilWaiting(reader);
            send(peer, "d");
            reader.join();
            assertEquals("d", receive(stream, 1));
        });
    }

    /** Receives the first byte of {@code text} after a wait, so that the socket is on the selector. */
    private static void afterAWait(SocketStream stream, Peer peer, String text) throws Exception {
        Greenlet<String> reader = Weft.spawn(() -> receive(stream, 1));
        untilWaiting(reader);
        send(peer, text);
        assertEquals(text.substring(0, 1), reader.join());
    }

    @Test
    void shutdownInputDiscardsWhatHasArrived() throws Exception {
        withSocket((stream, peer) -> {
            afterAWait(stream, peer, "abc");
            stream.shutdownInput();
            assertEquals(-1, stream.read(ByteBuffer.allocate(1)));
        });
    }

    @Test
    void aReadOnlyTargetIsRefused() throws Exception {
        withSocket((stream, peer) -> {
            afterAWait(stream, peer, "abc");
            for (ByteBuffer target : List.of(ByteBuffer.allocate(8), ByteBuffer.allocateDirect(8))) {
                assertThrows(IllegalArgumentException.class, () -> stream.read(target.asReadOnlyBuffer()));
            }
            assertEquals("bc", receive(stream, 2));
        });
    }

    @ParameterizedTest
    @EnumSource
    void shutdownInputEndsTheReadersWait(Form form) throws Exception {
        withSocket((stream, peer) -> {
            Greenlet<Integer> reader = Weft.spawn(() -> form.read(stream, ByteBuffer.allocate(1)));
            untilWaiting(reader);
            stream.shutdownInput();
            assertEquals(-1, reader.join());
            assertEquals(-1, form.read(stream, ByteBuffer.allocate(1)));
            form.write(stream, bytes("out"));
            assertEquals("out", receive(peer, 3));
        });
    }

    @ParameterizedTest
    @EnumSource
    void shutdownOutputEndsTheWritersWait(Form form) throws Exception {
        withSocket((stream, peer) -> {
            fill(stream);
            Greenlet<Integer> writer = Weft.spawn(() -> form.write(stream, tooMuch()));
            untilWaiting(writer);
            stream.shutdownOutput();
            assertThrows(ClosedChannelException.class, writer::join);
        });
    }

    @Test
    void optionsAreTheSockets() throws Exception {
        withSocket((stream, peer) -> {
            int before = stream.option(StandardSocketOptions.SO_SNDBUF);
            stream.setOption(StandardSocketOptions.SO_SNDBUF, before / 2);
            assertTrue(stream.option(StandardSocketOptions.SO_SNDBUF) < before);
            assertThrows( // an option of datagrams
                    UnsupportedOperationException.class,
                    () -> stream.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true));
        });
    }

    @ParameterizedTest
    @MethodSource("dev.weft.io.CloseContract#formsAndClosers")
    void closeTellsTheAcceptor(Form form, CloseContract.Closer closer) throws Exception {
        withListener(listener -> {
            Greenlet<SocketStream> acceptor = Weft.spawn(() -> form.accept(listener, null));
            untilWaiting(acceptor);
            closer.close(listener);
            assertThrows(AsynchronousCloseException.class, acceptor::join);
            assertThrows(ClosedChannelException.class, () -> form.accept(listener, null));
        });
    }

    @ParameterizedTest
    @EnumSource
    void closeTellsWhoWaitsForReadiness(CloseContract.Closer closer) throws Exception {
        withSocket((stream, peer) -> {
            assertThrows(dev.weft.DeadlineExceeded.class, () -> stream.read(ByteBuffer.allocate(1), SOON));
            Greenlet<?> waiter = Weft.spawn(() -> Weft.await(stream.readable()));
            untilWaiting(waiter);
            closer.close(stream);
            assertThrows(AsynchronousCloseException.class, waiter::join);
            assertThrows(ClosedChannelException.class, () -> Weft.await(stream.readable()));
        });
    }

    @Test
    void aClosedListenerLeavesItsConnections() throws Exception {
        onLoop(() -> {
            SocketListener<? extends SocketStream> listener = sockets.listen(directory);
            try (SocketStream client = sockets.connect(listener.localAddress(), LONG);
                    SocketStream server = listener.accept()) {
                listener.close();
                client.write(bytes("c"));
                assertEquals("c", receive(server, 1));
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void acceptTimesOutAndThenAccepts(Form form) throws Exception {
        withListener(listener -> {
            assertThrows(DeadlineExceeded.class, () -> form.accept(listener, SOON));
            try (SocketStream client = sockets.connect(listener.localAddress(), LONG);
                    SocketStream server = form.accept(listener, LONG)) {
                server.write(bytes("a"));
                assertEquals("a", receive(client, 1));
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void aSecondAcceptorIsBusy(Form form) throws Exception {
        withListener(listener -> {
            Greenlet<SocketStream> acceptor = Weft.spawn(() -> form.accept(listener, null));
            untilWaiting(acceptor);
            assertThrows(Busy.class, () -> form.accept(listener, null));
            try (SocketStream client = sockets.connect(listener.localAddress(), LONG);
                    SocketStream server = acceptor.join()) {
                client.write(bytes("1"));
                assertEquals("1", receive(server, 1));
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void aKilledAcceptorTakesNothing(Form form) throws Exception {
        withListener(listener -> {
            Greenlet<?> acceptor = Weft.spawn(() -> {
                form.accept(listener, null).close();
            });
            untilWaiting(acceptor);
            acceptor.kill();
            assertThrows(Cancelled.class, acceptor::join);
            try (SocketStream client = sockets.connect(listener.localAddress(), LONG);
                    SocketStream server = listener.accept(LONG)) {
                client.write(bytes("k"));
                assertEquals("k", receive(server, 1));
            }
        });
    }

    @Test
    void aRefusedConnectSaysSoAndLeavesNothing() throws Exception {
        withSocket((bystander, itsPeer) -> {
            Greenlet<String> undisturbed = Weft.spawn(() -> receive(bystander, 5));
            untilWaiting(undisturbed);
            SocketAddress nobody = sockets.nobodyListens(directory);
            int before = NoDescriptorLeaks.open().getOrDefault("socket", 0);
            assertInstanceOf(
                    SocketException.class, assertThrows(IOException.class, () -> sockets.connect(nobody, null)));
            assertThrows(SocketException.class, () -> sockets.connect(nobody, LONG));
            untilPolled();
            assertEquals(before, NoDescriptorLeaks.open().getOrDefault("socket", 0));
            send(itsPeer, "alive");
            assertEquals("alive", undisturbed.join());
        });
    }

    @Test
    void aPeerThatIsGoneBeforeItIsAcceptedHarmsNobody() throws Exception {
        withListener(listener -> {
            SocketChannel gone = SocketChannel.open(listener.localAddress());
            sockets.reset(gone);
            try (SocketChannel next = SocketChannel.open(listener.localAddress())) {
                try (SocketStream first = listener.accept()) {
                    assertThrows(IOException.class, () -> {
                        if (first.read(ByteBuffer.allocate(1)) < 0) {
                            throw new IOException("end of stream");
                        }
                    });
                }
                try (SocketStream second = listener.accept()) {
                    send(next, "next");
                    assertEquals("next", receive(second, 4));
                }
            }
        });
    }

    @Test
    void aBurstOfConnectionsWaitsToBeAccepted() throws Exception {
        withListener(listener -> {
            List<SocketStream> clients = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                clients.add(sockets.connect(listener.localAddress(), LONG));
            }
            for (SocketStream client : clients) {
                try (SocketStream server = listener.accept()) {
                    client.write(bytes("b"));
                    assertEquals("b", receive(server, 1));
                }
                client.close();
            }
        });
    }
}
