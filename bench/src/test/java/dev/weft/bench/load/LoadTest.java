package dev.weft.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.bench.Bench;
import dev.weft.bench.rival.Service;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The process as whoever measures talks to it. */
@Timeout(120) // it starts JVMs
class LoadTest {
    private static final int REQUEST_BYTES = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".length();
    private static final int ANSWER_BYTES =
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, World!".length();

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void kill() {
        started.forEach(process -> process.destroyForcibly().onExit().join());
    }

    private Process load(String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Bench.class.getName(),
                "load",
                "--connections=4",
                "--warm-up=0.2"));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        started.add(process);
        return process;
    }

    /** Passes a request on and the answer back, on a connection of its own to the upstream. */
    private static void proxy(SocketChannel channel, int upstream, int there, int back) throws IOException {
        try (SocketChannel behind =
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), upstream))) {
            while (true) {
                ByteBuffer request = TestServer.read(channel, there);
                TestServer.write(behind, request);
                TestServer.write(channel, TestServer.read(behind, back));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"BACKEND,0", "BACKEND,200", "PROXY,500"})
    void theServerIsTheWayFromTheLoadGeneratorToItself(Service service, double ratePerSecond) throws Exception {
        Process load = load("--service=" + service, "--busy=3");
        BufferedReader lines = load.inputReader(StandardCharsets.UTF_8);
        String first = lines.readLine();
        assertTrue(first.startsWith(Load.UPSTREAM), first);
        int port = Integer.parseInt(first.substring(Load.UPSTREAM.length()));
        boolean isHttp = service.isHttp();
        int there = isHttp ? REQUEST_BYTES : 64;
        int back = isHttp ? ANSWER_BYTES : 64;
        try (TestServer server = new TestServer(channel -> proxy(channel, port, there, back))) {
            tell(
                    load,
                    server.address().getPort() + " " + ProcessHandle.current().pid() + "\n");
            assertEquals("warm-up", lines.readLine());
            assertEquals("connected 4", lines.readLine());
            assertEquals("warm", lines.readLine());
            for (double rate : new double[] {0, ratePerSecond, 0}) {
                tell(load, new Window(0.3, rate).command() + "\n");
                assertEquals("measuring", lines.readLine());
                String last = lines.readLine();
                assertTrue(last.startsWith(Load.RESULT), last);
                LoadResult result =
                        new ObjectMapper().readValue(last.substring(Load.RESULT.length()), LoadResult.class);
                assertEquals(rate, result.ratePerSecond());
                assertTrue(result.requests() > 0, last);
                assertEquals(1, result.upstreamCallsPerRequest(), 0.2, last);
                assertTrue(!isHttp || result.p50Millis() >= 1, last);
            }
            assertTrue(load.isAlive(), "it holds the connections");
            load.getOutputStream().close();
            assertEquals(0, load.waitFor());
        }
    }

    private static void tell(Process load, String line) throws IOException {
        load.getOutputStream().write(line.getBytes(StandardCharsets.US_ASCII));
        load.getOutputStream().flush();
    }

    @ParameterizedTest
    @CsvSource({
        "--busy=5,--busy must be between 1 and --connections: 5",
        "--size=4,--size must be between 8 and 16384: 4",
    })
    void wrongOptionsAreNamed(String option, String message) throws Exception {
        Process load = load(option);
        String said = new String(load.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(2, load.waitFor());
        assertTrue(said.contains(message), said);
    }

    @Test
    void anEndOfStandardInputBeforeTheServerIsKnownIsAFailure() throws Exception {
        Process load = load("--service=BACKEND");
        load.getOutputStream().close();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(load.getInputStream(), StandardCharsets.UTF_8))) {
            String said = String.join("\n", lines.lines().toList());
            assertTrue(said.contains("\"PORT PID\""), said);
        }
        assertEquals(1, load.waitFor());
    }
}
