package dev.weft.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Weft;
import dev.weft.http.RawClient.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ServerSentEventsTest extends HttpFixture {
    private Response events(ServerSentEvents.Source source, String... fields) throws IOException {
        HttpServer server = serve(ServerSentEvents.handler(source));
        try (RawClient client = new RawClient(server.port())) {
            String more = fields.length == 0 ? "" : String.join("|", fields) + "|";
            return client.sendLines("GET / HTTP/1.1|Host: a|" + more + "|").receive();
        }
    }

    @Test
    void eventsAreSentAsTheStandardSays() throws IOException {
        Response response = events(events -> {
            events.send("plain");
            events.send(ServerSentEvent.of("two\nlines\r\nor three\r")
                    .id("7")
                    .name("text")
                    .retry(Duration.ofSeconds(2)));
            events.send("");
            events.send("\u00e9");
        });
        assertEquals(200, response.status());
        assertEquals("text/event-stream", response.field("Content-Type"));
        assertEquals("no-store", response.field("Cache-Control"));
        assertEquals("""
                data: plain

                event: text
                id: 7
                retry: 2000
                data: two
                data: lines
                data: or three
                data:\s

                data:\s

                data: \u00c3\u00a9

                """, response.body());
    }

    @Test
    void anEventCannotForgeOthers() {
        ServerSentEvent event = ServerSentEvent.of("");
        for (String text : new String[] {"a\nb", "a\rb", "a\0b"}) {
            assertThrows(IllegalArgumentException.class, () -> event.id(text));
            assertThrows(IllegalArgumentException.class, () -> event.name(text));
        }
    }

    @Test
    void aBrowserThatReconnectsSaysWhatItHas() throws IOException {
        ServerSentEvents.Source source =
                events -> events.send("after " + events.lastEventId().orElse("nothing"));
        assertEquals("data: after 41\n\n", events(source, "Last-Event-ID: 41").body());
        assertEquals("data: after nothing\n\n", events(source).body());
    }

    @Test
    void eventsArriveWhenTheyAreSent() throws Exception {
        CountDownLatch received = new CountDownLatch(1);
        HttpServer server = serve(ServerSentEvents.handler(events -> {
            events.send("first");
            received.await();
            events.send("second");
        }));
        try (RawClient client = new RawClient(server.port())) {
            client.get("/");
            while (!client.line().isEmpty()) {}
            assertEquals("d", client.line()); // the length of the chunk: 13
            received.countDown();
        }
        await(() -> server.statistics().inFlight() == 0);
    }

    @Test
    void silenceIsBrokenByComments() throws IOException {
        CountDownLatch enough = new CountDownLatch(1);
        HttpServer server = serve(ServerSentEvents.handler(Duration.ofMillis(1), events -> enough.await()));
        try (RawClient client = new RawClient(server.port())) {
            client.get("/");
            StringBuilder received = new StringBuilder();
            while (received.toString().split("\r\n3\r\n:\n\n", -1).length < 3) {
                received.append((char) client.socket.getInputStream().read());
            }
            enough.countDown();
        }
    }

    @Test
    void whenTheClientLeavesTheSourceIsCancelled() throws Exception {
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        HttpServer server = serve(ServerSentEvents.handler(events -> {
            try {
                events.send("hello");
                Weft.sleep(Duration.ofHours(1));
            } catch (Throwable t) {
                end.complete(t);
                throw t;
            }
        }));
        try (RawClient client = new RawClient(server.port())) {
            client.get("/").line();
        }
        assertInstanceOf(Cancelled.class, end.get(LONG.toSeconds(), TimeUnit.SECONDS));
    }

    @Test
    void aClientThatDoesNotReadHoldsTheSourceUpAndIsGivenUp() throws Exception {
        int[] sent = {0};
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        HttpLimits limits =
                HttpLimits.builder().bodyRate(1_000_000, Duration.ofMillis(100)).build();
        HttpServer server = serve(HttpServer.builder().limits(limits), ServerSentEvents.handler(events -> {
            try {
                for (int i = 0; i < 100_000; i++) {
                    events.send("x".repeat(1000));
                    sent[0]++;
                }
                end.complete(new AssertionError("everything was sent"));
            } catch (Throwable t) {
                end.complete(t);
                throw t;
            }
        }));
        try (RawClient client = new RawClient(server.port())) {
            client.get("/");
            Throwable failure = end.get(LONG.toSeconds(), TimeUnit.SECONDS);
            assertInstanceOf(IOException.class, failure);
        }
    }

    @Test
    void greenletsMayShareAStream() throws IOException {
        Response response = events(events -> Weft.scope(scope -> {
            for (int i = 0; i < 10; i++) {
                String line = ("" + i).repeat(5000);
                scope.spawn(() -> events.send(line + "\n" + line));
            }
        }));
        String body = response.body();
        for (int i = 0; i < 10; i++) {
            String line = "data: " + ("" + i).repeat(5000) + "\n";
            assertTrue(body.contains(line + line + "\n"));
        }
    }

    @Test
    void aSourceThatFailsBreaksTheResponse() throws Exception {
        HttpServer server = serve(ServerSentEvents.handler(events -> {
            events.send("first");
            throw new IOException("expected");
        }));
        try (RawClient client = new RawClient(server.port())) {
            client.get("/");
            assertTrue(!client.rest().endsWith("0\r\n\r\n"), "the response looks complete");
        }
    }

    @Test
    void afterASendThatTimedOutNothingIsSent() throws Exception {
        CompletableFuture<Throwable> later = new CompletableFuture<>();
        HttpServer server = serve(ServerSentEvents.handler(events -> {
            assertThrows(
                    DeadlineExceeded.class,
                    () -> Weft.withTimeout(Duration.ofMillis(20), () -> {
                        while (true) {
                            events.send("x".repeat(100_000));
                        }
                    }));
            later.complete(assertThrows(IOException.class, () -> events.send("more")));
        }));
        try (RawClient client = new RawClient(server.port())) {
            client.get("/");
            assertTrue(later.get(LONG.toSeconds(), TimeUnit.SECONDS).toString().contains("in part"));
        }
    }

    @Test
    void aTornEventDoesNotEndAsAWholeResponse() throws Exception {
        CountDownLatch torn = new CountDownLatch(1);
        HttpServer server = serve(ServerSentEvents.handler(events -> {
            Weft.moveOnAfter(Duration.ofMillis(20), () -> {
                while (true) {
                    events.send("x".repeat(100_000));
                }
            });
            torn.countDown();
        }));
        try (RawClient client = new RawClient(server.port())) {
            client.get("/");
            await(torn); // the client does not read before
            assertTrue(!client.rest().endsWith("0\r\n\r\n"), "the response looks complete");
        }
    }

    @Test
    void whenTheServerStopsTheSourceIsCancelledAndTheResponseIsWhole() throws Exception {
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        CountDownLatch sent = new CountDownLatch(1);
        HttpServer server = serve(ServerSentEvents.handler(events -> {
            try {
                events.send("hello");
                sent.countDown();
                Weft.sleep(Duration.ofHours(1));
            } catch (Throwable t) {
                end.complete(t);
                throw t;
            }
        }));
        try (RawClient client = new RawClient(server.port())) {
            client.get("/");
            await(sent);
            CompletableFuture<Integer> killed = CompletableFuture.supplyAsync(
                    () -> server.stop(Duration.ofHours(1)),
                    task -> Thread.ofVirtual().start(task));
            assertEquals("data: hello\n\n", client.receive().body());
            assertEquals(0, killed.get(LONG.toSeconds(), TimeUnit.SECONDS));
        }
        assertInstanceOf(Cancelled.class, end.get());
    }

    @Test
    void anEventThatIsBeingSentWhenTheServerStopsIsSentWhole() throws Exception {
        AtomicInteger begun = new AtomicInteger();
        CountDownLatch told = new CountDownLatch(1);
        String large = "x".repeat(1_000_000);
        HttpHandler handler = ServerSentEvents.handler(events -> {
            while (true) {
                begun.incrementAndGet();
                events.send(large);
            }
        });
        HttpServer server = serve((request, response) -> {
            Weft.spawn(() -> {
                Weft.await(request.serverStopping());
                for (int i = 0; i < 10; i++) {
                    Weft.yieldNow(); // others are told, too
                }
                told.countDown();
            });
            handler.handle(request, response);
        });
        try (RawClient client = new RawClient(server.port())) {
            client.get("/");
            awaitStandstill(begun); // the client does not read
            CompletableFuture<Integer> killed = CompletableFuture.supplyAsync(
                    () -> server.stop(Duration.ofHours(1)),
                    task -> Thread.ofVirtual().start(task));
            await(told);
            String body = client.receive().body();
            assertEquals(0, killed.get(LONG.toSeconds(), TimeUnit.SECONDS));
            assertEquals(("data: " + large + "\n\n").repeat(begun.get() - 1), body);
        }
    }

    @Test
    void aRequestThatComesAsTheServerStopsGetsAnEmptyStream() throws Exception {
        CountDownLatch called = new CountDownLatch(1);
        HttpHandler events = ServerSentEvents.handler(stream -> Weft.sleep(Duration.ofHours(1)));
        HttpServer server = serve((request, response) -> {
            called.countDown();
            Weft.await(request.serverStopping());
            events.handle(request, response);
        });
        try (RawClient client = new RawClient(server.port())) {
            client.get("/");
            await(called);
            assertEquals(0, server.stop(Duration.ofHours(1)));
            assertEquals("", client.receive().body());
        }
    }

    @Test
    void headIsAnsweredWithoutEvents() throws IOException {
        HttpServer server = serve(ServerSentEvents.handler(events -> {
            throw new AssertionError("not for HEAD");
        }));
        try (RawClient client = new RawClient(server.port())) {
            Response response = client.sendLines("HEAD / HTTP/1.1|Host: a||").receive("HEAD");
            assertEquals("text/event-stream", response.field("Content-Type"));
        }
    }

    @Test
    void theTimeBetweenHeartBeatsMustBePositive() {
        assertThrows(IllegalArgumentException.class, () -> ServerSentEvents.handler(Duration.ZERO, events -> {}));
    }
}
