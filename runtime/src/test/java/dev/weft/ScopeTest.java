package dev.weft;

import static dev.weft.Greenlet.State.CANCELLED;
import static dev.weft.Greenlet.State.RETURNED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testing.SteppedLoop;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Who belongs to a scope, and how long it lasts. */
class ScopeTest extends TaskFixture {

    @Test
    void noChildOutlivesItsScope() {
        SteppedLoop.underSeeds(200, seeded -> {
            int[] alive = {0};
            Greenlet<?> opener = seeded.spawn(() -> {
                Weft.scope(scope -> {
                    for (int i = 0; i < 10; i++) {
                        int number = i;
                        scope.spawn(() -> {
                            alive[0]++;
                            Weft.sleep(SECOND.multipliedBy(number % 3));
                            Weft.yieldNow();
                            alive[0]--;
                        });
                    }
                });
                assertEquals(0, alive[0]);
            });
            seeded.advance(HOUR);
            opener.join();
        });
    }

    @Test
    void theBodyCountsAsAChild() {
        Greenlet<String> opener = stepped.spawn(() -> Weft.callInScope(scope -> {
            scope.spawn(() -> happened.add("child"));
            Weft.sleep(SECOND);
            happened.add("body");
            return "value";
        }));
        stepped.advance(SECOND);
        assertEquals("value", opener.join());
        happened.assertHappened("child", "body");
    }

    @Test
    void childrenSpawnGrandchildrenIntoTheSameScope() {
        Greenlet<?> opener = stepped.spawn(() -> {
            Weft.scope(scope -> scope.spawn(() -> {
                scope.spawn(() -> {
                    Weft.sleep(SECOND);
                    happened.add("grandchild");
                });
            }));
            happened.add("left");
        });
        stepped.advance(SECOND);
        opener.join();
        happened.assertHappened("grandchild", "left");
    }

    @Test
    void spawningIntoAnEndedScopeIsAnErrorThatSaysSo() {
        stepped.run(() -> {
            CompletableFuture<Scope> leaked = new CompletableFuture<>();
            Weft.scope(leaked::complete);
            IllegalStateException e = assertThrows(
                    IllegalStateException.class, () -> leaked.join().spawn(() -> {}));
            assertTrue(e.toString().contains("has ended"), e.toString());
            return "";
        });
    }

    @Test
    void aScopeIsForItsOwnLoop() throws Exception {
        CompletableFuture<Scope> scope = new CompletableFuture<>();
        Greenlet<?> opener = stepped.spawn(() -> Weft.scope(opened -> {
            scope.complete(opened);
            Weft.sleep(HOUR);
        }));
        stepped.runUntilIdle();
        assertThrows(IllegalStateException.class, () -> scope.join().spawn(() -> {}));
        assertThrows(IllegalStateException.class, () -> scope.join().cancel());
        opener.kill();
    }

    @Test
    void childrenInheritTheScopesDeadlineAndNotTheirSpawners() {
        Greenlet<?> opener = stepped.spawn(() -> {
            boolean inTime = Weft.moveOnAfter(
                    SECOND.multipliedBy(2),
                    () -> Weft.scope(scope -> {
                        Weft.moveOnAfter(SECOND, () -> {
                            scope.spawn(() -> sleepAndTell("child"));
                            Weft.sleep(HOUR);
                        });
                        happened.add("body goes on at " + millis());
                    }));
            happened.add(inTime + " at " + millis());
        });
        stepped.advance(HOUR);
        assertSame(RETURNED, opener.state());
        happened.assertHappened("body goes on at 1000", "child cancelled", "child finally", "false at 2000");
    }

    @Test
    void itsChildrenCanBeListed() {
        Greenlet<?> opener = stepped.spawn(() -> Weft.scope(scope -> {
            Greenlet<?> one = scope.spawn("one", () -> Weft.sleep(SECOND));
            Greenlet<?> two = scope.spawn("two", () -> Weft.sleep(HOUR));
            assertEquals(List.of(one, two), scope.children());
            Weft.sleep(SECOND.multipliedBy(2));
            assertEquals(List.of(two), scope.children());
            assertFalse(scope.isCancelled());
        }));
        stepped.advance(HOUR);
        opener.join();
    }

    @Test
    void aLoopThatClosesEndsItsScopes() {
        LoopGroup group = LoopGroup.open();
        Greenlet<?> opener = group.spawn(() -> Weft.scope(scope -> {
            scope.spawn(() -> Weft.scope(inner -> inner.spawn(() -> sleepAndTell("grandchild"))));
            sleepAndTell("body");
        }));
        group.spawn(() -> Weft.sleep(java.time.Duration.ofMillis(1))).join();
        group.close();
        assertSame(CANCELLED, opener.state());
        assertEquals(4, happened.events().size());
    }
}
