package dev.weft.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket.Listener;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that know nothing of Weft: curl for files, ranges and gzip, and the JDK's for WebSockets. */
final class WebClientsTest extends HttpFixture {
    private static final String TEXT = "all work and no play ".repeat(500);

    @TempDir
    private Path directory;

    private String curl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("-sS", "--max-time", "20"));
        command.addAll(List.of(arguments));
        return run("curl", "curl", command);
    }

    private static String run(String program, String debianPackage, List<String> arguments)
            throws IOException, InterruptedException {
        Path path = Path.of("/usr/bin", program);
        assertTrue(Files.isExecutable(path), program + " is not installed: apt-get install -y " + debianPackage);
        List<String> command = new ArrayList<>(List.of(path.toString()));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }

    @Test
    void curlResumesADownloadAndAsksWhetherItHasChanged() throws Exception {
        Path root = Files.createDirectories(directory.resolve("root"));
        Files.writeString(root.resolve("play.txt"), TEXT);
        HttpServer server = serve(StaticFiles.of(root));
        String url = "http://127.0.0.1:" + server.port() + "/play.txt";
        assertEquals("work", curl("-r", "4-7", url));
        assertEquals("no play ", curl("-r", "-8", url));

        Path file = directory.resolve("download.txt");
        Files.writeString(file, TEXT.substring(0, 5000));
        curl("-C", "-", "-o", file.toString(), url);
        assertEquals(TEXT, Files.readString(file));

        Path etag = directory.resolve("etag");
        curl("--etag-save", etag.toString(), "-o", file.toString(), url);
        assertEquals("304", curl("--etag-compare", etag.toString(), "-o", "/dev/null", "-w", "%{http_code}", url));
        assertEquals("304", curl("-z", file.toString(), "-o", "/dev/null", "-w", "%{http_code}", url));
    }

    @Test
    void curlSpeaksHttp2WithAndWithoutTls() throws Exception {
        HttpHandler handler =
                (request, response) -> response.send(request.body().bytes(1 << 20));
        String plain = "http://127.0.0.1:" + serve(handler).port() + "/";
        String secure = "https://127.0.0.1:"
                + serve(HttpServer.builder().tls(Certificate.context()), handler)
                        .port() + "/";
        Path body = Files.writeString(directory.resolve("body.txt"), TEXT.repeat(20));
        String upload = "@" + body;
        String version = "\n%{http_version}";
        assertEquals(
                Files.readString(body) + "\n2",
                curl("--http2-prior-knowledge", "--data-binary", upload, "-w", version, plain));
        assertEquals(
                Files.readString(body) + "\n2", curl("-k", "--http2", "--data-binary", upload, "-w", version, secure));
        assertEquals(
                Files.readString(body) + "\n1.1",
                curl("-k", "--http1.1", "--data-binary", upload, "-w", version, secure));
        assertEquals("\n1.1", curl("--http2", "-w", version, plain)); // its upgrade is not taken
    }

    @Test
    void nghttp2sToolsAreServed() throws Exception {
        HttpServer server = serve((request, response) -> response.send(TEXT));
        String url = "http://127.0.0.1:" + server.port() + "/";
        assertEquals(TEXT, run("nghttp", "nghttp2-client", List.of(url)));
        String report = run("h2load", "nghttp2-client", List.of("-n", "5000", "-c", "5", "-m", "100", url));
        assertTrue(report.contains("5000 succeeded, 0 failed, 0 errored"), report);
        assertEquals(5001, server.statistics().requests());
    }

    @Test
    void curlUnzipsWhatItHasAskedFor() throws Exception {
        HttpServer server = serve(Gzip.filter().around((request, response) -> response.send(TEXT)));
        String url = "http://127.0.0.1:" + server.port() + "/";
        assertEquals(TEXT, curl("--compressed", url));
        assertEquals(TEXT, curl(url));
        int zipped =
                Integer.parseInt(curl("-H", "Accept-Encoding: gzip", "-o", "/dev/null", "-w", "%{size_download}", url));
        assertTrue(zipped < TEXT.length() / 10, zipped + " bytes");
    }

    /** Collects what the server sends. */
    private static final class Received implements Listener {
        private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(java.net.http.WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                events.add("text " + text.length() + " " + text.substring(0, Math.min(5, text.length())));
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(java.net.http.WebSocket socket, ByteBuffer data, boolean last) {
            events.add("binary " + data.remaining());
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onPong(java.net.http.WebSocket socket, ByteBuffer message) {
            events.add("pong " + UTF_8.decode(message));
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(java.net.http.WebSocket socket, int code, String reason) {
            events.add("close " + code + " " + reason);
            return null;
        }

        String next() throws InterruptedException {
            return String.valueOf(events.poll(LONG.toSeconds(), TimeUnit.SECONDS));
        }
    }

    @Test
    void theJdksClientTalksToAWebSocket() throws Exception {
        HttpServer server = serve(WebSocket.builder().subprotocols("echo").handler(socket -> {
            while (true) {
                switch (socket.receive()) {
                    case WebSocketMessage.Text text -> socket.send(text.text());
                    case WebSocketMessage.Binary binary -> socket.send(binary.bytes());
                }
            }
        }));
        Received received = new Received();
        try (HttpClient client = HttpClient.newHttpClient()) {
            java.net.http.WebSocket socket = client.newWebSocketBuilder()
                    .subprotocols("echo")
                    .buildAsync(URI.create("ws://127.0.0.1:" + server.port() + "/"), received)
                    .get(LONG.toSeconds(), TimeUnit.SECONDS);
            assertEquals("echo", socket.getSubprotocol());
            socket.sendText("hel", false).join();
            socket.sendPing(ByteBuffer.wrap("hi".getBytes(UTF_8))).join();
            socket.sendText("lo", true).join();
            assertEquals("pong hi", received.next());
            assertEquals("text 5 hello", received.next());
            socket.sendText("x".repeat(300_000), true).join();
            assertEquals("text 300000 xxxxx", received.next());
            socket.sendBinary(ByteBuffer.allocate(7), true).join();
            assertEquals("binary 7", received.next());
            socket.sendClose(java.net.http.WebSocket.NORMAL_CLOSURE, "done").join();
            assertEquals("close 1000 ", received.next());
        }
        await(() -> server.statistics().connections() == 0);
    }
}
