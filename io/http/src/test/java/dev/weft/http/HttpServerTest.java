package dev.weft.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Weft;
import dev.weft.http.RawClient.Response;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
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
    void aClientThatLeavesCancelsItsHandler() throws Exception {
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        CompletableFuture<Boolean> childEnded = new CompletableFuture<>();
        CountDownLatch called = new CountDownLatch(2);
        HttpServer server = serve((request, response) -> {
            try {
                Weft.scope(scope -> {
                    scope.spawn(() -> {
                        try {
                            called.countDown();
                            Weft.sleep(Duration.ofHours(1));
                        } finally {
                            childEnded.complete(true);
                        }
                    });
                    called.countDown();
                    Weft.sleep(Duration.ofHours(1));
                });
            } catch (Throwable t) {
                ended.complete(t);
                throw t;
            }
        });
        RawClient client = client(server).get("/");
        await(called);
        client.close();
        assertEquals(Cancelled.class, ended.get().getClass());
        assertTrue(childEnded.get());
        await(() -> server.statistics().cancelled() == 1 && server.statistics().connections() == 0);
        assertEquals(0, server.stop(LONG)); // it was not the server that killed it
    }

    @Test
    void aResetCancelsItsHandler() throws Exception {
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        CountDownLatch called = new CountDownLatch(1);
        HttpServer server = serve((request, response) -> {
            called.countDown();
            try {
                Weft.sleep(Duration.ofHours(1));
            } catch (Cancelled e) {
                ended.complete(e);
                throw e;
            }
        });
        RawClient client = client(server).get("/");
        await(called);
        client.reset();
        assertEquals(Cancelled.class, ended.get().getClass());
    }

    @Test
    void watchingForTheClientLosesNoPipelinedByte() throws Exception {
        CountDownLatch mayEnd = new CountDownLatch(1);
        HttpServer server = serve((request, response) -> {
            if (request.path().equals("/slow")) {
                mayEnd.await();
            }
            response.send(request.path() + request.body().text());
        });
        RawClient client = client(server).get("/slow");
        await(() -> greenletsNamed("watch tcp") == 1);
        client.sendLines("POST /a HTTP/1.1|Host: a|Content-Length: 3||a");
        client.send("bc");
        client.get("/b");
        await(() -> server.statistics().inFlight() == 1);
        mayEnd.countDown();
        assertEquals("/slow", client.receive().body());
        assertEquals("/aabc", client.receive().body());
        assertEquals("/b", client.receive().body());
    }

    @Test
    void aWatchedHandlerMayStillReadItsBody() throws Exception {
        BlockingQueue<String> mayRead = new LinkedBlockingQueue<>();
        HttpServer server = serve((request, response) -> {
            mayRead.take();
            response.send(request.body().text());
        });
        RawClient client = client(server);
        for (String framing : List.of("Content-Length: 3||", "Transfer-Encoding: chunked||")) {
            boolean isChunked = framing.startsWith("T");
            client.sendLines("POST /slow HTTP/1.1|Host: a|" + framing);
            await(() -> greenletsNamed("watch tcp") == 1);
            client.sendLines(isChunked ? "1|a|" : "a");
            mayRead.add("now");
            client.sendLines(isChunked ? "2|bc|0||" : "bc");
            assertEquals("abc", client.receive().body());
        }
    }

    private long greenletsNamed(String start) {
        return group.loops().stream()
                .flatMap(loop -> loop.greenlets().stream())
                .filter(greenlet -> greenlet.name().startsWith(start))
                .count();
    }

    @Test
    void aClientThatLeavesInItsBodyIsNotAFailure() throws Exception {
        CompletableFuture<Throwable> seen = new CompletableFuture<>();
        HttpServer server = serve((request, response) -> {
            try {
                request.body().text();
            } catch (Throwable t) {
                seen.complete(t);
                throw t;
            }
        });
        RawClient client = client(server).sendLines("POST / HTTP/1.1|Host: a|Content-Length: 9||abc");
        client.close();
        assertEquals(EOFException.class, seen.get().getClass());
        await(() -> server.statistics().cancelled() == 1);
        assertEquals(0, server.statistics().failed());
    }

    @Test
    void aHandlerMayWrapTheFailureOfAClientThatLeft() throws Exception {
        HttpServer server = serve((request, response) -> {
            try {
                request.body().text();
            } catch (IOException e) {
                throw new UncheckedIOException("wrapped", e);
            } catch (HttpException e) {
                throw new IllegalStateException("wrapped", e);
            }
        });
        client(server)
                .sendLines("POST / HTTP/1.1|Host: a|Content-Length: 9||abc")
                .close();
        await(() -> server.statistics().cancelled() == 1);
        assertEquals(0, server.statistics().failed());
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
            Weft.sleep(request.path().equals("/slow") ? Duration.ofHours(1) : Duration.ZERO);
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
    void stoppingAnswersWhatIsInFlightAndClosesWhatIsIdle() throws Exception {
        CountDownLatch called = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        HttpServer server = serve((request, response) -> {
            if (request.path().equals("/slow")) {
                called.countDown();
                mayEnd.await();
            }
            response.send("whole");
        });
        RawClient idle = client(server).get("/");
        idle.receive();
        RawClient fresh = client(server);
        await(() -> server.statistics().connections() == 2);
        RawClient busy = client(server).get("/slow");
        await(called);
        Thread stopper = Thread.ofPlatform().start(() -> assertEquals(0, server.stop(LONG)));
        assertEquals("", idle.rest());
        assertEquals("", fresh.rest());
        mayEnd.countDown();
        Response last = busy.receive();
        assertEquals("whole", last.body());
        assertTrue(last.has("Connection: close"));
        assertEquals("", busy.rest());
        stopper.join();
        assertEquals(0, server.statistics().connections());
    }

    @Test
    void aRequestThatIsOnItsWayWhenTheServerStopsIsAnswered() throws Exception {
        answersLast(connection -> {}); // the loop has not looked at it
    }

    @Test
    void aRequestThatArrivesAsTheServerStopsIsAnswered() throws Exception {
        answersLast(connection -> {
            while (connection.state() == Greenlet.State.WAITING) {
                Weft.yieldNow();
            }
        });
    }

    /** Stops the server when an idle connection has been sent a request, and has been waited for. */
    private void answersLast(Consumer<Greenlet<?>> waiting) throws Exception {
        HttpServer server = serve((request, response) -> {
            Weft.yieldNow(); // an interrupt that is left over would come here
            response.send("served");
        });
        RawClient client = client(server).get("/");
        client.receive();
        onLoop(() -> {
            Greenlet<?> connection = Loop.current().greenlets().stream()
                    .filter(greenlet -> greenlet.name().endsWith("->" + server.port()))
                    .findFirst()
                    .orElseThrow();
            client.get("/");
            waiting.accept(connection);
            return server.stop(LONG);
        });
        Response last = client.receive();
        assertEquals("served", last.body());
        assertTrue(last.has("Connection: close"));
        assertEquals("", client.rest());
    }

    @Test
    void stoppingKillsWhatRemainsAndSaysHowMany() throws Exception {
        CountDownLatch called = new CountDownLatch(3);
        HttpServer server = serve((request, response) -> {
            called.countDown();
            Weft.sleep(Duration.ofHours(1));
        });
        for (int i = 0; i < 3; i++) {
            client(server).get("/");
        }
        await(called);
        assertEquals(3, server.stop(Duration.ofMillis(10)));
        assertEquals(3, server.statistics().cancelled());
    }

    @Test
    void aStoppedServerMayBeStoppedAndClosedAgain() {
        HttpServer server = serve((request, response) -> response.send());
        assertEquals(0, server.stop(LONG));
        assertEquals(0, server.stop(LONG));
        server.close();
    }

    @Test
    void closingKillsAll() throws Exception {
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        CountDownLatch called = new CountDownLatch(1);
        HttpServer server = serve((request, response) -> {
            called.countDown();
            try {
                Weft.sleep(Duration.ofHours(1));
            } catch (Cancelled e) {
                ended.complete(e);
                throw e;
            }
        });
        RawClient client = client(server).get("/");
        await(called);
        server.close();
        assertEquals(Cancelled.class, ended.get().getClass());
        assertEquals("", client.rest());
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
