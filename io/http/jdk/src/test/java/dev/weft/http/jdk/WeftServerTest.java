package dev.weft.http.jdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import com.sun.net.httpserver.spi.HttpServerProvider;
import dev.weft.Cancelled;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a server of Weft does beyond the contracts. */
@ExtendWith(NoGreenletLeaks.class)
final class WeftServerTest extends ProviderFixture {
    @Override
    HttpServerProvider provider() {
        return HttpServerProvider.provider();
    }

    @Test
    void theServiceIsFound() {
        assertInstanceOf(WeftHttpServerProvider.class, HttpServerProvider.provider());
    }

    @Test
    void handlersThatWaitDoNotHoldEachOtherUp() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        int port = serve(exchange -> {
            both.countDown();
            await(both);
            exchange.sendResponseHeaders(204, -1);
        });
        CompletableFuture<Integer> one = CompletableFuture.supplyAsync(() -> statusOf(port, "/"));
        CompletableFuture<Integer> two = CompletableFuture.supplyAsync(() -> statusOf(port, "/"));
        assertEquals(204, one.get(LONG, TimeUnit.SECONDS));
        assertEquals(204, two.get(LONG, TimeUnit.SECONDS));
    }

    @Test
    void aServerThatIsStartedByAGreenletRunsOnItsLoops() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            CompletableFuture<Loop> serving = new CompletableFuture<>();
            HttpServer server = create();
            server.createContext("/", exchange -> {
                serving.complete(Loop.current());
                exchange.sendResponseHeaders(204, -1);
            });
            group.spawn(server::start).join();
            assertEquals(204, statusOf(server.getAddress().getPort(), "/"));
            assertSame(group.loops().get(0), serving.get());
            group.spawn(() -> server.stop(0)).join();
        }
    }

    @Test
    void elsewhereItHasALoopOfItsOwnWhichEndsWithIt() throws Exception {
        CompletableFuture<Loop> serving = new CompletableFuture<>();
        HttpServer server = create();
        server.createContext("/", exchange -> {
            serving.complete(Loop.current());
            exchange.sendResponseHeaders(204, -1);
        });
        server.start();
        assertEquals(204, statusOf(server.getAddress().getPort(), "/"));
        server.stop(0);
        assertThrows(Exception.class, () -> serving.get().spawn(() -> {}));
    }

    @Test
    void aHandlerMayStopItsServer() throws Exception {
        CountDownLatch stopped = new CountDownLatch(1);
        HttpServer server = create();
        server.createContext("/", exchange -> {
            try {
                server.stop(0);
            } finally {
                stopped.countDown();
            }
        });
        server.start();
        assertThrows(IOException.class, () -> get(server.getAddress().getPort(), "/"));
        await(stopped);
    }

    @Test
    void aClientThatLeavesCancelsItsHandler() throws Exception {
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        CountDownLatch called = new CountDownLatch(1);
        int port = serve(exchange -> {
            called.countDown();
            try {
                Weft.sleep(Duration.ofHours(1));
            } catch (Throwable t) {
                end.complete(t);
                throw t;
            }
        });
        Socket client = request(port, "GET / HTTP/1.1|Host: a||");
        await(called);
        client.close();
        assertInstanceOf(Cancelled.class, end.get(LONG, TimeUnit.SECONDS));
    }

    @Test
    void whenTheClientHasLeftAnExecutorsHandlerFailsToAnswer() throws Exception {
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        CountDownLatch called = new CountDownLatch(1);
        HttpServer server = create();
        server.setExecutor(task -> Thread.ofPlatform().start(task));
        server.createContext("/", exchange -> {
            called.countDown();
            try {
                while (true) {
                    exchange.getRequestBody().read();
                }
            } catch (Throwable t) {
                end.complete(t);
                throw t;
            }
        });
        int port = start(server);
        Socket client = request(port, "POST / HTTP/1.1|Host: a|Content-Length: 10||one");
        await(called);
        client.close();
        assertInstanceOf(IOException.class, end.get(LONG, TimeUnit.SECONDS));
    }

    @Test
    void requestsAreCheckedStrictly() throws Exception {
        int port = serve(exchange -> exchange.sendResponseHeaders(204, -1));
        for (String request : new String[] {
            "GET /a/../b HTTP/1.1|Host: a||",
            "GET / HTTP/1.1|Host: a|X: one| two||",
            "GET / HTTP/1.1|Host: a|Content-Length: 1|Transfer-Encoding: chunked||"
        }) {
            try (Socket client = request(port, request)) {
                assertEquals("HTTP/1.1 400", new String(client.getInputStream().readNBytes(12), UTF_8));
            }
        }
    }

    @Test
    void aServerForHttpsNeedsCertificates() throws Exception {
        HttpsServer server = provider().createHttpsServer(ANY, 0);
        assertTrue(assertThrows(IllegalStateException.class, server::start)
                .getMessage()
                .contains("setHttpsConfigurator"));
        server.stop(0);
        assertNotSame(ANY, server.getAddress());
    }
}
