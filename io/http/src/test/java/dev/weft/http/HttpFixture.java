package dev.weft.http;

import dev.weft.Action;
import dev.weft.Cancelled;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** A loop to serve on, clients that write bytes, and the failures that nobody waited for. */
@ExtendWith({NoGreenletLeaks.class, NoSocketLeaks.class})
abstract class HttpFixture {
    static final Duration LONG = Duration.ofSeconds(20);
    static final Duration HOUR = Duration.ofHours(1);

    final List<Throwable> uncaught = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    LoopGroup group = open(1);

    @BeforeEach
    void nothingHasFailed() {
        uncaught.clear();
    }

    LoopGroup open(int loops) {
        return LoopGroup.builder()
                .loops(loops)
                .uncaughtHandler((greenlet, failure) -> uncaught.add(failure))
                .open();
    }

    /** Serves {@code handler} on another number of loops. */
    void useLoops(int loops) {
        group.close();
        group = open(loops);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
        group.close();
        Assertions.assertEquals(List.of(), uncaught);
    }

    HttpServer serve(HttpHandler handler) {
        return serve(HttpServer.builder(), handler);
    }

    HttpServer serve(HttpServer.Builder builder, HttpHandler handler) {
        HttpServer server =
                onLoop(() -> builder.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), handler));
        opened.addFirst(server);
        return server;
    }

    HttpServer serve(HttpLimits.Builder limits, HttpHandler handler) {
        return serve(HttpServer.builder().limits(limits.build()), handler);
    }

    /** A handler that does not end by itself. */
    static final class Endless implements HttpHandler {
        final CountDownLatch called = new CountDownLatch(1);
        final CompletableFuture<Cancelled> ended = new CompletableFuture<>();

        @Override
        public void handle(HttpRequest request, HttpResponse response) {
            called.countDown();
            try {
                Weft.sleep(HOUR);
            } catch (Cancelled e) {
                ended.complete(e);
                throw e;
            }
        }
    }

    /** A body with a result. */
    interface Body<T> {
        T call() throws Exception;
    }

    <T> T onLoop(Body<T> body) {
        return group.spawn(body::call).join();
    }

    RawClient client(HttpServer server) throws IOException {
        RawClient client = new RawClient(server.port());
        opened.add(client);
        return client;
    }

    /** Waits until {@code condition} holds on the test's own thread. */
    static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
            Thread.yield();
        }
    }

    static void await(CountDownLatch latch) throws InterruptedException {
        Assertions.assertTrue(latch.await(LONG.toSeconds(), TimeUnit.SECONDS));
    }

    /** Waits until {@code count} has not changed for a while. */
    static void awaitStandstill(AtomicInteger count) {
        int last = -1;
        long since = System.nanoTime();
        while (last <= 0 || System.nanoTime() - since < 100_000_000) {
            if (count.get() != last) {
                last = count.get();
                since = System.nanoTime();
            }
            Thread.yield();
        }
    }

    /** Runs {@code action}, whose checked exceptions are failures of the test. */
    static void unchecked(Action action) {
        try {
            action.run();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
