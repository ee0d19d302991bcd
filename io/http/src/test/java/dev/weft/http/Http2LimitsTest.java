package dev.weft.http;

import static dev.weft.http.Http2Client.CONTINUATION;
import static dev.weft.http.Http2Client.DATA;
import static dev.weft.http.Http2Client.END_HEADERS;
import static dev.weft.http.Http2Client.END_STREAM;
import static dev.weft.http.Http2Client.GOAWAY;
import static dev.weft.http.Http2Client.HEADERS;
import static dev.weft.http.Http2Client.PING;
import static dev.weft.http.Http2Client.RST_STREAM;
import static dev.weft.http.Http2Client.SETTINGS;
import static dev.weft.http.Http2Client.WINDOW_UPDATE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Weft;
import dev.weft.http.Http2Client.Frame;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HTTP/2 with clients that break a rule, ask for too much, or are too slow. */
final class Http2LimitsTest extends HttpFixture {
    private static final int PROTOCOL_ERROR = 1;
    private static final int REFUSED_STREAM = 7;
    private static final int CANCEL = 8;
    private static final int ENHANCE_YOUR_CALM = 11;

    /** Requests that break a rule or a limit, by a name and a value that replace or follow the usual ones; status or reset. */
    @ParameterizedTest
    @CsvSource({
        ":path,             /a/../b,      400",
        ":path,             /%,           400",
        ":method,           G T,          400",
        ":method,           CONNECT,      501",
        "x,                 a\u0001b,    reset",
        "x,                 'a\nb: c',   reset",
        "expect,            more,         417",
        "transfer-encoding, chunked,      reset",
        "connection,        close,        reset",
        "te,                gzip,         reset",
        "X-Upper,           a,            reset",
        "content-length,    5,            reset",
        "content-length,    x,            reset",
    })
    void aRequestThatBreaksARuleIsRefused(String name, String value, String answer) throws Exception {
        HttpServer server = serve((request, response) -> response.send("served"));
        try (Http2Client client = Http2Client.open(server)) {
            client.get(1, name, value);
            if (answer.equals("reset")) {
                assertEquals(PROTOCOL_ERROR, client.next(RST_STREAM).code());
            } else {
                assertEquals(answer, client.response(1).status());
            }
            assertEquals("served", client.get(3).response(3).body());
        }
    }

    @Test
    void sizesAreLimited() throws Exception {
        HttpServer server = serve(
                HttpLimits.builder().headers(10, 2000).requestLine(500).body(1000),
                (request, response) ->
                        response.send(String.valueOf(request.body().bytes(1 << 20).length)));
        String[] many = new String[22];
        for (int i = 0; i < many.length; i += 2) {
            many[i] = "x";
            many[i + 1] = "";
        }
        try (Http2Client client = Http2Client.open(server)) {
            assertEquals("431", client.get(1, many).response(1).status());
            assertEquals(
                    "414",
                    client.get(3, ":path", "/" + "x".repeat(500)).response(3).status());
            client.request(5, 0, ":method", "POST").data(5, END_STREAM, "x".repeat(1001));
            assertEquals("413", client.response(5).status());
            assertEquals("431", client.get(7, "x", "y".repeat(2000)).response(7).status());
            client.request(11, 0, ":method", "POST", "content-length", "1001");
            assertEquals("413", client.response(11).status());
            client.request(13, 0, ":method", "POST").data(13, END_STREAM, "x".repeat(1000));
            assertEquals("1000", client.response(13).body());
        }
    }

    @Test
    void moreThanAHundredRequestsAtATimeAreRefused() throws Exception {
        CountDownLatch mayEnd = new CountDownLatch(1);
        HttpServer server = serve((request, response) -> {
            mayEnd.await();
            response.send("late");
        });
        try (Http2Client client = Http2Client.open(server)) {
            for (int i = 0; i <= 100; i++) {
                client.get(2 * i + 1);
            }
            Frame refused = client.next(RST_STREAM);
            assertEquals(List.of(201, REFUSED_STREAM), List.of(refused.stream(), refused.code()));
            assertEquals(100, server.statistics().inFlight());
            mayEnd.countDown();
            assertEquals("late", client.response(199).body());
        }
    }

    @Test
    void aClientThatGrantsNothingIsGivenUp() throws Exception {
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        HttpServer server =
                serve(HttpLimits.builder().bodyRate(1 << 30, Duration.ofMillis(30)), (request, response) -> {
                    try {
                        response.send(new byte[1_000_000]);
                    } catch (Throwable t) {
                        end.complete(t);
                        throw t;
                    }
                });
        try (Http2Client client = Http2Client.open(server)) {
            client.get(1);
            assertEquals(CANCEL, client.next(RST_STREAM).code());
            assertTrue(end.get().toString().contains("bytes a second"), end.get()::toString);
            await(() -> server.statistics().cancelled() == 1);
        }
    }

    @Test
    void aBodyThatComesSlowlyIsGivenUp() throws Exception {
        HttpServer server = serve(
                HttpLimits.builder().bodyRate(1_000_000, Duration.ofMillis(30)),
                (request, response) -> response.send(request.body().text()));
        try (Http2Client client = Http2Client.open(server)) {
            assertEquals(
                    "408", client.request(1, 0, ":method", "POST").response(1).status());
            assertEquals(0, client.next(RST_STREAM).code());
        }
    }

    @Test
    void anIdleConnectionIsClosedWhateverElseItSends() throws Exception {
        HttpServer server = serve(
                HttpLimits.builder().idleDeadline(Duration.ofMillis(50)), (request, response) -> response.send("a"));
        try (Http2Client client = Http2Client.open(server)) {
            assertEquals("a", client.get(1).response(1).body());
            assertThrows(IOException.class, () -> {
                while (client.send(PING, 0, 0, new byte[8]).next().type() != GOAWAY) {}
                throw new EOFException("expected");
            });
        }
        await(() -> server.statistics().connections() == 0);
    }

    @Test
    void theLastRequestOfAConnectionIsTold() throws Exception {
        HttpServer server =
                serve(HttpLimits.builder().requestsPerConnection(2), (request, response) -> response.send("a"));
        try (Http2Client client = Http2Client.open(server)) {
            assertEquals("a", client.get(1).response(1).body());
            client.get(3);
            assertEquals(0, client.next(GOAWAY).code());
            assertEquals("a", client.response(3).body());
            client.expectEnd();
        }
    }

    /** CVE-2023-44487. */
    @Test
    void aFloodOfResetsEndsTheConnection() throws Exception {
        HttpServer server = serve((request, response) -> Weft.sleep(HOUR));
        try (Http2Client client = Http2Client.open(server)) {
            floods(() -> {
                for (int i = 0; i < 5000; i++) {
                    client.get(2 * i + 1).reset(2 * i + 1);
                }
            });
            assertEquals(ENHANCE_YOUR_CALM, client.next(GOAWAY).code());
            client.expectEnd();
        }
        await(() -> server.statistics().connections() == 0);
        assertEquals(0, server.statistics().inFlight());
        assertTrue(server.statistics().requests() < 1000, server.statistics()::toString);
    }

    /** CVE-2024-27316. */
    @Test
    void aFloodOfContinuationsEndsTheConnection() throws Exception {
        HttpServer server = serve((request, response) -> response.send());
        try (Http2Client client = Http2Client.open(server)) {
            client.send(HEADERS, END_STREAM, 1, client.block());
            floods(() -> {
                for (int i = 0; i < 100_000; i++) {
                    client.send(CONTINUATION, 0, 1, new byte[] {0x40, 1, 'x', 1, 'y'});
                }
            });
            assertEquals(ENHANCE_YOUR_CALM, client.next(GOAWAY).code());
            client.expectEnd();
        }
        assertEquals(0, server.statistics().requests());
    }

    @ParameterizedTest
    @CsvSource({"6, 8", "4, 0"})
    void aFloodOfControlFramesIsNotGathered(int type, int length) throws Exception {
        HttpServer server = serve(HttpLimits.builder().bodyRate(1, HOUR), (request, response) -> response.send());
        try (Http2Client client = Http2Client.open(server)) {
            byte[] frame = Http2Client.frame(type, 0, 0, new byte[length]);
            assertThrows(IOException.class, () -> {
                for (int i = 0; i < 5_000_000; i++) { // far more than sockets hold, without reading an answer
                    client.send(frame);
                }
            });
        }
        await(() -> server.statistics().connections() == 0);
    }

    /** Runs {@code flood}, which the server may interrupt. */
    private static void floods(Flood flood) {
        try {
            flood.run();
        } catch (IOException e) {
            // The server has closed.
        }
    }

    /** Sends too much. */
    private interface Flood {
        void run() throws IOException;
    }

    /** Frames with random changes: whatever comes, the connection ends or goes on, and nothing is left. */
    @Test
    void mutatedFramesLeaveNothing() throws Exception {
        HttpServer server = serve(
                HttpLimits.builder().body(1000).bodyRate(1 << 30, Duration.ofMillis(20)),
                (request, response) -> response.send(request.body().bytes(1 << 20)));
        for (int i = 0; i < 1000; i++) {
            Random random = new Random(i);
            try (Http2Client client = Http2Client.open(server)) {
                client.send(mutated(client, random));
                if (random.nextBoolean()) {
                    client.socket.shutdownOutput();
                    client.expectEnd();
                }
            } catch (IOException e) {
                // The server has closed first.
            }
        }
        await(() -> server.statistics().connections() == 0);
        assertEquals(0, server.statistics().inFlight());
        assertEquals(0, server.statistics().failed());
        try (Http2Client client = Http2Client.open(server)) {
            assertEquals("200", client.get(1).response(1).status());
        }
    }

    private static byte[] mutated(Http2Client client, Random random) throws IOException {
        byte[][] frames = {
            Http2Client.frame(HEADERS, END_HEADERS, 1, client.block(":method", "POST")),
            Http2Client.frame(DATA, random.nextInt(2), 1, new byte[random.nextInt(2000)]),
            Http2Client.frame(WINDOW_UPDATE, 0, random.nextInt(3), new byte[] {0, 0, 1, 0}),
            Http2Client.frame(SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, (byte) random.nextInt(256), 0}),
            Http2Client.frame(HEADERS, END_HEADERS | END_STREAM, 3, client.block()),
            Http2Client.frame(PING, 0, 0, new byte[8]),
            Http2Client.frame(RST_STREAM, 0, 3, new byte[4]),
            Http2Client.frame(HEADERS, END_STREAM, 5, client.block()),
        };
        int size = 0;
        for (byte[] frame : frames) {
            size += frame.length;
        }
        ByteBuffer all = ByteBuffer.allocate(size);
        for (byte[] frame : frames) {
            all.put(frame);
        }
        for (int changes = random.nextInt(8); changes > 0; changes--) {
            all.put(random.nextInt(size), (byte) random.nextInt(256));
        }
        return all.array();
    }
}
