package dev.weft.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.Weft;
import dev.weft.http.RawClient.Response;
import dev.weft.http.WebSocketClient.Frame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server's side of RFC 6455, seen by a client that sends any bytes. */
final class WebSocketTest extends HttpFixture {
    private static final WebSocket.Handler ECHO = socket -> {
        while (true) {
            switch (socket.receive()) {
                case WebSocketMessage.Text text -> socket.send(text.text());
                case WebSocketMessage.Binary binary -> socket.send(binary.bytes());
            }
        }
    };

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private HttpServer serve(WebSocket.Handler handler) {
        return serve(WebSocket.handler(handler));
    }

    private WebSocketClient echo() throws IOException {
        return new WebSocketClient(serve(ECHO).port());
    }

    /** Waits until the handlers have ended, so that their failures have been seen. */
    private static void awaitIdle(HttpServer server) {
        await(() -> server.statistics().connections() == 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 126, 127, 65_535, 65_536, 200_000})
    void messagesComeBackWhatever(int length) throws IOException {
        byte[] message = new byte[length];
        for (int i = 0; i < length; i++) {
            message[i] = (byte) (i * 7);
        }
        try (WebSocketClient client = echo()) {
            client.send(true, WebSocketFrame.BINARY, message);
            Frame answer = client.message();
            assertEquals(WebSocketFrame.BINARY, answer.opcode());
            assertArrayEquals(message, answer.payload());
            client.send(true, WebSocketFrame.TEXT, "a".repeat(length).getBytes(UTF_8));
            Frame text = client.message();
            assertEquals(WebSocketFrame.TEXT, text.opcode());
            assertEquals("a".repeat(length), new String(text.payload(), UTF_8));
        }
    }

    @Test
    void framesMayComeByteByByte() throws IOException {
        try (WebSocketClient client = echo()) {
            for (byte each : WebSocketClient.frame(0x81, "h\u00e9llo".getBytes(UTF_8))) {
                client.raw(new byte[] {each});
            }
            assertEquals("h\u00e9llo", client.text());
        }
    }

    @Test
    void fragmentsAreJoinedAndControlFramesMayComeBetween() throws IOException {
        try (WebSocketClient client = echo()) {
            byte[] text = "caf\u00e9".getBytes(UTF_8);
            client.send(false, WebSocketFrame.TEXT, List.of(text[0], text[1], text[2], text[3]));
            client.send(true, WebSocketFrame.PING, "are you there".getBytes(UTF_8));
            client.send(false, WebSocketFrame.CONTINUATION, new byte[0]);
            client.send(true, WebSocketFrame.CONTINUATION, List.of(text[4]));
            Frame pong = client.frame();
            assertEquals(WebSocketFrame.PONG, pong.opcode());
            assertEquals("are you there", new String(pong.payload(), UTF_8));
            assertEquals("caf\u00e9", client.text());
            client.send(true, WebSocketFrame.PONG, new byte[3]); // unsolicited: ignored
            client.send(true, WebSocketFrame.TEXT, "next".getBytes(UTF_8));
            assertEquals("next", client.text());
        }
    }

    /** What a client must not send, and the code that tells it so. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Violation(String name, int code, byte[]... frames) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Violation> violations() {
        byte[] hello = WebSocketClient.frame(0x81, "hello".getBytes(UTF_8));
        return Stream.of(
                new Violation("unmasked", 1002, bytes(0x81, 1, 'a')),
                new Violation("reserved bit 1", 1002, WebSocketClient.frame(0xc1, new byte[1])),
                new Violation("reserved bit 3", 1002, WebSocketClient.frame(0x91, new byte[1])),
                new Violation("opcode 3", 1002, WebSocketClient.frame(0x83, new byte[1])),
                new Violation("opcode 11", 1002, WebSocketClient.frame(0x8b, new byte[1])),
                new Violation("fragmented ping", 1002, WebSocketClient.frame(0x09, new byte[1])),
                new Violation("long ping", 1002, WebSocketClient.frame(0x89, new byte[126])),
                new Violation("continuation of nothing", 1002, WebSocketClient.frame(0x80, new byte[1])),
                new Violation("message within a message", 1002, WebSocketClient.frame(0x01, new byte[] {'a'}), hello),
                new Violation("negative length", 1002, bytes(0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4)),
                new Violation("too long", 1009, bytes(0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4)),
                new Violation("too long by one", 1009, WebSocketClient.frame(0x82, new byte[1001])),
                new Violation(
                        "too long in fragments",
                        1009,
                        WebSocketClient.frame(0x02, new byte[600]),
                        WebSocketClient.frame(0x80, new byte[401])),
                new Violation("malformed UTF-8", 1007, WebSocketClient.frame(0x81, bytes(0xc3, 0x28))),
                new Violation("truncated UTF-8", 1007, WebSocketClient.frame(0x81, bytes(0xc3))),
                new Violation("a surrogate in UTF-8", 1007, WebSocketClient.frame(0x81, bytes(0xed, 0xa0, 0x80))),
                new Violation("close with one byte", 1002, WebSocketClient.frame(0x88, new byte[1])),
                new Violation("close with code 999", 1002, WebSocketClient.frame(0x88, bytes(999 >> 8, 999 & 255))),
                new Violation("close with code 1005", 1002, WebSocketClient.frame(0x88, bytes(1005 >> 8, 1005 & 255))),
                new Violation("close with code 1006", 1002, WebSocketClient.frame(0x88, bytes(1006 >> 8, 1006 & 255))),
                new Violation("close with code 2999", 1002, WebSocketClient.frame(0x88, bytes(2999 >> 8, 2999 & 255))),
                new Violation("close with code 5000", 1002, WebSocketClient.frame(0x88, bytes(5000 >> 8, 5000 & 255))),
                new Violation(
                        "close with a malformed reason", 1007, WebSocketClient.frame(0x88, bytes(3, 0xe8, 0xc3))));
    }

    @ParameterizedTest
    @MethodSource("violations")
    void violationsAreAnsweredWithTheirCode(Violation violation) throws IOException {
        HttpServer server = serve(WebSocket.builder().maxMessageBytes(1000).handler(ECHO));
        try (WebSocketClient client = new WebSocketClient(server.port())) {
            for (byte[] frame : violation.frames()) {
                client.raw(frame);
            }
            assertEquals(violation.code(), client.closeCode());
            client.expectEnd();
        }
        awaitIdle(server);
    }

    @Test
    void aMessageOfTheGreatestLengthIsAccepted() throws IOException {
        HttpServer server = serve(WebSocket.builder().maxMessageBytes(1000).handler(ECHO));
        try (WebSocketClient client = new WebSocketClient(server.port())) {
            client.send(false, WebSocketFrame.BINARY, new byte[400]);
            client.send(true, WebSocketFrame.CONTINUATION, new byte[600]);
            assertEquals(1000, client.message().payload().length);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1001, 1011, 3000, 4999})
    void theClientsCloseIsAnsweredAndReported(int code) throws Exception {
        CompletableFuture<WebSocketClosed> closed = new CompletableFuture<>();
        HttpServer server = serve(socket -> {
            assertEquals(new WebSocketMessage.Text("last"), socket.receive());
            closed.complete(assertThrows(WebSocketClosed.class, socket::receive));
            assertThrows(WebSocketClosed.class, () -> socket.send("too late"));
        });
        try (WebSocketClient client = new WebSocketClient(server.port())) {
            client.send(true, WebSocketFrame.TEXT, "last".getBytes(UTF_8));
            client.close(code, "done");
            assertEquals(code, client.closeCode());
            client.expectEnd();
        }
        WebSocketClosed end = closed.get(LONG.toSeconds(), TimeUnit.SECONDS);
        assertEquals(code, end.code());
        assertEquals("done", end.reason());
    }

    @Test
    void aCloseWithoutACodeIsAnsweredWithoutOne() throws Exception {
        CompletableFuture<WebSocketClosed> closed = new CompletableFuture<>();
        HttpServer server = serve(socket -> closed.complete(assertThrows(WebSocketClosed.class, socket::receive)));
        try (WebSocketClient client = new WebSocketClient(server.port())) {
            client.send(true, WebSocketFrame.CLOSE, new byte[0]);
            Frame answer = client.frame();
            assertEquals(WebSocketFrame.CLOSE, answer.opcode());
            assertEquals(0, answer.payload().length);
        }
        assertEquals(1005, closed.get(LONG.toSeconds(), TimeUnit.SECONDS).code());
    }

    @Test
    void whenTheHandlerReturnsTheConnectionIsClosed() throws IOException {
        HttpServer server = serve(socket -> socket.send("bye"));
        try (WebSocketClient client = new WebSocketClient(server.port())) {
            client.send(true, WebSocketFrame.TEXT, "discarded".getBytes(UTF_8));
            client.send(true, WebSocketFrame.TEXT, "this too".getBytes(UTF_8));
            assertEquals("bye", client.text());
            assertEquals(1000, client.closeCode());
            client.close(1000, "");
            client.expectEnd();
        }
    }

    @Test
    void theServerClosesWithItsOwnCode() throws Exception {
        CompletableFuture<Throwable> later = new CompletableFuture<>();
        HttpServer server = serve(socket -> {
            assertThrows(IllegalArgumentException.class, () -> socket.close(1005, ""));
            assertThrows(IllegalArgumentException.class, () -> socket.close(1000, "x".repeat(124)));
            socket.close(4001, "because");
            later.complete(assertThrows(WebSocketClosed.class, () -> socket.send("more")));
        });
        try (WebSocketClient client = new WebSocketClient(server.port())) {
            Frame close = client.frame();
            assertEquals("because", new String(close.payload(), 2, close.payload().length - 2, UTF_8));
            client.close(4001, "");
            client.expectEnd();
        }
        assertInstanceOf(WebSocketClosed.class, later.get(LONG.toSeconds(), TimeUnit.SECONDS));
    }

    @Test
    void aClientThatDoesNotAnswerTheCloseIsLeft() throws IOException {
        HttpServer server =
                serve(WebSocket.builder().closeGrace(Duration.ofMillis(20)).handler(socket -> {}));
        try (WebSocketClient client = new WebSocketClient(server.port())) {
            assertEquals(1000, client.closeCode());
            client.expectEnd();
        }
    }

    @Test
    void aHandlerThatFailsIsReportedAndTheClientTold() throws Exception {
        HttpServer server = serve(socket -> {
            socket.receive();
            throw new IllegalStateException("expected");
        });
        try (WebSocketClient client = new WebSocketClient(server.port())) {
            client.send(true, WebSocketFrame.TEXT, new byte[0]);
            assertEquals(1011, client.closeCode());
            client.close(1011, "");
            client.expectEnd();
        }
        awaitIdle(server);
        await(() -> !uncaught.isEmpty());
        assertEquals("expected", uncaught.removeFirst().getMessage());
    }

    @Test
    void aClientThatVanishesFailsTheConnection() throws Exception {
        CompletableFuture<IOException> failure = new CompletableFuture<>();
        HttpServer server = serve(socket -> failure.complete(assertThrows(IOException.class, socket::receive)));
        try (WebSocketClient client = new WebSocketClient(server.port())) {
            client.raw(bytes(0x81)); // half a frame
        }
        IOException end = failure.get(LONG.toSeconds(), TimeUnit.SECONDS);
        assertFalse(end instanceof WebSocketClosed);
    }

    @Test
    void aSilentClientIsPingedAndKeptIfItAnswers() throws Exception {
        HttpServer server =
                serve(WebSocket.builder().keepAlive(Duration.ofMillis(50)).handler(ECHO));
        try (WebSocketClient client = new WebSocketClient(server.port())) {
            for (int i = 0; i < 3; i++) {
                assertEquals(WebSocketFrame.PING, client.frame().opcode());
                client.send(true, WebSocketFrame.PONG, new byte[0]);
            }
        }
        awaitIdle(server);
    }

    @Test
    void aClientThatDoesNotAnswerPingsIsGivenUp() throws Exception {
        CompletableFuture<IOException> failure = new CompletableFuture<>();
        HttpServer server = serve(WebSocket.builder()
                .keepAlive(Duration.ofMillis(20))
                .handler(socket -> failure.complete(assertThrows(IOException.class, socket::receive))));
        try (WebSocketClient client = new WebSocketClient(server.port())) {
            assertTrue(
                    failure.get(LONG.toSeconds(), TimeUnit.SECONDS).toString().contains("has not answered"));
            assertEquals(WebSocketFrame.PING, client.frame().opcode());
        }
    }

    @Test
    void aClientThatDoesNotReadHoldsTheSenderUpAndIsGivenUp() throws Exception {
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        HttpServer server = serve(WebSocket.builder()
                .keepAlive(Duration.ofMillis(50))
                .closeGrace(Duration.ofMillis(50))
                .handler(socket -> {
                    try {
                        for (int i = 0; i < 10_000; i++) {
                            socket.send(ByteBuffer.allocate(100_000));
                        }
                        end.complete(new AssertionError("everything was sent"));
                    } catch (Throwable t) {
                        end.complete(t);
                    }
                }));
        try (WebSocketClient client = new WebSocketClient(server.port())) {
            assertInstanceOf(IOException.class, end.get(LONG.toSeconds(), TimeUnit.SECONDS));
            assertFalse(client.isClosed());
        }
        awaitIdle(server);
    }

    @Test
    void aHandlerThatDoesNotReceiveHoldsTheClientUp() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        List<Integer> received = new ArrayList<>();
        HttpServer server = serve(socket -> {
            go.await();
            while (socket.receive() instanceof WebSocketMessage.Binary message
                    && message.bytes().hasRemaining()) {
                received.add(message.bytes().remaining());
            }
        });
        try (WebSocketClient client = new WebSocketClient(server.port())) {
            Thread sender = Thread.ofVirtual()
                    .start(() -> unchecked(() -> {
                        for (int i = 0; i < 200; i++) {
                            client.send(
                                    true, WebSocketFrame.BINARY, new byte[100_000]); // 20 MB, more than sockets hold
                        }
                        client.send(true, WebSocketFrame.BINARY, new byte[0]);
                    }));
            await(() -> sender.getState() == Thread.State.WAITING);
            go.countDown();
            assertEquals(1000, client.closeCode());
            sender.join();
        }
        assertEquals(200, received.size());
    }

    @Test
    void greenletsMaySendAtTheSameTime() throws IOException {
        HttpServer server = serve(socket -> Weft.scope(scope -> {
            for (int i = 0; i < 4; i++) {
                String text = ("" + i).repeat(200_000);
                scope.spawn(() -> socket.send(text));
            }
        }));
        try (WebSocketClient client = new WebSocketClient(server.port())) {
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                texts.add(client.text());
            }
            texts.sort(null);
            assertEquals(
                    List.of("0", "1", "2", "3"),
                    texts.stream().map(text -> text.substring(0, 1)).toList());
            assertTrue(texts.stream()
                    .allMatch(text -> text.equals(text.substring(0, 1).repeat(200_000))));
        }
    }

    @Test
    void aServerThatStopsClosesAndWaitsForTheClient() throws Exception {
        HttpServer server = serve(ECHO);
        try (WebSocketClient client = new WebSocketClient(server.port())) {
            CompletableFuture<Integer> killed = CompletableFuture.supplyAsync(
                    () -> server.stop(HOUR), task -> Thread.ofVirtual().start(task));
            assertEquals(1001, client.closeCode());
            client.close(1001, "");
            client.expectEnd();
            assertEquals(0, killed.get(LONG.toSeconds(), TimeUnit.SECONDS));
        }
    }

    @Test
    void whenTheServerStopsAtOnceTheClientIsToldToo() throws Exception {
        killedByTheServer(server -> server.stop(Duration.ZERO));
    }

    @Test
    void whenTheServerIsClosedTheClientIsToldToo() throws Exception {
        killedByTheServer(HttpServer::close);
    }

    private void killedByTheServer(Consumer<HttpServer> killing) throws Exception {
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        HttpServer server = serve(socket -> {
            try {
                Weft.sleep(HOUR);
            } catch (Throwable t) {
                end.complete(t);
                throw t;
            }
        });
        try (WebSocketClient client = new WebSocketClient(server.port())) {
            client.send(true, WebSocketFrame.PING, new byte[0]);
            assertEquals(WebSocketFrame.PONG, client.frame().opcode());
            killing.accept(server);
            assertEquals(1001, client.closeCode());
        }
        assertInstanceOf(Cancelled.class, end.get(LONG.toSeconds(), TimeUnit.SECONDS));
    }

    @Test
    void theFirstSubprotocolOfTheServerIsTaken() throws Exception {
        CompletableFuture<Optional<String>> spoken = new CompletableFuture<>();
        HttpServer server = serve(WebSocket.builder()
                .subprotocols("chat.v2", "chat.v1")
                .handler(socket -> spoken.complete(socket.subprotocol())));
        try (WebSocketClient client = new WebSocketClient(
                server.port(), "Sec-WebSocket-Protocol: other, chat.v1", "Sec-WebSocket-Protocol: chat.v2")) {
            assertTrue(client.head.contains("Sec-WebSocket-Protocol: chat.v2"), client.head.toString());
        }
        assertEquals(Optional.of("chat.v2"), spoken.get(LONG.toSeconds(), TimeUnit.SECONDS));
        try (WebSocketClient client = new WebSocketClient(server.port(), "Sec-WebSocket-Protocol: other")) {
            assertFalse(client.head.toString().contains("Sec-WebSocket-Protocol"), client.head.toString());
        }
    }

    @Test
    void theHandshakeIsThatOfTheRfc() throws IOException {
        try (WebSocketClient client = echo()) {
            assertEquals("HTTP/1.1 101 Switching Protocols", client.head.getFirst());
            assertTrue(client.head.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "426, Upgrade: websocket|, ''",
        "426, 'Connection: keep-alive, Upgrade|', Connection: keep-alive|",
        "426, Sec-WebSocket-Version: 13|, Sec-WebSocket-Version: 12|",
        "426, Sec-WebSocket-Version: 13|, ''",
        "400, Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==|, ''",
        "400, Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==|, Sec-WebSocket-Key: c2hvcnQ=|",
        "400, Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==|, Sec-WebSocket-Key: ?|",
        "403, Host: a|, Host: a|Origin: https://evil.example|",
        "101, Host: a|, Host: a|Origin: https://good.example|"
    })
    void otherHandshakesAreRefused(int status, String replaced, String by) throws IOException {
        HttpServer server = serve(
                WebSocket.builder().origins("https://good.example"::equals).handler(ECHO));
        String request = WebSocketClient.HANDSHAKE.replace(replaced, by);
        try (RawClient client = new RawClient(server.port())) {
            Response response = client.sendLines(request).receive();
            assertEquals(status, response.status(), response.toString());
        }
        awaitIdle(server);
    }

    @Test
    void settingsAreChecked() {
        assertThrows(IllegalArgumentException.class, () -> WebSocket.builder().maxMessageBytes(0));
        assertThrows(IllegalArgumentException.class, () -> WebSocket.builder().keepAlive(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> WebSocket.builder().closeGrace(Duration.ofSeconds(-1)));
    }
}
