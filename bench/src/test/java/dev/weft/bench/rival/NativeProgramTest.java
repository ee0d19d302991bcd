package dev.weft.bench.rival;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NativeProgramTest {
    private static final int TWO_CORES = 2;
    private static final List<Contender> ALL =
            List.of(Contender.C_EPOLL, Contender.GO, Contender.GEVENT, Contender.ERLANG);

    /** Those that this machine has. */
    static Stream<Contender> natives() {
        return ALL.stream().filter(RivalsTest::isHere);
    }

    static Stream<Contender> withBackend() {
        return natives().filter(contender -> contender.program().services().contains(Service.BACKENDS));
    }

    static Stream<Contender> withProxy() {
        return natives().filter(contender -> contender.program().services().contains(Service.PROXY));
    }

    private static ServerProcess start(Contender contender, Terms terms) throws IOException {
        assertTrue(
                contender.program().version().matches(".*\\d.*"),
                contender.program().version());
        return ServerProcess.start(contender, terms, List.of("-Xmx1g"));
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("natives")
    void echoComesBack(Contender contender) throws Exception {
        byte[] message = new byte[2_000_000]; // more than the sockets hold
        new Random(1).nextBytes(message);
        try (ServerProcess server = start(contender, new Terms(Service.ECHO, 1, null));
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

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("natives")
    void httpIsAnsweredOnConnectionsThatAreKept(Contender contender) throws Exception {
        try (ServerProcess server = start(contender, new Terms(Service.HTTP, TWO_CORES, null));
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

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("withBackend")
    void ofThreeCallsTheLastTwoAreMadeSideBySide(Contender contender) throws Exception {
        try (WatchedBackend backend = WatchedBackend.startAnsweringInPairsAfterTheFirst();
                ServerProcess server =
                        start(contender, new Terms(Service.BACKENDS, 1, Serving.loopback(backend.port())));
                Socket client = Serving.connect(server.port())) {
            Serving.request(client);
            String body = Serving.answer(client);
            assertTrue(body != null && body.startsWith("answer 1") && body.length() == 24, body);
            assertEquals(2, backend.connections());
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("withBackend")
    void connectionsToTheBackendAreKept(Contender contender) throws Exception {
        try (WatchedBackend backend = WatchedBackend.start();
                ServerProcess server =
                        start(contender, new Terms(Service.BACKEND, 1, Serving.loopback(backend.port())));
                Socket client = Serving.connect(server.port())) {
            for (int i = 1; i <= 3; i++) {
                Serving.request(client);
                assertEquals("answer " + i, Serving.answer(client));
            }
            assertEquals(1, backend.connections());
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("withProxy")
    void theProxyPassesOnTheEndOfEachDirection(Contender contender) throws Exception {
        try (ServerSocket target = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                ServerProcess server =
                        start(contender, new Terms(Service.PROXY, 1, Serving.loopback(target.getLocalPort())))) {
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
        NativeProgram absent = new NativeProgram(
                "Fortran",
                "gfortran",
                EnumSet.of(Service.ECHO),
                List.of("no-such-compiler", "--version"),
                new NativeBuild("epoll_server.c", List.of()),
                List.of());
        assertEquals(
                Optional.of("Fortran is not installed: apt-get install -y --no-install-recommends gfortran"),
                absent.missing());
        assertTrue(assertThrows(IllegalStateException.class, absent::version)
                .toString()
                .contains("gfortran"));
    }

    @Test
    void whatWasBuiltIsFoundAgainUntilTheToolIsAnother() throws IOException {
        NativeBuild build =
                new NativeBuild("epoll_server.c", List.of("cp", NativeBuild.SOURCE, NativeBuild.OUTPUT + "/built"));
        Path output = build.output("version 1");
        Path built = output.resolve("built");
        Files.writeString(built, "as it was");
        assertEquals(output, build.output("version 1"));
        assertEquals("as it was", Files.readString(built));
        assertNotEquals(output, build.output("version 2"));
        Files.delete(built);
        Files.delete(output.resolve("epoll_server.c"));
        Files.delete(output);
    }

    @Test
    void whatCannotBeCompiledIsToldInTheCompilersWords() {
        NativeBuild broken = new NativeBuild("epoll_server.c", List.of("ls", "--no-such-option"));
        String message = assertThrows(UncheckedIOException.class, () -> broken.output(""))
                .toString();
        assertTrue(message.contains("no-such-option"), message);
    }
}
