package dev.weft.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Weft;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Chromium opens a page whose script uses server-sent events and a WebSocket, and posts what it has seen. */
@Timeout(120)
final class BrowserTest extends HttpFixture {
    private static final List<String> FLAGS = List.of(
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync");

    @TempDir
    private Path directory;

    private final CompletableFuture<String> result = new CompletableFuture<>();

    private static Path chromium() {
        Optional<Path> found = Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
        assertTrue(found.isPresent(), "Chromium is not installed: apt-get install -y --no-install-recommends chromium");
        return found.orElseThrow();
    }

    /** Serves {@code script} in a page, and what it asks for, until it has posted its result. */
    private String resultOf(String script, Router.Builder site) throws Exception {
        Path browser = chromium();
        HttpServer server = serve(site.get(
                        "/",
                        (request, response) -> response.header("Content-Type", "text/html; charset=utf-8")
                                .send("<!doctype html><script>\n" + script + "</script>"))
                .post("/result", (request, response) -> {
                    result.complete(request.body().text());
                    response.status(204).send();
                })
                .build());
        ProcessBuilder command = new ProcessBuilder(Stream.of(
                        Stream.of(browser.toString(), "--user-data-dir=" + directory),
                        FLAGS.stream(),
                        Stream.of("http://127.0.0.1:" + server.port() + "/"))
                .flatMap(part -> part)
                .toList());
        command.environment().put("TMPDIR", directory.toString());
        Process process = command.redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        try {
            return result.get(90, TimeUnit.SECONDS);
        } finally {
            List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                    .toList();
            all.forEach(ProcessHandle::destroyForcibly);
            all.forEach(each -> each.onExit().join()); // until which it may write to the directory
        }
    }

    @Test
    void eventsArriveAndAReconnectionContinues() throws Exception {
        CountDownLatch left = new CountDownLatch(1);
        Router.Builder site = Router.builder().get("/events", ServerSentEvents.handler(events -> {
            if (events.lastEventId().isEmpty()) {
                events.send(
                        ServerSentEvent.of("two\nlines").id("41").name("named").retry(Duration.ofMillis(10)));
                return; // the browser reconnects
            }
            events.send("after " + events.lastEventId().orElseThrow());
            try {
                Weft.sleep(Duration.ofHours(1));
            } finally {
                left.countDown();
            }
        }));
        String script = """
                const events = new EventSource('/events');
                let seen = '';
                events.addEventListener('named', event => { seen += event.data + ';'; });
                events.onmessage = event => {
                    seen += event.data;
                    events.close();
                    fetch('/result', {method: 'POST', body: seen});
                };
                """;
        assertEquals("two\nlines;after 41", resultOf(script, site));
        await(left);
    }

    private static void answer(WebSocket socket, String text) throws IOException {
        if (text.equals("bye")) {
            socket.close(4001, "as you wish");
        } else {
            socket.send(text);
        }
    }

    @Test
    void messagesOfAWebSocketArriveInBothDirections() throws Exception {
        Router.Builder site = Router.builder()
                .get("/chat", WebSocket.builder().subprotocols("chat").handler(socket -> {
                    while (true) {
                        switch (socket.receive()) {
                            case WebSocketMessage.Text text -> answer(socket, text.text());
                            case WebSocketMessage.Binary binary -> socket.send(binary.bytes());
                        }
                    }
                }));
        String script = """
                const socket = new WebSocket('ws://' + location.host + '/chat', ['other', 'chat']);
                socket.binaryType = 'arraybuffer';
                let seen = '';
                socket.onopen = () => {
                    seen += socket.protocol + ';';
                    socket.send('h\\u00e9llo');
                    socket.send(new Uint8Array(200000));
                    socket.send('bye');
                };
                socket.onmessage = event => {
                    seen += (typeof event.data === 'string' ? event.data : event.data.byteLength) + ';';
                };
                socket.onclose = event => {
                    seen += event.code + ' ' + event.reason + ' ' + event.wasClean;
                    fetch('/result', {method: 'POST', body: seen});
                };
                """;
        assertEquals("chat;h\u00e9llo;200000;4001 as you wish true", resultOf(script, site));
    }
}
