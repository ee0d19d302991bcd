package dev.weft.io.javanet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import org.junit.jupiter.api.Test;

/** How a connection ends: by half-close, reset, close, interrupt. */
abstract class JavaNetEnds extends JavaNetTransfers {
    JavaNetEnds(Sockets sockets, Party... parties) {
        super(sockets, parties);
    }

    @Test
    void theEndIsSeenForEver() throws Exception {
        withPair((one, other) -> {
            send(one, "last");
            one.close();
            assertEquals("last", receive(other, 4));
            InputStream input = other.getInputStream();
            assertEquals(-1, input.read());
            assertEquals(-1, input.read(new byte[4]));
            other.close();
            assertEquals(-1, input.read());
        });
    }

    @Test
    void aWaitingReaderSeesTheEnd() throws Exception {
        withPair((one, other) -> {
            Party.Task<Integer> reader = waitingReader(other);
            one.close();
            assertEquals(-1, reader.join());
        });
    }

    @Test
    void afterTheHalfCloseOfThePeerWritesStillWork() throws Exception {
        withPair((one, other) -> {
            one.shutdownOutput();
            assertEquals(-1, other.getInputStream().read());
            send(other, "answer");
            assertEquals("answer", receive(one, 6));
            OutputStream output = other.getOutputStream();
            other.shutdownOutput();
            assertEndsWith(SocketException.class, "Broken pipe", () -> output.write(1));
            assertThrows(SocketException.class, other::getOutputStream);
            assertThrows(SocketException.class, other::shutdownOutput);
            assertTrue(other.isOutputShutdown());
        });
    }

    @Test
    void shuttingTheInputEndsAWaitingRead() throws Exception {
        withPair((one, other) -> {
            InputStream input = other.getInputStream();
            Party.Task<Integer> reader = waitingReader(other);
            other.shutdownInput();
            assertEquals(-1, reader.join());
            assertEquals(-1, input.read());
            assertEquals(0, input.available());
            assertThrows(SocketException.class, other::getInputStream);
            assertThrows(SocketException.class, other::shutdownInput);
            send(other, "writes");
            assertEquals("writes", receive(one, 6));
        });
    }

    @Test
    void shuttingTheOutputEndsAWaitingWrite() throws Exception {
        withNarrowPair((one, other) -> {
            Party.Task<String> writer = waitingWriter(one);
            one.shutdownOutput();
            assertThrows(SocketException.class, writer::join);
            assertFalse(one.isClosed());
        });
    }

    @Test
    void aResetReachesTheReaderAndStays() throws Exception {
        withPair((one, other) -> {
            Party.Task<Integer> reader = waitingReader(one);
            other.setSoLinger(true, 0);
            other.close();
            assertEndsWith("Connection reset", reader);
            InputStream input = one.getInputStream();
            assertEndsWith(SocketException.class, "Connection reset", input::read);
            assertEndsWith(SocketException.class, "Connection reset", () -> input.read(new byte[4]));
            assertThrows(SocketException.class, () -> send(one, "x"));
            assertFalse(one.isClosed());
        });
    }

    @Test
    void aResetReachesTheWriter() throws Exception {
        withNarrowPair((one, other) -> {
            Party.Task<String> writer = waitingWriter(one);
            other.setSoLinger(true, 0);
            other.close();
            assertThrows(SocketException.class, writer::join);
            assertThrows(SocketException.class, () -> send(one, "x"));
        });
    }

    @Test
    void aCloseEndsAWaitingRead() throws Exception {
        withPair((one, other) -> {
            Party.Task<Integer> reader = waitingReader(one);
            Party.Task<Integer> next = waitingReader(one);
            closeElsewhere(one);
            assertEndsWith("Socket closed", reader);
            assertEndsWith("Socket closed", next);
            assertEquals(-1, other.getInputStream().read());
        });
    }

    @Test
    void aCloseEndsATimedRead() throws Exception {
        withPair((one, other) -> {
            one.setSoTimeout(25_000);
            Party.Task<Integer> reader = waitingReader(one);
            closeElsewhere(one);
            assertEndsWith("Socket closed", reader);
        });
    }

    @Test
    void aCloseEndsAWaitingWrite() throws Exception {
        withNarrowPair((one, other) -> {
            Party.Task<String> writer = waitingWriter(one);
            closeElsewhere(one);
            assertEndsWith("Socket closed", writer);
        });
    }

    @Test
    void aCloseEndsReadAndWriteBoth() throws Exception {
        withNarrowPair((one, other) -> {
            Party.Task<String> writer = waitingWriter(one);
            Party.Task<Integer> reader = waitingReader(one);
            closeElsewhere(one);
            assertEndsWith("Socket closed", writer);
            assertEndsWith("Socket closed", reader);
        });
    }

    @Test
    void aCloseEndsAWaitingAccept() throws Exception {
        withServer(server -> {
            Party.Task<String> acceptor = waitingAcceptor(server);
            Party.Task<String> next = waitingAcceptor(server);
            start(() -> {
                        server.close();
                        return "closed";
                    })
                    .join();
            assertEndsWith("Socket closed", acceptor);
            assertEndsWith("Socket closed", next);
        });
    }

    @Test
    void aCloseEndsAWaitingConnect() throws Exception {
        test(() -> {
            try (FullServer server = FullServer.open();
                    Socket socket = sockets.stream()) {
                Party.Task<String> connector = waitingConnector(socket, server);
                closeElsewhere(socket);
                assertEndsWith("Socket closed", connector);
            }
        });
    }

    private void closeElsewhere(Socket socket) throws Exception {
        start(() -> {
                    socket.close();
                    return "closed";
                })
                .join();
    }

    @Test
    void nothingIsDoneOnceItIsClosed() throws Exception {
        withPair((one, other) -> {
            InputStream input = one.getInputStream();
            OutputStream output = one.getOutputStream();
            one.close();
            one.close();
            assertTrue(one.isClosed());
            assertEndsWith(SocketException.class, "Socket closed", input::read);
            assertEndsWith(SocketException.class, "Socket closed", input::available);
            assertEndsWith(SocketException.class, "Socket closed", () -> output.write(1));
            assertEndsWith(SocketException.class, "Socket is closed", one::getInputStream);
            assertEndsWith(SocketException.class, "Socket is closed", one::getOutputStream);
            assertEndsWith(SocketException.class, "Socket is closed", one::shutdownInput);
            assertEndsWith(SocketException.class, "Socket is closed", one::shutdownOutput);
            assertThrows(SocketException.class, () -> one.sendUrgentData(1));
            assertThrows(SocketException.class, () -> one.connect(other.getLocalSocketAddress()));
        });
    }

    @Test
    void closingAStreamClosesTheSocket() throws Exception {
        withPair((one, other) -> {
            one.getInputStream().close();
            assertTrue(one.isClosed());
            other.getOutputStream().close();
            assertTrue(other.isClosed());
        });
    }

    @Test
    void theAddressIsFreeAfterTheClose() throws Exception {
        withServer(server -> {
            server.close();
            try (ServerSocket next = sockets.server()) {
                next.bind(server.getLocalSocketAddress());
            }
        });
    }

    @Test
    void aServerThatIsClosedLeavesItsConnections() throws Exception {
        withServer(server -> {
            try (Socket client = sockets.stream()) {
                client.connect(server.getLocalSocketAddress());
                try (Socket accepted = server.accept()) {
                    server.close();
                    assertEndsWith(SocketException.class, "Socket is closed", server::accept);
                    send(client, "alive");
                    assertEquals("alive", receive(accepted, 5));
                }
            }
        });
    }

    @Test
    void aCloseThatLingersDeliversEverything() throws Exception {
        withPair((one, other) -> {
            Party.Task<Integer> reader = start(() -> other.getInputStream().readAllBytes().length);
            one.setSoLinger(true, 1); // the JDK holds the loop for as long
            one.getOutputStream().write(new byte[200_000]);
            one.close();
            assertEquals(200_000, reader.join());
        });
    }

    @Test
    void anInterruptDuringARead() throws Exception {
        withPair((one, other) -> {
            Party.Task<Integer> reader = waitingReader(one);
            reader.thread().interrupt();
            if (reader.thread().isVirtual()) {
                assertEndsWith("Closed by interrupt", reader);
                assertTrue(one.isClosed());
            } else {
                send(other, "x");
                assertEquals('x', reader.join());
            }
        });
    }

    /** It is found by the read that follows. */
    @Test
    void anInterruptWhileAnotherReads() throws Exception {
        withPair((one, other) -> {
            Party.Task<Integer> first = waitingReader(one);
            Party.Task<Integer> second = waitingReader(one);
            second.thread().interrupt();
            send(other, "x");
            assertEquals('x', first.join());
            if (second.thread().isVirtual()) {
                assertEndsWith("Closed by interrupt", second);
            } else {
                send(other, "y");
                assertEquals('y', second.join());
            }
        });
    }

    @Test
    void anInterruptDuringAWrite() throws Exception {
        withNarrowPair((one, other) -> {
            Party.Task<String> writer = waitingWriter(one);
            writer.thread().interrupt();
            if (writer.thread().isVirtual()) {
                assertEndsWith("Closed by interrupt", writer);
                assertTrue(one.isClosed());
            } else {
                assertEquals(TOO_MUCH, other.getInputStream().readNBytes(TOO_MUCH).length);
                assertEquals("written", writer.join());
            }
        });
    }

    @Test
    void anInterruptDuringAnAccept() throws Exception {
        withServer(server -> {
            Party.Task<String> acceptor = waitingAcceptor(server);
            acceptor.thread().interrupt();
            if (acceptor.thread().isVirtual()) {
                assertEndsWith("Closed by interrupt", acceptor);
                assertTrue(server.isClosed());
            } else {
                try (Socket client = sockets.stream()) {
                    client.connect(server.getLocalSocketAddress());
                    assertEquals("accepted", acceptor.join());
                }
            }
        });
    }

    @Test
    @SuppressWarnings("try") // closes earlier, on purpose
    void anInterruptDuringAConnect() throws Exception {
        test(() -> {
            try (FullServer server = FullServer.open();
                    Socket socket = sockets.stream()) {
                Party.Task<String> connector = waitingConnector(socket, server);
                connector.thread().interrupt();
                if (connector.thread().isVirtual()) {
                    assertEndsWith("Closed by interrupt", connector);
                    assertTrue(socket.isClosed());
                } else {
                    socket.close();
                    assertEndsWith("Socket closed", connector);
                }
            }
        });
    }

    @Test
    void anInterruptBeforeAReadThatNeedNotWait() throws Exception {
        withPair((one, other) -> {
            send(one, "xy");
            assertEquals('x', other.getInputStream().read());
            Party.Task<String> reader = start(() -> {
                Thread.currentThread().interrupt();
                int value = other.getInputStream().read();
                return (char) value + " " + Thread.interrupted();
            });
            assertEquals("y true", reader.join());
        });
    }

    @Test
    void theInterruptStaysSet() throws Exception {
        withPair((one, other) -> {
            Party.Task<Boolean> reader = start(() -> {
                try {
                    other.getInputStream().read();
                } catch (IOException e) {
                    // As a virtual thread has it.
                }
                return Thread.interrupted();
            });
            reader.untilWaiting();
            reader.thread().interrupt();
            send(one, "x");
            assertTrue(reader.join());
        });
    }
}
