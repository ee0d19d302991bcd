package dev.weft.io;

import static dev.weft.io.SocketContract.LONG;
import static dev.weft.io.SocketContract.SOON;
import static dev.weft.io.SocketContract.bytes;
import static dev.weft.io.SocketContract.text;
import static dev.weft.io.SocketContract.untilWaiting;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Busy;
import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Datagrams, in both forms. */
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class})
final class UdpSocketTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @FunctionalInterface
    private interface Body {
        void run(UdpSocket one, UdpSocket other) throws Exception;
    }

    private static void withSockets(Body body) throws Exception {
        SocketContract.onLoop(() -> {
            try (UdpSocket one = UdpSocket.bind(ANY);
                    UdpSocket other = UdpSocket.bind(ANY)) {
                body.run(one, other);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void aDatagramArrivesWholeWithItsSender(Form form) throws Exception {
        withSockets((one, other) -> {
            ByteBuffer target = ByteBuffer.allocateDirect(100);
            Greenlet<SocketAddress> receiver = Weft.spawn(() -> form.receive(other, target, null));
            untilWaiting(receiver);
            form.send(one, bytes("datagram"), other.localAddress());
            form.send(one, bytes("second"), other.localAddress());
            assertEquals(one.localAddress(), receiver.join());
            assertEquals("datagram", text(target));
            target.clear();
            assertEquals(one.localAddress(), form.receive(other, target, LONG));
            assertEquals("second", text(target));
        });
    }

    @ParameterizedTest
    @EnumSource
    void whatDoesNotFitIsDropped(Form form) throws Exception {
        withSockets((one, other) -> {
            form.send(one, bytes("too long"), other.localAddress());
            form.send(one, bytes("next"), other.localAddress());
            ByteBuffer target = ByteBuffer.allocate(3);
            form.receive(other, target, LONG);
            assertEquals("too", text(target));
            target.clear();
            form.receive(other, target, LONG);
            assertEquals("nex", text(target));
        });
    }

    @ParameterizedTest
    @EnumSource
    void anEmptyDatagramIsOne(Form form) throws Exception {
        withSockets((one, other) -> {
            form.send(one, ByteBuffer.allocate(0), other.localAddress());
            ByteBuffer target = ByteBuffer.allocate(10);
            assertEquals(one.localAddress(), form.receive(other, target, LONG));
            assertEquals(0, target.position());
        });
    }

    @ParameterizedTest
    @EnumSource
    void afterATimeOutTheDatagramIsStillReceived(Form form) throws Exception {
        withSockets((one, other) -> {
            ByteBuffer target = ByteBuffer.allocate(10);
            assertThrows(DeadlineExceeded.class, () -> form.receive(other, target, SOON));
            form.send(one, bytes("late"), other.localAddress());
            form.receive(other, target, LONG);
            assertEquals("late", text(target));
        });
    }

    @ParameterizedTest
    @EnumSource
    void oneThatIsTooLargeFailsAlone(Form form) throws Exception {
        withSockets((one, other) -> {
            assertThrows(IOException.class, () -> form.send(one, ByteBuffer.allocate(100_000), other.localAddress()));
            form.send(one, bytes("ok"), other.localAddress());
            ByteBuffer target = ByteBuffer.allocate(10);
            form.receive(other, target, LONG);
            assertEquals("ok", text(target));
        });
    }

    @ParameterizedTest
    @EnumSource
    void aDatagramToNobodyHarmsNobody(Form form) throws Exception {
        withSockets((one, other) -> {
            SocketAddress nobody;
            try (UdpSocket gone = UdpSocket.bind(ANY)) {
                nobody = gone.localAddress();
            }
            Weft.yieldNow();
            form.send(one, bytes("lost"), nobody);
            form.send(other, bytes("to you"), one.localAddress());
            ByteBuffer target = ByteBuffer.allocate(10);
            assertEquals(other.localAddress(), form.receive(one, target, LONG));
        });
    }

    @ParameterizedTest
    @CsvSource({"AUTOMATIC,AUTOMATIC", "AUTOMATIC,EXPLICIT", "EXPLICIT,AUTOMATIC", "EXPLICIT,EXPLICIT"})
    void aSecondReceiverIsBusy(Form first, Form second) throws Exception {
        withSockets((one, other) -> {
            ByteBuffer target = ByteBuffer.allocate(10);
            Greenlet<SocketAddress> receiver = Weft.spawn(() -> first.receive(other, target, null));
            untilWaiting(receiver);
            assertThrows(Busy.class, () -> second.receive(other, ByteBuffer.allocate(1), null));
            one.send(bytes("mine"), other.localAddress());
            receiver.join();
            assertEquals("mine", text(target));
        });
    }

    @ParameterizedTest
    @EnumSource
    void aKilledReceiverTakesNothing(Form form) throws Exception {
        withSockets((one, other) -> {
            Greenlet<SocketAddress> receiver = Weft.spawn(() -> form.receive(other, ByteBuffer.allocate(10), null));
            untilWaiting(receiver);
            receiver.kill();
            one.send(bytes("kept"), other.localAddress());
            assertThrows(Cancelled.class, receiver::join);
            ByteBuffer target = ByteBuffer.allocate(10);
            other.receive(target, LONG);
            assertEquals("kept", text(target));
        });
    }

    @ParameterizedTest
    @EnumSource
    void closeTellsTheReceiver(Form form) throws Exception {
        withSockets((one, other) -> {
            Greenlet<SocketAddress> receiver = Weft.spawn(() -> form.receive(other, ByteBuffer.allocate(10), null));
            untilWaiting(receiver);
            Greenlet<SocketAddress> second = Weft.spawn(() -> form.receive(one, ByteBuffer.allocate(10), null));
            untilWaiting(second);
            other.close();
            Weft.await(CompletableFuture.runAsync(one::close));
            assertThrows(AsynchronousCloseException.class, receiver::join);
            assertThrows(AsynchronousCloseException.class, second::join);
            assertFalse(other.isOpen());
            assertThrows(ClosedChannelException.class, () -> form.receive(other, ByteBuffer.allocate(1), null));
            assertThrows(ClosedChannelException.class, () -> form.send(other, bytes("x"), ANY));
        });
    }

    @Test
    void readinessCanBeAwaited() throws Exception {
        withSockets((one, other) -> {
            Greenlet<?> readable = Weft.spawn(() -> Weft.await(other.readable()));
            untilWaiting(readable);
            Weft.await(one.writable());
            one.send(bytes("r"), other.localAddress());
            readable.join();
            other.receive(ByteBuffer.allocate(1), java.time.Duration.ZERO);
        });
    }

    @Test
    void optionsAreTheSockets() throws Exception {
        withSockets((one, other) -> {
            one.setOption(StandardSocketOptions.SO_BROADCAST, true);
            assertTrue(one.option(StandardSocketOptions.SO_BROADCAST));
            assertFalse(other.option(StandardSocketOptions.SO_BROADCAST));
        });
    }

    @Test
    void useFromAThreadIsRefused() throws Exception {
        withSockets((one, other) -> {
            IllegalStateException refused = assertThrows(
                    IllegalStateException.class,
                    () -> Weft.await(CompletableFuture.supplyAsync(() -> {
                        try {
                            return one.receive(ByteBuffer.allocate(1));
                        } catch (IOException e) {
                            throw new AssertionError(e);
                        }
                    })));
            assertTrue(String.valueOf(refused.getMessage()).contains("loop.spawn"), refused::getMessage);
        });
    }
}
