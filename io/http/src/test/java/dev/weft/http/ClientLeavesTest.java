package dev.weft.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.Weft;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** What becomes of a request whose client leaves. */
final class ClientLeavesTest extends HttpFixture {
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
                            Weft.sleep(HOUR);
                        } finally {
                            childEnded.complete(true);
                        }
                    });
                    called.countDown();
                    Weft.sleep(HOUR);
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
        Endless handler = new Endless();
        HttpServer server = serve(handler);
        RawClient client = client(server).get("/");
        await(handler.called);
        client.reset();
        assertEquals(Cancelled.class, handler.ended.get().getClass());
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
}
