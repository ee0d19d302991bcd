package dev.weft.io.javanet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Data and timeouts. */
abstract class JavaNetTransfers extends JavaNetHarness {
    private static final int SOON_MILLIS = 20; // short, as it has to pass before the test goes on
    private static final int LONG_MILLIS = 25_000; // long, as it must not pass

    JavaNetTransfers(Sockets sockets, Party... parties) {
        super(sockets, parties);
    }

    @Test
    void whatIsWrittenIsRead() throws Exception {
        withPair((one, other) -> {
            send(one, "hello");
            assertEquals("hello", receive(other, 5));
            Party.Task<String> reader = start(() -> receive(one, 6));
            reader.untilWaiting();
            send(other, "answer");
            assertEquals("answer", reader.join());
        });
    }

    @Test
    void moreThanTheBuffersTakeIsWritten() throws Exception {
        withPair((one, other) -> {
            byte[] much = new byte[TOO_MUCH];
            new Random(1).nextBytes(much);
            Party.Task<String> writer = start(() -> {
                one.getOutputStream().write(much);
                one.shutdownOutput();
                return "written";
            });
            writer.untilWaiting();
            assertArrayEquals(much, other.getInputStream().readAllBytes());
            assertEquals("written", writer.join());
        });
    }

    @Test
    void singleBytesArriveInOrder() throws Exception {
        withPair((one, other) -> {
            one.setTcpNoDelay(true);
            Party.Task<String> writer = start(() -> {
                for (int i = 0; i < 1000; i++) {
                    one.getOutputStream().write(i);
                }
                return "written";
            });
            InputStream input = other.getInputStream();
            for (int i = 0; i < 1000; i++) {
                assertEquals(i & 0xff, input.read());
            }
            assertEquals("written", writer.join());
        });
    }

    @Test
    void aReadTakesNoMoreThanItsPartOfTheArray() throws Exception {
        withPair((one, other) -> {
            send(one, "abcdef");
            byte[] target = new byte[10];
            assertEquals(3, other.getInputStream().readNBytes(target, 4, 3));
            assertArrayEquals(new byte[] {0, 0, 0, 0, 'a', 'b', 'c', 0, 0, 0}, target);
            byte[] elsewhere = new byte[3];
            assertEquals(3, other.getInputStream().read(elsewhere));
            assertArrayEquals(bytes("def"), elsewhere);
        });
    }

    @Test
    void nothingIsReadOrWrittenAtOnce() throws Exception {
        withPair((one, other) -> {
            assertEquals(0, one.getInputStream().read(new byte[0]));
            assertEquals(0, one.getInputStream().read(new byte[4], 4, 0));
            one.getOutputStream().write(new byte[0]);
            assertEquals(0, other.getInputStream().available());
        });
    }

    @Test
    @SuppressWarnings("NullAway") // on purpose
    void badRangesAreRefused() throws Exception {
        withPair((one, other) -> {
            InputStream input = one.getInputStream();
            OutputStream output = one.getOutputStream();
            byte[] array = new byte[4];
            assertThrows(IndexOutOfBoundsException.class, () -> input.read(array, -1, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> input.read(array, 0, 5));
            assertThrows(IndexOutOfBoundsException.class, () -> input.read(array, 4, Integer.MAX_VALUE));
            assertThrows(NullPointerException.class, () -> input.read(null, 0, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> output.write(array, 0, -1));
            assertThrows(IndexOutOfBoundsException.class, () -> output.write(array, 3, 2));
            assertThrows(NullPointerException.class, () -> output.write(null, 0, 1));
            send(one, "usable");
            assertEquals("usable", receive(other, 6));
        });
    }

    @Test
    void availableTellsWhatHasCome() throws Exception {
        withPair((one, other) -> {
            assertEquals(0, other.getInputStream().available());
            send(one, "abc");
            assertEquals('a', other.getInputStream().read());
            assertEquals(2, other.getInputStream().available());
        });
    }

    @Test
    void readersTakeTurns() throws Exception {
        withPair((one, other) -> {
            Party.Task<Integer> first = waitingReader(other);
            Party.Task<Integer> second = waitingReader(other);
            send(one, "x");
            assertEquals('x', first.join());
            second.untilWaiting();
            send(one, "y");
            assertEquals('y', second.join());
        });
    }

    @Test
    void whatTwoWriteAtOnceIsNotMixed() throws Exception {
        withNarrowPair((one, other) -> {
            byte[] as = new byte[300_000];
            Arrays.fill(as, (byte) 'a');
            byte[] bs = new byte[300_000];
            Arrays.fill(bs, (byte) 'b');
            Party.Task<String> first = writer(one, as);
            first.untilWaiting();
            Party.Task<String> second = writer(one, bs);
            second.untilWaiting();
            byte[] read = other.getInputStream().readNBytes(as.length + bs.length);
            assertArrayEquals(as, Arrays.copyOf(read, as.length));
            assertArrayEquals(bs, Arrays.copyOfRange(read, as.length, read.length));
            first.join();
            second.join();
        });
    }

    private Party.Task<String> writer(Socket socket, byte[] all) throws Exception {
        return start(() -> {
            socket.getOutputStream().write(all);
            return "written";
        });
    }

    @Test
    void manyUseOneSocketInTurn() throws Exception {
        withPair((one, other) -> {
            for (int round = 0; round < 40; round++) {
                byte value = (byte) round;
                Party.Task<Integer> reader = waitingReader(other);
                Party.Task<String> writer = start(() -> {
                    one.getOutputStream().write(value);
                    return "written";
                });
                assertEquals(value, reader.join().byteValue());
                assertEquals("written", writer.join());
            }
        });
    }

    @Test
    void aReadThatTimesOutLosesNothing() throws Exception {
        withPair((one, other) -> {
            other.setSoTimeout(SOON_MILLIS);
            for (int i = 0; i < 3; i++) {
                assertEndsWith(
                        SocketTimeoutException.class,
                        "Read timed out",
                        () -> other.getInputStream().read());
            }
            send(one, "kept");
            assertEquals("kept", receive(other, 4));
            other.setSoTimeout(0);
            Party.Task<Integer> reader = waitingReader(other);
            send(one, "x");
            assertEquals('x', reader.join());
        });
    }

    @Test
    void aReadIsInTime() throws Exception {
        withPair((one, other) -> {
            other.setSoTimeout(LONG_MILLIS);
            Party.Task<Integer> reader = waitingReader(other);
            send(one, "x");
            assertEquals('x', reader.join());
        });
    }

    @Test
    void theTimeoutCountsWhileAnotherReads() throws Exception {
        withPair((one, other) -> {
            Party.Task<Integer> first = waitingReader(other);
            other.setSoTimeout(SOON_MILLIS);
            Party.Task<Integer> second = start(() -> other.getInputStream().read());
            assertEndsWith(SocketTimeoutException.class, "Read timed out", second::join);
            send(one, "x");
            assertEquals('x', first.join());
        });
    }

    @Test
    void anAcceptThatTimesOutLosesNothing() throws Exception {
        withServer(server -> {
            server.setSoTimeout(SOON_MILLIS);
            assertEndsWith(SocketTimeoutException.class, "Accept timed out", server::accept);
            assertEndsWith(SocketTimeoutException.class, "Accept timed out", server::accept);
            try (Socket client = sockets.stream()) {
                client.connect(server.getLocalSocketAddress());
                try (Socket accepted = server.accept()) {
                    send(client, "hello");
                    assertEquals("hello", receive(accepted, 5));
                }
            }
        });
    }

    @Test
    void aConnectThatTimesOutClosesTheSocket() throws Exception {
        test(() -> {
            try (FullServer server = FullServer.open();
                    Socket socket = sockets.stream()) {
                assertEndsWith(
                        SocketTimeoutException.class,
                        "Connect timed out",
                        () -> socket.connect(server.address(), SOON_MILLIS));
                assertTrue(socket.isClosed());
            }
        });
    }

    @Test
    void aConnectIsInTime() throws Exception {
        withServer(server -> {
            try (Socket client = sockets.stream()) {
                client.connect(server.getLocalSocketAddress(), LONG_MILLIS);
                server.accept().close();
                assertEquals(-1, client.getInputStream().read());
            }
        });
    }

    @Test
    void acceptorsTakeTurns() throws Exception {
        withServer(server -> {
            Party.Task<String> first = waitingAcceptor(server);
            Party.Task<String> second = waitingAcceptor(server);
            connectAndClose(server);
            assertEquals("accepted", first.join());
            connectAndClose(server);
            assertEquals("accepted", second.join());
        });
    }

    private void connectAndClose(ServerSocket server) throws IOException {
        try (Socket client = sockets.stream()) {
            client.connect(server.getLocalSocketAddress());
        }
    }
}
