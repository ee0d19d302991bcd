package dev.weft.http;

import static dev.weft.http.Http2Client.DATA;
import static dev.weft.http.Http2Client.END_HEADERS;
import static dev.weft.http.Http2Client.END_STREAM;
import static dev.weft.http.Http2Client.GOAWAY;
import static dev.weft.http.Http2Client.HEADERS;
import static dev.weft.http.Http2Client.PREFACE;
import static dev.weft.http.Http2Client.RST_STREAM;
import static dev.weft.http.Http2Client.SETTINGS;
import static dev.weft.http.Http2Client.WINDOW_UPDATE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.Weft;
import dev.weft.http.Http2Client.Frame;
import dev.weft.http.Http2Client.Response;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HTTP/2, frame by frame. */
final class Http2Test extends HttpFixture {
    private static final int WINDOW = 65_535; // of a client that has said nothing else
    private static final int INTERNAL_ERROR = 2;

    @Test
    void requestsAreAnsweredAtTheSameTime() throws Exception {
        CountDownLatch second = new CountDownLatch(1);
        HttpServer server = serve((request, response) -> {
            if (request.path().equals("/first")) {
                second.await();
            } else {
                second.countDown();
            }
            response.send(request.path());
        });
        try (Http2Client client = Http2Client.open(server)) {
            client.get(1, ":path", "/first").get(3, ":path", "/second");
            assertEquals("/second", client.response(3).body());
            assertEquals("/first", client.response(1).body());
        }
        await(() -> server.statistics().connections() == 0);
        assertEquals(2, server.statistics().requests());
    }

    @Test
    void aRequestIsShownAsItCame() throws Exception {
        HttpServer server = serve((request, response) -> response.send(String.join(
                " ",
                request.method(),
                request.target(),
                request.path(),
                String.valueOf(request.version()),
                request.headers().all("Host").toString(),
                request.headers().all("X-Many").toString(),
                request.headers().first("Cookie").orElse("none"),
                request.body().text(),
                request.trailers().first("X-Sum").orElse("none"))));
        try (Http2Client client = Http2Client.open(server)) {
            client.request(
                    1,
                    0,
                    ":method",
                    "POST",
                    ":path",
                    "/a%20b?c=d",
                    "x-many",
                    "1",
                    "x-many",
                    "2",
                    "cookie",
                    "a=b",
                    "cookie",
                    "c=d");
            client.data(1, 0, "te").data(1, 0, "xt");
            client.send(
                    HEADERS,
                    END_HEADERS | END_STREAM,
                    1,
                    client.encoded(new DefaultHttp2Headers(false).set("x-sum", "7")));
            assertEquals(
                    "POST /a%20b?c=d /a b HTTP/2.0 [a] [1, 2] a=b; c=d text 7",
                    client.response(1).body());
        }
    }

    @Test
    void aResponseHasLowerCaseFieldsAndNoneOfAConnection() throws Exception {
        HttpServer server = serve(
                HttpServer.builder().requestIdHeader("X-Id"),
                (request, response) -> response.status(201)
                        .header("X-A", "b")
                        .header("Connection", "close")
                        .send("body"));
        try (Http2Client client = Http2Client.open(server)) {
            Response response = client.get(1, "x-id", "mine").response(1);
            assertEquals(
                    List.of(":status", "x-a", "content-type", "date", "content-length", "x-id").stream()
                            .sorted()
                            .toList(),
                    response.fields().keySet().stream().sorted().toList());
            assertEquals("201", response.status());
            assertEquals("4", response.fields().get("content-length"));
            assertEquals("mine", response.fields().get("x-id"));
            assertEquals("body", response.body());
            assertEquals("201", client.get(3).response(3).status()); // the connection is kept
        }
    }

    @Test
    void bodiesAreStreamedWithTrailers() throws Exception {
        CountDownLatch received = new CountDownLatch(1);
        HttpServer server = serve((request, response) -> {
            OutputStream out = response.stream();
            out.write('a');
            out.flush();
            received.await();
            out.write('b');
            response.trailers().set("X-Sum", "2");
        });
        try (Http2Client client = Http2Client.open(server)) {
            client.get(1);
            client.decode(client.next(HEADERS));
            assertEquals("a", new String(client.next(DATA).payload(), ISO_8859_1));
            received.countDown();
            assertEquals("b", new String(client.next(DATA).payload(), ISO_8859_1));
            Frame trailers = client.next(HEADERS);
            assertTrue(trailers.endsStream());
            assertEquals("2", client.decode(trailers).get("x-sum").toString());
        }
    }

    @ParameterizedTest
    @CsvSource({"HEAD, 200, 5", "GET, 204, ", "GET, 304, "})
    void aResponseWithoutABodyIsAHead(String method, int status, String length) throws Exception {
        HttpServer server = serve((request, response) -> {
            if (status == 200) {
                response.send("hello");
            } else {
                response.status(status).send();
            }
        });
        try (Http2Client client = Http2Client.open(server)) {
            client.get(1, ":method", method);
            Frame head = client.next(HEADERS);
            assertTrue(head.endsStream());
            CharSequence told = client.decode(head).get("content-length");
            assertEquals(length, told == null ? null : told.toString());
        }
    }

    @Test
    void continueIsSentWhenTheBodyIsRead() throws Exception {
        HttpServer server =
                serve((request, response) -> response.send(request.body().text()));
        try (Http2Client client = Http2Client.open(server)) {
            client.request(1, 0, ":method", "POST", "expect", "100-continue");
            assertEquals("100", client.decode(client.next(HEADERS)).status().toString());
            assertEquals("text", client.data(1, END_STREAM, "text").response(1).body());
        }
    }

    @Test
    void theHandlerWaitsForTheWindowOfTheClient() throws Exception {
        AtomicInteger written = new AtomicInteger();
        HttpServer server = serve((request, response) -> {
            OutputStream out = response.stream();
            for (int i = 0; i < 100; i++) {
                out.write(new byte[10_000]);
                written.incrementAndGet();
            }
        });
        try (Http2Client client = Http2Client.open(server)) {
            client.get(1);
            int received = 0;
            while (received < WINDOW) {
                received += client.next(DATA).payload().length;
            }
            assertEquals(WINDOW, received);
            awaitStandstill(written);
            assertTrue(written.get() < 20, written + " parts were taken");
            client.grant(1, 1_000_000).grant(0, 1_000_000);
            Frame frame;
            do {
                frame = client.next(DATA);
                received += frame.payload().length;
            } while (!frame.endsStream());
            assertEquals(1_000_000, received);
        }
    }

    @Test
    void theClientWaitsForTheHandlerToRead() throws Exception {
        CountDownLatch mayRead = new CountDownLatch(1);
        HttpServer server = serve((request, response) -> {
            if (request.path().equals("/slow")) {
                mayRead.await();
            }
            response.send(String.valueOf(request.body().bytes(1 << 20).length));
        });
        try (Http2Client client = Http2Client.open(server)) {
            client.request(1, 0, ":method", "POST", ":path", "/slow");
            for (int i = 0; i < 4; i++) {
                client.send(DATA, 0, 1, new byte[16_000]);
            }
            assertEquals("0", client.get(3).response(3).body()); // others go on
            mayRead.countDown();
            Frame update;
            do {
                update = client.next(WINDOW_UPDATE);
            } while (update.stream() != 1);
            assertEquals("64001", client.data(1, END_STREAM, "x").response(1).body());
        }
    }

    @Test
    void aClientThatResetsARequestCancelsItsHandler() throws Exception {
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        CountDownLatch called = new CountDownLatch(1);
        HttpServer server = serve((request, response) -> {
            if (request.path().equals("/")) {
                response.send("other");
                return;
            }
            try {
                sleep(called);
            } catch (Throwable t) {
                end.complete(t);
                throw t;
            }
        });
        try (Http2Client client = Http2Client.open(server)) {
            client.get(1, ":path", "/long");
            await(called);
            client.reset(1);
            assertInstanceOf(Cancelled.class, end.get(LONG.toSeconds(), TimeUnit.SECONDS));
            assertEquals("other", client.get(3).response(3).body());
            assertEquals(1, server.statistics().cancelled());
        }
    }

    private static void sleep(CountDownLatch called) {
        called.countDown();
        Weft.sleep(HOUR);
    }

    @Test
    void aClientThatLeavesCancelsItsHandlers() throws Exception {
        CountDownLatch called = new CountDownLatch(2);
        HttpServer server = serve((request, response) -> sleep(called));
        try (Http2Client client = Http2Client.open(server)) {
            client.get(1).get(3);
            await(called);
        }
        await(() -> server.statistics().connections() == 0);
        assertEquals(2, server.statistics().cancelled());
        assertEquals(0, server.statistics().inFlight());
    }

    @Test
    void aHandlersFailureIsAnsweredOrResetsTheStream() throws Exception {
        HttpServer server = serve((request, response) -> {
            if (request.path().equals("/begun")) {
                response.stream().write('a');
                response.stream().flush();
            }
            if (request.path().equals("/aborted")) {
                response.abort();
            } else {
                throw new IllegalStateException("expected");
            }
        });
        try (Http2Client client = Http2Client.open(server)) {
            assertEquals("500", client.get(1).response(1).status());
            client.get(3, ":path", "/begun");
            assertEquals(INTERNAL_ERROR, client.next(RST_STREAM).code());
            client.get(5, ":path", "/aborted");
            assertEquals(INTERNAL_ERROR, client.next(RST_STREAM).code());
        }
    }

    @Test
    void whatIsLeftOfABodyIsRefused() throws Exception {
        HttpServer server = serve((request, response) -> response.send("enough"));
        try (Http2Client client = Http2Client.open(server)) {
            assertEquals(
                    "enough",
                    client.request(1, 0, ":method", "POST").response(1).body());
            assertEquals(0, client.next(RST_STREAM).code());
            client.data(1, 0, "late");
            assertEquals("enough", client.get(3).response(3).body());
        }
    }

    @Test
    void aServerThatStopsFinishesWhatItHasBegun() throws Exception {
        CountDownLatch called = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        HttpServer server = serve((request, response) -> {
            called.countDown();
            mayEnd.await();
            response.send("whole");
        });
        try (Http2Client idle = Http2Client.open(server);
                Http2Client busy = Http2Client.open(server)) {
            busy.get(1);
            await(called);
            await(() -> server.statistics().connections() == 2);
            CompletableFuture<Integer> killed = CompletableFuture.supplyAsync(
                    () -> server.stop(HOUR), task -> Thread.ofVirtual().start(task));
            assertEquals(0, idle.next(GOAWAY).code());
            idle.expectEnd();
            assertEquals(0, busy.next(GOAWAY).code());
            busy.get(3); // too late
            mayEnd.countDown();
            assertEquals("whole", busy.response(1).body());
            busy.expectEnd();
            assertEquals(0, killed.get(LONG.toSeconds(), TimeUnit.SECONDS));
            assertEquals(1, server.statistics().requests());
        }
    }

    @Test
    void aServerThatStopsKillsWhatRemains() throws Exception {
        CountDownLatch called = new CountDownLatch(2);
        HttpServer server = serve((request, response) -> sleep(called));
        try (Http2Client client = Http2Client.open(server)) {
            client.get(1).get(3);
            await(called);
            assertEquals(2, server.stop(Duration.ofMillis(10)));
        }
    }

    @Test
    void thePrefaceMayComeByteByByte() throws Exception {
        HttpServer server = serve((request, response) -> response.send("a"));
        try (Http2Client client = new Http2Client(server.port())) {
            for (byte each : PREFACE.getBytes(ISO_8859_1)) {
                client.send(new byte[] {each});
            }
            client.send(SETTINGS, 0, 0, new byte[0]);
            assertEquals("a", client.get(1).response(1).body());
        }
    }

    @Test
    void aServerOfHttp1RefusesThePreface() throws Exception {
        HttpServer server = serve(HttpServer.builder().http1Only(), (request, response) -> response.send());
        try (RawClient client = new RawClient(server.port())) {
            assertEquals(505, client.send(PREFACE).receive().status());
        }
    }

    @Test
    void eventsAreStreamedUntilTheServerStops() throws Exception {
        HttpServer server = serve(ServerSentEvents.handler(events -> {
            events.send("hello");
            Weft.sleep(HOUR);
        }));
        try (Http2Client client = Http2Client.open(server)) {
            client.get(1);
            client.decode(client.next(HEADERS));
            assertEquals("data: hello\n\n", new String(client.next(DATA).payload(), ISO_8859_1));
            CompletableFuture<Integer> killed = CompletableFuture.supplyAsync(
                    () -> server.stop(HOUR), task -> Thread.ofVirtual().start(task));
            assertTrue(client.next(DATA).endsStream());
            client.expectEnd();
            assertEquals(0, killed.get(LONG.toSeconds(), TimeUnit.SECONDS));
        }
    }

    @Test
    void aWebSocketIsRefused() throws Exception {
        HttpServer server = serve(WebSocket.handler(socket -> {}));
        try (Http2Client client = Http2Client.open(server)) {
            String status = client.get(1).response(1).status();
            assertFalse(status.startsWith("2"), status);
        }
    }
}
