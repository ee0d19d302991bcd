package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.weft.sync.Event;
import dev.weft.sync.Pool;
import dev.weft.sync.PoolResults;
import dev.weft.testing.NoGreenletLeaks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Very many of a kind, and chains of them: nothing in the kernel is recursive, and nothing is left. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
class CrowdTest {
    private static final int SHORT = 20_000;
    private static final int LONG = 1_000_000;

    @Test
    void aCrowdThatIsParkedIsWokenByOneEvent() {
        parkAndWake(SHORT);
    }

    @Test
    @Tag("long")
    @Timeout(600)
    void aMillionThatAreParkedAreWokenByOneEvent() {
        parkAndWake(LONG);
    }

    private static void parkAndWake(int crowd) {
        Weft.run(() -> {
            Event go = new Event();
            int[] woken = {0};
            for (int i = 0; i < crowd; i++) {
                Weft.spawn(() -> {
                    go.await();
                    woken[0]++;
                });
            }
            Weft.yieldNow();
            assertEquals(crowd + 1, Loop.current().greenlets().size());
            go.set();
            awaitOthers();
            assertEquals(crowd, woken[0]);
        });
    }

    private static void awaitOthers() {
        while (Loop.current().greenlets().size() > 1) {
            Weft.yieldNow();
        }
    }

    @Test
    void aCrowdThatIsParkedIsKilled() {
        Weft.run(() -> {
            List<Greenlet<?>> crowd = new ArrayList<>();
            for (int i = 0; i < SHORT; i++) {
                crowd.add(Weft.spawn(() -> Weft.sleep(Duration.ofHours(1))));
            }
            Weft.yieldNow();
            crowd.forEach(Greenlet::kill);
            Weft.joinAll(crowd);
            assertEquals(0, Loop.current().statistics().timers());
        });
    }

    @Test
    void aSpawnInASpawnGoesOnForAsLongAsItLikes() {
        Weft.run(() -> {
            int[] deepest = {0};
            Weft.spawn(() -> spawnNext(deepest, 10 * SHORT));
            awaitOthers();
            assertEquals(10 * SHORT, deepest[0]);
        });
    }

    private static void spawnNext(int[] deepest, int most) {
        if (++deepest[0] < most) {
            Weft.spawn(() -> spawnNext(deepest, most));
        }
    }

    @Test
    void aChainOfJoinsEndsFromItsLastLink() {
        Weft.run(() -> {
            Event end = new Event();
            Greenlet<Integer> last = Weft.spawn(() -> {
                end.await();
                return 0;
            });
            for (int i = 0; i < SHORT; i++) {
                Greenlet<Integer> next = last;
                last = Weft.spawn(() -> next.join() + 1);
            }
            Weft.yieldNow();
            end.set();
            assertEquals(SHORT, last.join());
        });
    }

    @Test
    void aChainOfEndsThatKillTheNextIsNoRecursion() {
        Weft.run(() -> {
            Greenlet<?> first = Weft.spawn(() -> Weft.sleep(Duration.ofHours(1)));
            Greenlet<?> last = first;
            for (int i = 0; i < SHORT; i++) {
                Greenlet<?> next = Weft.spawn(() -> Weft.sleep(Duration.ofHours(1)));
                last.onEnd(ended -> next.kill());
                last = next;
            }
            Weft.yieldNow();
            first.kill();
            Weft.joinAll(List.of(last));
            assertSame(Greenlet.State.CANCELLED, last.state());
        });
    }

    @Test
    void aCrowdOfUnreadResultsIsReadInTheEnd() {
        Weft.run(() -> {
            try (Pool pool = new Pool(100);
                    PoolResults<Integer> results = pool.mapUnordered(
                            IntStream.range(0, SHORT).boxed().toList(), number -> number + 1, SHORT)) {
                Weft.sleep(Duration.ofMillis(1));
                long sum = 0;
                for (int result : results) {
                    sum += result;
                }
                assertEquals(SHORT * (SHORT + 1L) / 2, sum);
            }
        });
    }

    @Test
    void aScopeInAScopeInAScopeIsCancelledFromTheOutermost() {
        Weft.run(() -> {
            int[] deepest = {0};
            int[] cancelled = {0};
            Greenlet<?> outermost = Weft.spawn(() -> openNext(deepest, cancelled));
            while (deepest[0] < SHORT) {
                Weft.yieldNow();
            }
            outermost.kill();
            awaitOthers();
            assertEquals(SHORT, cancelled[0]);
        });
    }

    private static void openNext(int[] deepest, int[] cancelled) {
        try {
            Weft.scope(scope -> {
                if (++deepest[0] < SHORT) {
                    scope.spawn(() -> openNext(deepest, cancelled));
                }
                Weft.sleep(Duration.ofHours(1));
            });
        } catch (Cancelled e) {
            cancelled[0]++;
            throw e;
        }
    }
}
