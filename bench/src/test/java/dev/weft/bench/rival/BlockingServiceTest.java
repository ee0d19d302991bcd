package dev.weft.bench.rival;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The services whose handlers greenlets, virtual threads and platform threads share. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@ParameterizedClass
@EnumSource(names = {"GREENLETS", "VIRTUAL", "THREADS"})
class BlockingServiceTest {
    private final Contender contender;

    BlockingServiceTest(Contender contender) {
        this.contender = contender;
    }

    @Test
    void echoComesBackWhateverThePieces() throws Exception {
        byte[] message = new byte[2_000_000]; // more than the sockets hold
        new Random(1).nextBytes(message);
        try (Serving serving = Serving.start(contender, Service.ECHO);
                Socket client = serving.connect()) {
            Thread sender = Thread.ofVirtual().start(() -> sendInPieces(client, message));
            assertArrayEquals(message, client.getInputStream().readNBytes(message.length));
            sender.join();
            client.shutdownOutput();
            assertEquals(-1, client.getInputStream().read());
        }
    }

    private static void sendInPieces(Socket client, byte[] message) {
        int from = 0;
        try {
            for (int size = 1; from < message.length; size = Math.min(size * 3, message.length - from)) {
                client.getOutputStream().write(message, from, size);
                from += size;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void connectionsOfHttpAreKept() throws Exception {
        try (Serving serving = Serving.start(contender, Service.HTTP);
                Socket client = serving.connect()) {
            for (int i = 0; i < 3; i++) {
                Serving.request(client);
                assertEquals("Hello, World!", Serving.answer(client));
            }
        }
    }

    @Test
    void aHeadMayComeInPiecesAndTwoInOne() throws Exception {
        try (Serving serving = Serving.start(contender, Service.HTTP);
                Socket client = serving.connect()) {
            for (int i = 0; i < Serving.REQUEST.length(); i++) {
                send(client, Serving.REQUEST.substring(i, i + 1));
            }
            assertEquals("Hello, World!", Serving.answer(client));
            send(client, Serving.REQUEST + Serving.REQUEST);
            assertEquals("Hello, World!", Serving.answer(client));
            assertEquals("Hello, World!", Serving.answer(client));
        }
    }

    @Test
    void whatIsNoHttpOrAsksForItEndsTheConnection() throws Exception {
        try (Serving serving = Serving.start(contender, Service.HTTP);
                Socket garbage = serving.connect();
                Socket closing = serving.connect()) {
            send(garbage, "good morning\r\n\r\n");
            assertNull(Serving.answer(garbage));
            send(closing, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
            assertEquals("Hello, World!", Serving.answer(closing));
            assertNull(Serving.answer(closing));
        }
    }

    @Test
    void connectionsToTheBackendAreKept() throws Exception {
        try (WatchedBackend backend = WatchedBackend.start();
                Serving serving = Serving.start(contender, Service.BACKEND, backend.port());
                Socket client = serving.connect();
                Socket other = serving.connect()) {
            for (int i = 0; i < 3; i++) {
                Serving.request(client);
                assertEquals("answer " + (2 * i + 1), Serving.answer(client));
                Serving.request(other);
                assertEquals("answer " + (2 * i + 2), Serving.answer(other));
            }
            assertEquals(1, backend.connections());
        }
    }

    @Test
    void ofThreeCallsTheLastTwoAreMadeSideBySide() throws Exception {
        try (WatchedBackend backend = WatchedBackend.startAnsweringInPairsAfterTheFirst();
                Serving serving = Serving.start(contender, Service.BACKENDS, backend.port());
                Socket client = serving.connect()) {
            Serving.request(client);
            String body = Serving.answer(client);
            assertEquals("answer 1", body == null ? "" : body.substring(0, 8));
            assertEquals(3 * "answer 1".length(), body == null ? 0 : body.length());
            assertEquals(3, backend.requests());
            assertEquals(2, backend.connections());
        }
    }

    @Test
    void aBackendThatIsGoneEndsTheConnectionAlone() throws Exception {
        ServerSocket gone = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        gone.close();
        try (Serving serving = Serving.start(contender, Service.BACKEND, gone.getLocalPort())) {
            for (int i = 0; i < 2; i++) {
                try (Socket client = serving.connect()) {
                    Serving.request(client);
                    assertNull(Serving.answer(client));
                }
            }
        }
    }

    @Test
    void theProxyPassesOnTheEndOfEachDirection() throws Exception {
        try (ServerSocket target = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                Serving serving = Serving.start(contender, Service.PROXY, target.getLocalPort())) {
            try (Socket client = serving.connect();
                    Socket server = target.accept()) {
                Serving.talkAndHalfClose(client, server);
            }
            try (Socket client = serving.connect();
                    Socket server = target.accept()) {
                Serving.talkAndHalfClose(server, client);
            }
        }
    }

    @Test
    void theProxyClosesBothSidesWhenOneBreaks() throws Exception {
        try (ServerSocket target = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                Serving serving = Serving.start(contender, Service.PROXY, target.getLocalPort());
                Socket client = serving.connect()) {
            Socket server = target.accept();
            server.setSoLinger(true, 0);
            server.close(); // a reset
            assertEquals(-1, client.getInputStream().read());
        }
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    }
}
