package dev.weft.http.jdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What handlers may expect of an exchange, whoever provides the server. */
abstract class HttpExchangeContract extends ProviderFixture {
    @Test
    void aRequestIsShownAsItCame() throws Exception {
        HttpServer server = create();
        HttpContext context = server.createContext("/a", exchange -> {
            InputStream body = exchange.getRequestBody();
            assertSame(body, exchange.getRequestBody());
            answer(
                    exchange,
                    String.join(
                            " ",
                            exchange.getRequestMethod(),
                            exchange.getRequestURI().toString(),
                            exchange.getProtocol(),
                            exchange.getRequestHeaders().getFirst("x-two"),
                            exchange.getRequestHeaders().get("X-Two").toString(),
                            String.valueOf(
                                    exchange.getRemoteAddress().getAddress().isLoopbackAddress()),
                            String.valueOf(exchange.getLocalAddress().equals(server.getAddress())),
                            exchange.getHttpContext().getPath(),
                            String.valueOf(exchange.getHttpContext().getServer() == server),
                            String.valueOf(exchange instanceof HttpsExchange),
                            String.valueOf(exchange.getPrincipal()),
                            String.valueOf(exchange.getResponseCode()),
                            new String(body.readAllBytes(), UTF_8)));
        });
        int port = start(server);
        assertEquals(
                "POST /a/b?c=%20d HTTP/1.1 1 [1, 2] true true /a true false null -1 text",
                send(HttpRequest.newBuilder(uri(port, "/a/b?c=%20d"))
                                .header("X-Two", "1")
                                .header("X-Two", "2")
                                .POST(BodyPublishers.ofString("text")))
                        .body());
        assertSame(server, context.getServer());
    }

    @ParameterizedTest
    @CsvSource({
        "GET,  200, 5,  hello, 5",
        "GET,  200, 0,  hello, ",
        "GET,  200, -1, ,      0",
        "GET,  204, -1, ,      ",
        "GET,  304, -1, ,      ",
        "HEAD, 200, -1, ,      ",
        "GET,  404, 5,  hello, 5",
        "POST, 500, 0,  hello, ",
        "PATCH, 299, 5,  hello, 5",
    })
    void aBodyIsFramedByItsLength(String method, int status, long length, String body, String contentLength)
            throws Exception {
        int port = serve(exchange -> {
            exchange.getResponseHeaders().add("X-Two", "1");
            exchange.getResponseHeaders().add("X-Two", "2");
            exchange.sendResponseHeaders(status, length);
            exchange.getResponseHeaders().add("X-Two", "3");
            assertEquals(status, exchange.getResponseCode());
            if (body != null) {
                exchange.getResponseBody().write(body.getBytes(UTF_8));
            }
            exchange.close();
        });
        for (int i = 0; i < 2; i++) {
            HttpResponse<String> response =
                    send(HttpRequest.newBuilder(uri(port, "/")).method(method, BodyPublishers.noBody()));
            assertEquals(status, response.statusCode());
            assertEquals(body == null ? "" : body, response.body());
            assertEquals(List.of("1", "2"), response.headers().allValues("X-Two"));
            assertTrue(response.headers().firstValue("Date").isPresent());
            if (!method.equals("HEAD") && !(body != null && contentLength == null)) {
                assertEquals(
                        contentLength,
                        response.headers().firstValue("Content-Length").orElse(null));
            }
        }
    }

    @Test
    void aHandlerMayTellTheLengthToHead() throws Exception {
        int port = serve(exchange -> {
            exchange.getResponseHeaders().set("Content-Length", "12345");
            exchange.sendResponseHeaders(200, -1);
        });
        HttpResponse<String> response =
                send(HttpRequest.newBuilder(uri(port, "/")).method("HEAD", BodyPublishers.noBody()));
        assertEquals("12345", response.headers().firstValue("Content-Length").orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100_000, 12 << 20})
    void bodiesAreStreamedBothWays(int size) throws Exception {
        int port = serve(exchange -> {
            byte[] all = exchange.getRequestBody().readAllBytes(); // the client does not read before it has sent
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(all);
            }
        });
        byte[] body = new byte[size];
        for (int i = 0; i < size; i++) {
            body[i] = (byte) ('a' + i % 26);
        }
        String text = new String(body, UTF_8);
        assertEquals(text, post(port, "/", BodyPublishers.ofByteArray(body)).body());
        assertEquals(
                text,
                post(port, "/", BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(body)))
                        .body()); // in chunks
    }

    @Test
    void whatIsFlushedArrives() throws Exception {
        CountDownLatch received = new CountDownLatch(1);
        int port = serve(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write('a');
                out.flush();
                await(received);
                out.write('b');
            }
        });
        HttpResponse<InputStream> response =
                client.send(HttpRequest.newBuilder(uri(port, "/")).build(), BodyHandlers.ofInputStream());
        try (InputStream in = response.body()) {
            assertEquals('a', in.read());
            received.countDown();
            assertEquals("b", new String(in.readAllBytes(), UTF_8));
        }
    }

    /** What a handler may do wrong: the client sees that there is no whole response. */
    private void assertBreaksTheConnection(HttpHandler handler) throws Exception {
        int port = serve(handler);
        assertThrows(IOException.class, () -> post(port, "/", BodyPublishers.noBody())); // a GET would be repeated
    }

    @Test
    void aHandlerThatFailsClosesTheConnection() throws Exception {
        assertBreaksTheConnection(exchange -> {
            throw new IOException("expected");
        });
        assertBreaksTheConnection(exchange -> {
            throw new IllegalStateException("expected");
        });
        assertBreaksTheConnection(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(new byte[100_000]);
            throw new IOException("expected");
        });
        assertBreaksTheConnection(HttpExchange::close);
    }

    @Test
    void aFailureAfterTheResponseIsHarmless() throws Exception {
        int port = serve(exchange -> {
            answer(exchange, "whole");
            throw new IOException("expected");
        });
        assertEquals("whole", get(port, "/").body());
        assertEquals("whole", get(port, "/").body());
    }

    @Test
    void aDeclaredLengthMustBeWritten() throws Exception {
        List<IOException> failures = new CopyOnWriteArrayList<>();
        assertBreaksTheConnection(exchange -> {
            exchange.sendResponseHeaders(200, 5);
            OutputStream out = exchange.getResponseBody();
            out.write('a');
            failures.add(assertThrows(IOException.class, () -> out.write(new byte[5])));
            failures.add(assertThrows(IOException.class, out::close));
            throw failures.getLast();
        });
        stopAll();
        assertEquals(2, failures.size());
    }

    @Test
    void theOrderOfCallsIsChecked() throws Exception {
        List<IOException> failures = new CopyOnWriteArrayList<>();
        int port = serve(exchange -> {
            OutputStream out = exchange.getResponseBody();
            failures.add(assertThrows(IOException.class, () -> out.write('a')));
            exchange.sendResponseHeaders(200, 0);
            failures.add(assertThrows(IOException.class, () -> exchange.sendResponseHeaders(200, 0)));
            out.write('b');
            out.close();
            failures.add(assertThrows(IOException.class, () -> out.write('c')));
            exchange.getRequestBody().close();
            failures.add(assertThrows(
                    IOException.class, () -> exchange.getRequestBody().read()));
        });
        assertEquals("b", get(port, "/").body());
        stopAll();
        assertEquals(4, failures.size());
    }

    @Test
    void aBodyThatIsNotReadDoesNotSpoilTheNextRequest() throws Exception {
        int port = serve(exchange -> answer(exchange, exchange.getRequestURI().getPath()));
        String requests =
                "POST /1 HTTP/1.1|Host: a|Content-Length: 10||0123456789GET /2 HTTP/1.1|Host: a|Connection: close||";
        try (Socket socket = request(port, requests)) {
            String all = new String(socket.getInputStream().readAllBytes(), UTF_8);
            assertTrue(all.contains("/1HTTP/1.1 200 OK"), all);
            assertTrue(all.endsWith("/2"), all);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1, '',           '',    false",
        "HTTP/1.1, close,        '',    true",
        "HTTP/1.1, '',           close, true",
        "HTTP/1.0, '',           '',    true",
        "HTTP/1.0, keep-alive,   '',    false",
    })
    void connectionsAreKeptAsTheVersionSays(String version, String asked, String answered, boolean ends)
            throws Exception {
        int port = serve(exchange -> {
            if (!answered.isEmpty()) {
                exchange.getResponseHeaders().set("Connection", answered);
            }
            answer(exchange, "" + exchange.getProtocol());
        });
        String field = asked.isEmpty() ? "" : "Connection: " + asked + "|";
        String more = ends ? "" : "GET / HTTP/1.1|Host: a|Connection: close||";
        try (Socket socket = request(port, "GET / " + version + "|Host: a|" + field + "|" + more)) {
            String all = new String(socket.getInputStream().readAllBytes(), UTF_8);
            assertEquals(ends ? 2 : 3, all.split("HTTP/1.1 200 OK", -1).length, all);
            assertTrue(all.contains("\r\n\r\n" + version), all);
        }
    }

    @Test
    void aClientThatExpectsToBeAskedForTheBodyIs() throws Exception {
        int port = serve(exchange ->
                answer(exchange, new String(exchange.getRequestBody().readAllBytes(), UTF_8)));
        assertEquals(
                "text",
                send(HttpRequest.newBuilder(uri(port, "/")).expectContinue(true).POST(BodyPublishers.ofString("text")))
                        .body());
    }

    @Test
    void anExchangeMayBeEndedByAnotherThreadAfterTheHandlerHasReturned() throws Exception {
        CompletableFuture<HttpExchange> handed = new CompletableFuture<>();
        HttpServer server = create();
        server.setExecutor(task -> Thread.ofPlatform().start(task));
        server.createContext("/", handed::complete);
        int port = start(server);
        CompletableFuture<HttpResponse<String>> response =
                client.sendAsync(HttpRequest.newBuilder(uri(port, "/")).build(), BodyHandlers.ofString());
        HttpExchange exchange = handed.get(LONG, TimeUnit.SECONDS);
        assertFalse(response.isDone());
        answer(exchange, "later");
        assertEquals("later", response.get(LONG, TimeUnit.SECONDS).body());
    }
}
