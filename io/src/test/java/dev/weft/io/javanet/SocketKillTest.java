package dev.weft.io.javanet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** A kill, and a deadline, reach a greenlet in each operation; a stream in whose midst that was is closed. */
final class SocketKillTest extends JavaNetHarness {
    private static final Duration SOON = Duration.ofMillis(20);

    SocketKillTest() {
        super(Sockets.WEFT, Party.GREENLET);
    }

    private static <T> Greenlet<T> waiting(Callable<T> body) {
        Greenlet<T> greenlet = Weft.spawn(body);
        while (greenlet.state() != Greenlet.State.WAITING) {
            assertFalse(greenlet.state().isDone(), greenlet::toString);
            Weft.yieldNow();
        }
        return greenlet;
    }

    private static void killed(Greenlet<?> greenlet) {
        greenlet.kill();
        assertThrows(Cancelled.class, greenlet::join);
    }

    private static void assertClosed(Socket socket) {
        SocketException refusal = assertThrows(
                SocketException.class, () -> socket.getOutputStream().write('x'));
        assertTrue(refusal.toString().endsWith("Socket closed"), refusal::toString);
    }

    /** A driver sees an exception that it knows, and so gives the connection up; Weft sees the kill in it. */
    @Test
    void theKilledReaderIsToldByAnExceptionOfSockets() throws Exception {
        withPair((one, other) -> {
            Greenlet<?> victim = waiting(() -> {
                try {
                    return other.getInputStream().read();
                } catch (SocketException e) {
                    assertTrue(e.toString().endsWith("Closed by cancellation"), e::toString);
                    throw new IllegalStateException("as a driver wraps it", e);
                }
            });
            killed(victim);
            assertEquals(Greenlet.State.CANCELLED, victim.state());
        });
    }

    @Test
    void killedInARead() throws Exception {
        withPair((one, other) -> {
            killed(waiting(() -> other.getInputStream().read()));
            assertClosed(other);
            assertEquals(-1, one.getInputStream().read());
        });
    }

    @Test
    void killedInATimedRead() throws Exception {
        withPair((one, other) -> {
            other.setSoTimeout(25_000);
            killed(waiting(() -> other.getInputStream().read()));
            assertClosed(other);
            assertEquals(-1, one.getInputStream().read());
            assertEquals(0, Loop.current().statistics().timers());
        });
    }

    @Test
    void killedWhileAnotherReads() throws Exception {
        withPair((one, other) -> {
            Greenlet<Integer> first = waiting(() -> other.getInputStream().read());
            Greenlet<Integer> second = waiting(() -> other.getInputStream().read());
            Greenlet<Integer> third = waiting(() -> other.getInputStream().read());
            killed(second);
            send(one, "xy");
            assertEquals('x', first.join());
            assertEquals('y', third.join());
        });
    }

    @Test
    void killedWhileAnotherReadsInTime() throws Exception {
        withPair((one, other) -> {
            Greenlet<Integer> first = waiting(() -> other.getInputStream().read());
            other.setSoTimeout(25_000);
            killed(waiting(() -> other.getInputStream().read()));
            send(one, "x");
            assertEquals('x', first.join());
        });
    }

    @Test
    void killedInAWrite() throws Exception {
        withNarrowPair((one, other) -> {
            killed(waiting(() -> {
                one.getOutputStream().write(new byte[TOO_MUCH]);
                return "written";
            }));
            assertClosed(one);
            assertTrue(other.getInputStream().readAllBytes().length < TOO_MUCH);
        });
    }

    @Test
    void killedInAnAccept() throws Exception {
        withServer(server -> {
            killed(waiting(server::accept));
            assertFalse(server.isClosed());
            try (Socket client = sockets.stream()) {
                client.connect(server.getLocalSocketAddress());
                server.accept().close();
            }
        });
    }

    @Test
    void killedInAConnect() throws Exception {
        test(() -> {
            try (FullServer server = FullServer.open();
                    Socket socket = sockets.stream()) {
                killed(waiting(() -> {
                    socket.connect(server.address());
                    return "connected";
                }));
                assertTrue(socket.isClosed());
            }
        });
    }

    @Test
    void theKilledDoNothingMore() throws Exception {
        withPair((one, other) -> {
            Greenlet<String> victim = waiting(() -> {
                try {
                    one.getInputStream().read();
                } catch (SocketException e) {
                    assertThrows(
                            SocketException.class, () -> other.getOutputStream().write('x'));
                    throw e;
                }
                return "read";
            });
            killed(victim);
            assertClosed(other);
        });
    }

    @Test
    void closingIsNeverRefused() throws Exception {
        withPair((one, other) -> {
            killed(waiting(() -> {
                try (one) {
                    return one.getInputStream().read();
                }
            }));
            assertTrue(one.isClosed());
            assertEquals(-1, other.getInputStream().read());
        });
    }

    @Test
    void aDeadlineEndsARead() throws Exception {
        withPair((one, other) -> {
            assertThrows(
                    DeadlineExceeded.class,
                    () -> Weft.withTimeout(SOON, () -> other.getInputStream().read()));
            assertClosed(other);
        });
        withPair((one, other) -> {
            other.setSoTimeout(25_000);
            assertThrows(
                    DeadlineExceeded.class,
                    () -> Weft.withTimeout(SOON, () -> other.getInputStream().read()));
            assertClosed(other);
        });
    }

    @Test
    void aTimeoutOfTheSocketInsideADeadlineLosesNothing() throws Exception {
        withPair((one, other) -> {
            other.setSoTimeout(5);
            assertThrows(
                    SocketTimeoutException.class,
                    () -> Weft.withTimeout(
                            Duration.ofSeconds(25), () -> other.getInputStream().read()));
            send(one, "x");
            assertEquals('x', other.getInputStream().read());
        });
    }

    @Test
    void anAlwaysReadySocketDoesNotKeepOthersWaiting() throws Exception {
        withPair((one, other) -> {
            Greenlet<Integer> writer = Weft.spawn(() -> {
                int count = 0;
                while (!other.isClosed()) {
                    one.getOutputStream().write(1);
                    other.getInputStream().read();
                    count++;
                }
                return count;
            });
            for (int i = 0; i < 10; i++) {
                Weft.yieldNow();
            }
            other.close();
            assertThrows(SocketException.class, writer::join);
        });
    }

    /** A close that lingered would hold the loop until the test's time is over. */
    @Test
    @SuppressWarnings("try") // closes earlier, on purpose
    void aCloseDoesNotLingerOnTheLoop() throws Exception {
        test(() -> {
            try (ServerSocket server = sockets.server();
                    Socket one = sockets.stream()) {
                server.setReceiveBufferSize(NARROW);
                server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                one.setSendBufferSize(256 * 1024); // takes it all, and the peer does not
                one.connect(server.getLocalSocketAddress());
                try (Socket other = server.accept()) {
                    one.setSoLinger(true, 60);
                    one.getOutputStream().write(new byte[100_000]);
                    one.close();
                    assertEquals(100_000, other.getInputStream().readAllBytes().length);
                }
            }
        });
    }

    @Test
    void whoIsNotAGreenletDoesNotWaitForItsTurnEither() throws Exception {
        withPair((one, other) -> {
            Greenlet<Integer> reader = waiting(() -> other.getInputStream().read());
            var refusal = new java.util.concurrent.CompletableFuture<Throwable>();
            Suspension.post(Loop.current(), () -> {
                try {
                    other.getInputStream().read();
                } catch (Throwable t) {
                    refusal.complete(t);
                }
            });
            assertEquals(IllegalStateException.class, Weft.await(refusal).getClass());
            send(one, "x");
            assertEquals('x', reader.join());
        });
    }

    @Test
    void whoIsNotAGreenletCannotHoldUpTheLoop() throws Exception {
        withPair((one, other) -> {
            var refusal = new java.util.concurrent.CompletableFuture<Throwable>();
            Suspension.post(Loop.current(), () -> {
                try {
                    other.getInputStream().read();
                } catch (Throwable t) {
                    refusal.complete(t);
                }
            });
            assertEquals(IllegalStateException.class, Weft.await(refusal).getClass());
            try (ServerSocket server = listening()) {
                assertTrue(server.isBound());
            }
        });
    }
}
