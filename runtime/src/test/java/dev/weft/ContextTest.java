package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.spi.ContextCarrier;
import dev.weft.testing.NoGreenletLeaks;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The context of the code that starts something reaches what it starts. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class ContextTest {
    private static final ThreadLocal<@Nullable String> REQUEST = new ThreadLocal<>();

    private final LoopGroup group =
            LoopGroup.builder().loops(2).contextCarrier(ContextTest::capture).open();

    private static ContextCarrier.@Nullable Snapshot capture() {
        String there = REQUEST.get();
        return there == null
                ? null
                : () -> {
                    String before = REQUEST.get();
                    REQUEST.set(there);
                    return () -> REQUEST.set(before);
                };
    }

    @AfterEach
    void close() {
        group.close();
    }

    private void inRequest(CheckedAction<Exception> body) {
        group.loops().get(0).call(() -> {
            REQUEST.set("7");
            body.run();
        });
    }

    @Test
    void aThreadPassesItsContextToTheGreenletsItStarts() {
        REQUEST.set("of the thread");
        assertEquals("of the thread", group.spawn(REQUEST::get).join());
        assertEquals("of the thread", group.loops().get(0).call(REQUEST::get));
        REQUEST.remove();
    }

    @Test
    void greenletsHaveTheContextOfTheirSpawner() {
        inRequest(() -> {
            List<Callable<@Nullable String>> two = List.of(REQUEST::get, REQUEST::get);
            assertEquals("7", Weft.spawn(REQUEST::get).join());
            assertEquals(
                    "7", Weft.spawnAfter(Duration.ofMillis(1), REQUEST::get).join());
            assertEquals("7", group.loops().get(1).spawn(REQUEST::get).join());
            assertEquals(List.of("7", "7"), Weft.all(two));
            Weft.scope(scope -> {
                assertEquals("7", scope.spawn(REQUEST::get).join());
                assertEquals("7", scope.start(up -> up.started(REQUEST.get())));
            });
            try (ExecutorService executor = Loop.current().executor()) {
                assertEquals("7", Weft.await(executor.submit(REQUEST::get)));
            }
        });
    }

    @Test
    void aGreenletsChangesAreItsOwn() {
        inRequest(() -> {
            Greenlet<?> changing = Weft.spawn(() -> {
                REQUEST.set("8");
                Weft.yieldNow();
                assertEquals("8", REQUEST.get());
            });
            Weft.yieldNow();
            assertEquals("7", REQUEST.get());
            changing.join();
        });
    }

    @Test
    void offLoadedCallsAndWhatTheyCallHaveTheContext() {
        inRequest(() -> {
            assertEquals("7", Weft.offload(REQUEST::get));
            assertEquals("7", Weft.compute(REQUEST::get));
            assertEquals("7", Offload.abandoning().call(REQUEST::get));
            Weft.offload(() -> {
                REQUEST.set("changed");
                assertEquals("changed", Weft.fromThread(REQUEST::get));
                assertEquals("changed", Weft.fromThread(() -> Weft.offload(REQUEST::get)));
            });
        });
    }

    @Test
    void aThreadOfThePoolKeepsNothing() {
        try (LoopGroup single = LoopGroup.builder()
                .offloadThreads(1)
                .contextCarrier(ContextTest::capture)
                .open()) {
            single.next().call(() -> {
                REQUEST.set("7");
                Weft.offload(() -> {});
                REQUEST.remove();
                assertEquals(null, Weft.<@Nullable String>offload(REQUEST::get));
            });
        }
    }

    @Test
    void callbacksHaveTheContextOfTheirRegistration() {
        inRequest(() -> {
            CompletableFuture<@Nullable String> executed = new CompletableFuture<>();
            CompletableFuture<@Nullable String> ended = new CompletableFuture<>();
            CompletableFuture<@Nullable String> plain = new CompletableFuture<>();
            Weft.spawn(() -> {}).onEnd(greenlet -> ended.complete(REQUEST.get()));
            assertEquals("7", Weft.await(ended));
            Loop.current().execute(() -> executed.complete(REQUEST.get()));
            REQUEST.remove();
            Loop.current().execute(() -> plain.complete(REQUEST.get())); // by the same greenlet of the runtime
            assertEquals("7", Weft.await(executed));
            assertEquals(null, Weft.await(plain));
        });
    }

    @Test
    void carryingTakesItToThreadsToo() {
        inRequest(() -> {
            CompletableFuture<@Nullable String> there = new CompletableFuture<>();
            Callable<@Nullable String> carried = Weft.carrying(REQUEST::get);
            Thread thread = new Thread(() -> {
                try {
                    there.complete(carried.call());
                } catch (Exception e) {
                    there.completeExceptionally(e);
                }
            });
            thread.start();
            assertEquals("7", Weft.await(there));
            thread.join();
        });
    }

    @Test
    void theSpawnSiteIsStillTheUsers() {
        inRequest(() -> assertEquals(
                "theSpawnSiteIsStillTheUsers",
                Weft.spawn(() -> {}).spawnSite().getMethodName().replaceAll("lambda\\$(.*)\\$\\d+", "$1")));
    }

    @Test
    void aCarrierThatFailsIsTheSpawnersFailureOrThatOfWhatWasStarted() {
        IllegalStateException broken = new IllegalStateException("broken");
        ContextCarrier capturing = () -> {
            throw broken;
        };
        ContextCarrier installing = () -> () -> {
            throw broken;
        };
        try (LoopGroup other = LoopGroup.builder().contextCarrier(capturing).open()) {
            assertSame(broken, assertThrows(IllegalStateException.class, () -> other.spawn(() -> {})));
        }
        try (LoopGroup other = LoopGroup.builder().contextCarrier(installing).open()) {
            assertSame(
                    broken,
                    assertThrows(IllegalStateException.class, () -> other.next().call(() -> {})));
        }
    }

    @Test
    void withoutACarrierNothingIsCarried() {
        REQUEST.set("of the thread");
        try (LoopGroup plain = LoopGroup.open()) {
            assertEquals(null, plain.next().<@Nullable String>call(REQUEST::get));
        } finally {
            REQUEST.remove();
        }
    }
}
