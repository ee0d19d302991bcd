package dev.weft.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Loop;
import dev.weft.Weft;
import dev.weft.http.RawClient.Response;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What handlers and clients may rely on, beyond the rules of the protocol. */
final class HttpServerTest extends HttpFixture {
    @Test
    void requestsOfAConnectionAreAnsweredInOrder() throws Exception {
        AtomicInteger count = new AtomicInteger();
        HttpServer server = serve((request, response) -> {
            int number = count.incrementAndGet();
            Weft.sleep(Duration.ofMillis(number == 1 ? 20 : 0));
            response.send(request.path() + number);
        });
        RawClient client = client(server).sendLines("GET /a HTTP/1.1|Host: a||GET /b HTTP/1.1|Host: a||");
        assertEquals("/a1", client.receive().body());
        assertEquals("/b2", client.receive().body());
    }

    @Test
    void aRequestIsShownAsItCame() throws Exception {
        CompletableFuture<List<Object>> shown = new CompletableFuture<>();
        HttpServer server = serve((request, response) -> {
            shown.complete(List.of(
                    request.method(),
                    request.target(),
                    request.path(),
                    request.query().all("x"),
                    request.query().first("y").orElse("none"),
                    request.headers().all("x-many"),
                    request.version(),
                    request.isSecure(),
                    request.tlsSession(),
                    request.localAddress().getPort(),
                    request.remoteAddress().getAddress().isLoopbackAddress()));
            response.send();
        });
        RawClient client = client(server).sendLines("PUT /a%20b?x=1&x=%2B+2&&z HTTP/1.1|Host: a|X-Many: 1|x-many: 2||");
        assertEquals(200, client.receive().status());
        assertEquals(
                List.of(
                        "PUT",
                        "/a%20b?x=1&x=%2B+2&&z",
                        "/a b",
                        List.of("1", "+ 2"),
                        "none",
                        List.of("1", "2"),
                        HttpVersion.HTTP_1_1,
                        false,
                        Optional.empty(),
                        server.port(),
                        true),
                shown.get());
    }

    @Test
    void aResponseHasADateAndALength() throws Exception {
        HttpServer server =
                serve((request, response) -> response.header("X-A", "b").send("h\u00e9"));
        Response response = client(server).get("/").receive();
        assertTrue(
                response.field("Date").matches("[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT"));
        assertTrue(response.has("Content-Length: 3"));
        assertTrue(response.has("Content-Type: text/plain; charset=utf-8"));
        assertTrue(response.has("X-A: b"));
    }

    @Test
    void aHandlerThatSendsNothingHasSentAnEmptyBody() throws Exception {
        HttpServer server = serve((request, response) -> response.status(202));
        Response response = client(server).get("/").receive();
        assertEquals(202, response.status());
        assertTrue(response.has("Content-Length: 0"));
    }

    @Test
    void continueIsSentWhenTheBodyIsFirstRead() throws Exception {
        CountDownLatch mayRead = new CountDownLatch(1);
        CountDownLatch called = new CountDownLatch(1);
        HttpServer server = serve((request, response) -> {
            called.countDown();
            mayRead.await();
            response.send(request.body().text());
        });
        RawClient client = client(server).sendLines("POST / HTTP/1.1|Host: a|Expect: 100-continue|Content-Length: 3||");
        await(called);
        client.socket.setSoTimeout(20);
        assertThrows(java.net.SocketTimeoutException.class, client::line);
        client.socket.setSoTimeout(20_000);
        mayRead.countDown();
        assertEquals("HTTP/1.1 100 Continue", client.line());
        assertEquals("", client.line());
        assertEquals("abc", client.send("abc").receive().body());
    }

    @Test
    void aBodyThatIsNotWantedIsNotAskedFor() throws Exception {
        HttpServer server = serve((request, response) -> response.status(403).send());
        RawClient client = client(server).sendLines("POST / HTTP/1.1|Host: a|Expect: 100-continue|Content-Length: 3||");
        Response response = client.receive();
        assertEquals(403, response.status());
        assertTrue(response.has("Connection: close")); // the client may send the body or not
        assertEquals("", client.rest());
    }

    @Test
    void aHandlerThatDoesNotReadHoldsTheClientUp() throws Exception {
        CountDownLatch mayRead = new CountDownLatch(1);
        HttpServer server = serve(
                HttpServer.builder().limits(HttpLimits.builder().body(1L << 30).build()), (request, response) -> {
                    mayRead.await();
                    ByteBuffer part = ByteBuffer.allocate(1 << 16);
                    while (request.body().read(part.clear()) >= 0) {}
                    response.send(String.valueOf(request.body().count()));
                });
        int size = 64 << 20;
        RawClient client = client(server).sendLines("POST / HTTP/1.1|Host: a|Content-Length: " + size + "||");
        AtomicInteger sent = new AtomicInteger();
        Thread sender = Thread.ofPlatform().start(() -> {
            byte[] part = new byte[1 << 16];
            try {
                for (int i = 0; i < size / part.length; i++) {
                    client.send(part);
                    sent.addAndGet(part.length);
                }
            } catch (IOException e) {
                // Seen by the assertions.
            }
        });
        awaitStandstill(sent);
        assertTrue(sent.get() < size, "all of it was taken");
        mayRead.countDown();
        assertEquals(String.valueOf(size), client.receive().body());
        sender.join();
    }

    @Test
    void aStreamedBodyIsSentAsItIsFlushed() throws Exception {
        CountDownLatch mayEnd = new CountDownLatch(1);
        HttpServer server = serve((request, response) -> {
            response.stream().write("first".getBytes(UTF_8));
            response.stream().flush();
            mayEnd.await();
            response.trailers().set("X-Sum", "1");
            response.stream().write(new byte[20_000]);
        });
        RawClient client = client(server).get("/");
        assertEquals("HTTP/1.1 200 OK", client.line());
        while (!client.line().isEmpty()) {}
        assertEquals("5", client.line());
        assertEquals("first", client.line());
        mayEnd.countDown();
        assertEquals(Integer.toHexString(20_000), client.line());
        assertEquals(20_000, client.line().length());
        assertEquals("0", client.line());
        assertEquals("X-Sum: 1", client.line());
        assertEquals("", client.line());
    }

    @Test
    void aShortStreamedBodyGetsALength() throws Exception {
        HttpServer server = serve((request, response) -> response.stream().write("short".getBytes(UTF_8)));
        Response response = client(server).get("/").receive();
        assertTrue(response.has("Content-Length: 5"));
        assertEquals("short", response.body());
    }

    @Test
    void trailersMayFollowAnEmptyBody() throws Exception {
        HttpServer server = serve((request, response) -> {
            response.stream();
            response.trailers().set("X-Sum", "0");
        });
        RawClient client = client(server);
        for (int i = 0; i < 2; i++) {
            Response response = client.get("/").receive();
            assertEquals("", response.body());
            assertEquals(List.of("X-Sum: 0"), response.trailers());
        }
    }

    @Test
    void aDeclaredLengthMustBeWritten() throws Exception {
        HttpServer server = serve((request, response) -> {
            response.header("Content-Length", "5");
            response.stream().write(request.path().equals("/much") ? new byte[6] : new byte[4]);
        });
        assertEquals(500, client(server).get("/much").receive().status());
        assertEquals(500, client(server).get("/little").receive().status());
        assertEquals(2, server.statistics().failed());
    }

    @Test
    void aBodyThatBreaksOffEndsTheConnection() throws Exception {
        HttpServer server = serve((request, response) -> {
            response.stream().write(new byte[10_000]);
            response.stream().write(new byte[10]);
            throw new IllegalStateException("expected");
        });
        RawClient client = client(server).get("/");
        assertThrows(EOFException.class, client::receive);
    }

    @Test
    void anAbortedResponseIsMissingOrIncomplete() throws Exception {
        HttpServer server = serve((request, response) -> {
            if (request.path().equals("/begun")) {
                response.stream().write('a');
                response.stream().flush();
            }
            response.abort();
        });
        assertEquals("", client(server).get("/").rest());
        assertTrue(client(server).get("/begun").rest().endsWith("\r\n1\r\na\r\n"));
        assertEquals(0, server.statistics().failed());
    }

    @Test
    void aChannelThatListensIsServed() throws Exception {
        try (ServerSocketChannel listening = ServerSocketChannel.open()) {
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            HttpServer server =
                    onLoop(() -> HttpServer.builder().start(listening, (request, response) -> response.send("served")));
            assertEquals(((InetSocketAddress) listening.getLocalAddress()).getPort(), server.port());
            assertEquals("served", client(server).get("/").receive().body());
            server.stop(LONG);
            await(() -> !listening.isOpen()); // closed in the background
        }
    }

    @Test
    void aHandlersFailureIsAnsweredWithItsId() throws Exception {
        List<AccessRecord> log = new ArrayList<>();
        HttpServer server = serve(HttpServer.builder().accessLog(log::add), (request, response) -> {
            if (request.path().equals("/fail")) {
                response.status(201).header("X-Partial", "yes");
                throw new IllegalStateException("expected");
            }
            response.send("fine");
        });
        RawClient client = client(server);
        Response response = client.get("/fail").receive();
        assertEquals(500, response.status());
        assertEquals("", response.field("X-Partial"));
        assertEquals("fine", client.get("/").receive().body());
        server.stop(LONG);
        assertEquals("internal error; request " + log.getFirst().id() + "\n", response.body());
        assertEquals(500, log.getFirst().status());
        assertEquals("expected", log.getFirst().failure().orElseThrow().getMessage());
    }

    @Test
    void aHandlersConnectionFieldDoesNotHideTheEnd() throws Exception {
        HttpServer server =
                serve((request, response) -> response.header("Connection", "x").send("a"));
        RawClient client = client(server).sendLines("GET / HTTP/1.1|Host: a|Connection: close||");
        assertTrue(client.receive().has("Connection: close"));
    }

    @Test
    void aRequestThatTakesTooLongIsCancelled() throws Exception {
        HttpServer.Builder builder =
                HttpServer.builder().requestTimeout(Duration.ofMillis(30)).timeoutHeader("X-Timeout");
        HttpServer server = serve(builder, (request, response) -> {
            Weft.sleep(request.path().equals("/slow") ? HOUR : Duration.ZERO);
            response.send("fast");
        });
        RawClient client = client(server);
        assertEquals(503, client.get("/slow").receive().status());
        assertEquals("fast", client.get("/").receive().body());
        client.sendLines("GET /slow HTTP/1.1|Host: a|X-Timeout: 1||");
        assertTrue(client.receive().body().contains("PT0.001S"));
        client.sendLines("GET / HTTP/1.1|Host: a|X-Timeout: soon||");
        assertEquals(400, client.receive().status());
    }

    @Test
    void anIdIsGeneratedOrTaken() throws Exception {
        HttpServer server = serve(
                HttpServer.builder().requestIdHeader("X-Request-Id"),
                (request, response) -> response.send(request.id()));
        RawClient client = client(server);
        Response generated = client.get("/").receive();
        assertEquals(generated.body(), generated.field("X-Request-Id"));
        assertNotEquals(generated.body(), client.get("/").receive().body());
        client.sendLines("GET / HTTP/1.1|Host: a|X-Request-Id: abc||");
        assertEquals("abc", client.receive().body());
        client.sendLines("GET / HTTP/1.1|Host: a|X-Request-Id: " + "x".repeat(129) + "||");
        assertNotEquals("x".repeat(129), client.receive().body());
    }

    @Test
    void eachRequestIsLoggedOnce() throws Exception {
        List<AccessRecord> log = new ArrayList<>();
        HttpServer server = serve(HttpServer.builder().accessLog(log::add), (request, response) -> {
            request.body().text();
            response.status(201).send("abcd");
        });
        RawClient client = client(server).sendLines("POST /a HTTP/1.1|Host: a|Content-Length: 3||abc");
        client.receive();
        server.stop(LONG);
        AccessRecord only = log.getFirst();
        assertEquals(1, log.size());
        assertEquals(
                List.of("POST", "/a", 201, 3L, 4L),
                List.of(only.method(), only.target(), only.status(), only.requestBytes(), only.responseBytes()));
    }

    @Test
    void allLoopsServe() throws Exception {
        useLoops(2);
        Set<Loop> serving = ConcurrentHashMap.newKeySet();
        HttpServer server = serve(HttpServer.builder().loops(group), (request, response) -> {
            serving.add(Loop.current());
            response.send();
        });
        for (int i = 0; i < 4; i++) {
            client(server).get("/").receive();
        }
        assertEquals(Set.copyOf(group.loops()), serving);
        assertEquals(4, server.statistics().requests());
        assertEquals(0, server.stop(LONG));
    }

    @Test
    void anUpgradedConnectionIsTheHandlersOwn() throws Exception {
        HttpServer server = serve((request, response) -> response.upgrade("echo", connection -> {
            while (connection.receive(connection::write) >= 0) {}
        }));
        RawClient client = client(server).sendLines("GET / HTTP/1.1|Host: a|Connection: Upgrade|Upgrade: echo||");
        Response response = client.receive();
        assertEquals(101, response.status());
        assertTrue(response.has("Upgrade: echo"));
        assertTrue(response.has("Connection: Upgrade"));
        client.send("one\r\n");
        assertEquals("one", client.line());
        client.shutdownOutput();
        assertEquals("", client.rest());
    }

    @Test
    void anUpgradeIsRefusedIfTheClientDoesNotWait() throws Exception {
        HttpServer server = serve((request, response) -> response.upgrade("echo", connection -> {}));
        RawClient client = client(server).sendLines("GET / HTTP/1.1|Host: a|Connection: Upgrade|Upgrade: echo||early");
        assertEquals(400, client.receive().status());
    }

    @Test
    void aResponseIsSentOnce() throws Exception {
        HttpServer server = serve((request, response) -> {
            response.send("one");
            assertTrue(response.isCommitted());
            assertThrows(IllegalStateException.class, () -> response.send("two"));
            assertThrows(IllegalStateException.class, () -> response.status(500));
            assertThrows(IllegalStateException.class, () -> response.header("X", "y"));
            assertThrows(IllegalStateException.class, response::stream);
        });
        RawClient client = client(server).get("/");
        assertEquals("one", client.receive().body());
        assertFalse(client.get("/").receive().body().isEmpty());
        assertEquals(0, server.statistics().failed());
    }

    @Test
    void aFieldCannotForgeAnotherOne() throws Exception {
        CompletableFuture<Throwable> refused = new CompletableFuture<>();
        HttpServer server = serve((request, response) -> {
            refused.complete(
                    assertThrows(IllegalArgumentException.class, () -> response.header("X", "a\r\nSet-Cookie: b")));
            assertThrows(IllegalArgumentException.class, () -> response.header("X: y\r\n", "a"));
            assertThrows(IllegalStateException.class, () -> request.headers().set("X", "y"));
        });
        assertEquals(200, client(server).get("/").receive().status());
        assertTrue(refused.get().toString().contains("U+000D"), refused.get()::toString);
    }
}
