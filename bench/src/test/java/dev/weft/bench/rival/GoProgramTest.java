package dev.weft.bench.rival;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.bench.machine.BenchFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GoProgramTest {
    private static final int TWO_CORES = 2;

    private static ServerProcess start(Service service, int cores, @Nullable InetSocketAddress upstream)
            throws IOException {
        assumeTrue(RivalsTest.isHere(Contender.GO));
        assertTrue(Contender.GO.program().version().matches(".*\\d.*"));
        return ServerProcess.start(Contender.GO, new Terms(service, cores, upstream), List.of());
    }

    @Test
    void echoComesBack() throws Exception {
        byte[] message = new byte[2_000_000]; // more than the sockets hold
        new Random(1).nextBytes(message);
        try (ServerProcess server = start(Service.ECHO, 1, null);
                Socket client = Serving.connect(server.port())) {
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    client.getOutputStream().write(message);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            assertArrayEquals(message, client.getInputStream().readNBytes(message.length));
            sender.join();
            client.shutdownOutput();
            assertEquals(-1, client.getInputStream().read());
        }
    }

    @Test
    void httpIsAnsweredOnConnectionsThatAreKept() throws Exception {
        try (ServerProcess server = start(Service.HTTP, TWO_CORES, null);
                Socket client = Serving.connect(server.port());
                Socket other = Serving.connect(server.port());
                Socket garbage = Serving.connect(server.port())) {
            for (int i = 0; i < 3; i++) {
                Serving.request(client);
                assertEquals("Hello, World!", Serving.answer(client));
                for (int at = 0; at < Serving.REQUEST.length(); at++) {
                    other.getOutputStream().write(Serving.REQUEST.charAt(at)); // in pieces
                }
                assertEquals("Hello, World!", Serving.answer(other));
            }
            client.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
            assertEquals("Hello, World!", Serving.answer(client));
            assertNull(Serving.answer(client));
            garbage.getOutputStream().write("good morning\r\n\r\n".getBytes(US_ASCII));
            String refusal = new String(garbage.getInputStream().readAllBytes(), US_ASCII);
            assertTrue(refusal.isEmpty() || refusal.contains(" 400 "), refusal);
        }
    }

    @Test
    void ofThreeCallsTheLastTwoAreMadeSideBySide() throws Exception {
        try (WatchedBackend backend = WatchedBackend.startAnsweringInPairsAfterTheFirst();
                ServerProcess server = start(Service.BACKENDS, 1, Serving.loopback(backend.port()));
                Socket client = Serving.connect(server.port())) {
            Serving.request(client);
            String body = Serving.answer(client);
            assertTrue(body != null && body.startsWith("answer 1") && body.length() == 24, body);
            assertEquals(2, backend.connections());
        }
    }

    @Test
    void connectionsToTheBackendAreKept() throws Exception {
        try (WatchedBackend backend = WatchedBackend.start();
                ServerProcess server = start(Service.BACKEND, 1, Serving.loopback(backend.port()));
                Socket client = Serving.connect(server.port())) {
            for (int i = 1; i <= 3; i++) {
                Serving.request(client);
                assertEquals("answer " + i, Serving.answer(client));
            }
            assertEquals(1, backend.connections());
        }
    }

    @Test
    void theProxyPassesOnTheEndOfEachDirection() throws Exception {
        try (ServerSocket target = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                ServerProcess server = start(Service.PROXY, 1, Serving.loopback(target.getLocalPort()))) {
            try (Socket client = Serving.connect(server.port());
                    Socket behind = target.accept()) {
                Serving.talkAndHalfClose(client, behind);
            }
            try (Socket client = Serving.connect(server.port());
                    Socket behind = target.accept()) {
                Serving.talkAndHalfClose(behind, client);
            }
        }
    }

    @Test
    void whatIsNotInstalledIsToldWithTheCommandThatInstallsIt() {
        GoProgram absent = new GoProgram("no-such-compiler");
        assertEquals(
                Optional.of("Go is not installed: apt-get install -y --no-install-recommends golang-go"),
                absent.missing());
        assertTrue(assertThrows(BenchFailure.class, absent::version).toString().contains("golang-go"));
    }

    @Test
    void whatCannotBeCompiledIsToldInTheCompilersWords() {
        GoProgram broken = new GoProgram("ls");
        Terms terms = new Terms(Service.ECHO, 1, null);
        String message = assertThrows(BenchFailure.class, () -> broken.command(terms, List.of()))
                .toString();
        assertTrue(message.contains("ls build -o"), message);
    }
}
