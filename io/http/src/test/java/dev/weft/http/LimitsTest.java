package dev.weft.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.http.RawClient.Response;
import dev.weft.io.tls.Tls;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The limits that are about time and numbers; those about sizes are rows of {@link ProtocolTest}. */
final class LimitsTest extends HttpFixture {
    private static final Duration SHORT = Duration.ofMillis(30);

    @Test
    void aHeadThatComesSlowlyIsGivenUp() throws IOException {
        HttpServer server = serve(HttpLimits.builder().headerDeadline(SHORT), (request, response) -> response.send());
        RawClient client = client(server).send("GET / HTTP/1.1\r\nHo");
        assertEquals(408, client.receive().status());
        assertEquals("", client.rest());
        assertEquals(1, server.statistics().rejected());
    }

    /** Each byte comes in time, and the whole does not. */
    @Test
    void aSlowLorisCannotProlongItsHead() throws IOException {
        HttpServer server = serve(
                HttpLimits.builder().headers(100_000, 1 << 30).headerDeadline(SHORT),
                (request, response) -> response.send());
        RawClient client = client(server).send("GET / HTTP/1.1\r\n");
        try {
            while (server.statistics().rejected() == 0) {
                client.send("a: b\r\n");
            }
        } catch (IOException e) {
            // The server has closed already.
        }
        assertEquals(408, client.receive().status());
    }

    @Test
    void anIdleConnectionIsClosedWithoutAnAnswer() throws IOException {
        HttpServer server = serve(HttpLimits.builder().idleDeadline(SHORT), (request, response) -> response.send("a"));
        RawClient client = client(server).get("/");
        assertEquals("a", client.receive().body());
        assertEquals("", client.rest());
    }

    @Test
    void aConnectionThatNeverAsksIsClosed() throws IOException {
        HttpServer server = serve(HttpLimits.builder().headerDeadline(SHORT), (request, response) -> response.send());
        assertEquals("", client(server).rest());
    }

    @Test
    void aHandshakeThatDoesNotComeIsGivenUp() throws Exception {
        Tls impatient = Tls.of(Certificate.context()).handshakeTimeout(SHORT);
        HttpServer server = serve(HttpServer.builder().tls(impatient), (request, response) -> response.send());
        client(server).rest(); // an alert
        await(() -> server.statistics().connections() == 0);
    }

    @Test
    void aBodyThatComesSlowlyIsGivenUp() throws Exception {
        CompletableFuture<Throwable> seen = new CompletableFuture<>();
        HttpServer server = serve(HttpLimits.builder().bodyRate(1_000_000, SHORT), (request, response) -> {
            seen.complete(assertThrows(HttpException.class, () -> request.body().text()));
            assertThrows(IOException.class, () -> request.body().text());
            throw (HttpException) seen.get();
        });
        for (String framing : new String[] {"Content-Length: 9||abc", "Transfer-Encoding: chunked||3|ab"}) {
            RawClient client = client(server).sendLines("POST / HTTP/1.1|Host: a|" + framing);
            Response response = client.receive();
            assertEquals(408, response.status());
            assertTrue(response.has("Connection: close"));
            assertEquals("", client.rest());
        }
    }

    @Test
    void aClientThatDoesNotReadIsGivenUp() throws Exception {
        CompletableFuture<Throwable> seen = new CompletableFuture<>();
        HttpServer server = serve(HttpLimits.builder().bodyRate(1 << 30, SHORT), (request, response) -> {
            byte[] part = new byte[1 << 20];
            try {
                while (true) {
                    response.stream().write(part);
                }
            } catch (IOException e) {
                seen.complete(e);
                throw e;
            }
        });
        client(server).get("/");
        assertTrue(seen.get().toString().contains("bytes a second"), seen.get()::toString);
        await(() -> server.statistics().connections() == 0);
        assertEquals(1, server.statistics().cancelled());
    }

    @Test
    void furtherConnectionsWaitUntilThereIsRoom() throws Exception {
        HttpServer server = serve(HttpLimits.builder().connections(1), (request, response) -> response.send("a"));
        RawClient first = client(server).get("/");
        first.receive();
        RawClient second = client(server).get("/");
        assertEquals(1, server.statistics().connections());
        first.close();
        assertEquals("a", second.receive().body());
    }

    @Test
    void theLastRequestOfAConnectionSaysSo() throws IOException {
        HttpServer server =
                serve(HttpLimits.builder().requestsPerConnection(2), (request, response) -> response.send("a"));
        RawClient client = client(server).get("/").get("/").get("/");
        assertEquals("", client.receive().field("Connection"));
        assertEquals("close", client.receive().field("Connection"));
        assertEquals("", client.rest());
    }

    @Test
    void aHandlerMayHaveALimitOfItsOwn() throws IOException {
        HttpServer server =
                serve((request, response) -> response.send(request.body().bytes(3)));
        RawClient client = client(server)
                .sendLines("POST / HTTP/1.1|Host: a|Content-Length: 3||abc"
                        + "POST / HTTP/1.1|Host: a|Content-Length: 4||abcd");
        assertEquals("abc", client.receive().body());
        assertEquals(413, client.receive().status());
    }

    @Test
    void limitsAreChecked() {
        assertThrows(
                IllegalArgumentException.class,
                () -> HttpLimits.builder().requestLine(0).build());
        assertThrows(
                IllegalArgumentException.class,
                () -> HttpLimits.builder().body(-1).build());
        assertThrows(
                IllegalArgumentException.class,
                () -> HttpLimits.builder().idleDeadline(Duration.ZERO).build());
    }
}
