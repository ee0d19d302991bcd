package dev.weft;

import static dev.weft.Greenlet.State.CANCELLED;
import static dev.weft.Greenlet.State.RETURNED;
import static dev.weft.Greenlet.State.WAITING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testing.SteppedLoop;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How a scope is cancelled, from inside and from outside. */
class ScopeCancelTest extends TaskFixture {

    @Test
    void cancellingAnEndedScopeDoesNothing() {
        CompletableFuture<Scope> leaked = new CompletableFuture<>();
        Greenlet<?> opener = stepped.spawn(() -> {
            Weft.scope(leaked::complete);
            Weft.withTimeout(HOUR, () -> Weft.sleep(SECOND));
            happened.add("slept");
        });
        stepped.runUntilIdle();
        stepped.run(() -> {
            leaked.join().cancel();
            return "";
        });
        stepped.advance(SECOND);
        assertSame(RETURNED, opener.state(), () -> opener + " " + uncaught);
        happened.assertHappened("slept");
    }

    @Test
    void cancelFromTheBodyEndsAllAndIsNoFailure() {
        Greenlet<?> opener = stepped.spawn(() -> Weft.scope(scope -> {
            scope.spawn(() -> sleepAndTell("child"));
            Weft.yieldNow();
            scope.cancel();
            assertTrue(scope.isCancelled());
            sleepAndTell("body");
        }));
        stepped.runUntilIdle();
        assertSame(RETURNED, opener.state());
        happened.assertHappened("body cancelled", "body finally", "child cancelled", "child finally");
    }

    @Test
    void cancelFromAChildEndsAll() {
        Greenlet<?> opener = stepped.spawn(() -> Weft.scope(scope -> {
            scope.spawn(() -> sleepAndTell("sibling"));
            scope.spawn(() -> {
                scope.cancel("enough");
                sleepAndTell("canceller");
            });
            sleepAndTell("body");
        }));
        stepped.runUntilIdle();
        assertSame(RETURNED, opener.state());
        assertEquals(6, happened.events().size());
    }

    @Test
    void cancelBeforeAnyChildRanKeepsThemFromRunning() {
        Greenlet<?> opener = stepped.spawn(() -> Weft.scope(scope -> {
            scope.spawn(() -> happened.add("ran"));
            scope.cancel();
            scope.spawn(() -> happened.add("ran, spawned later"));
        }));
        stepped.runUntilIdle();
        assertSame(RETURNED, opener.state());
        happened.assertHappened();
    }

    @Test
    void aScopeWithoutAValueBecauseItWasCancelledSaysSo() {
        Cancelled e = assertThrows(
                Cancelled.class,
                () -> stepped.run(() -> Weft.callInScope(scope -> {
                    scope.cancel("on purpose");
                    Weft.sleep(HOUR);
                    return "never";
                })));
        assertTrue(e.toString().contains("on purpose"), e.toString());
    }

    @Test
    void onlyTheOwningScopeAbsorbsItsCancellation() {
        Greenlet<?> opener = stepped.spawn(() -> {
            Weft.scope(outer -> {
                Weft.scope(inner -> {
                    inner.spawn(() -> sleepAndTell("child"));
                    Weft.yieldNow();
                    outer.cancel();
                    sleepAndTell("inner");
                });
                happened.add("never: between");
            });
            Weft.yieldNow();
            happened.add("free");
        });
        stepped.runUntilIdle();
        assertSame(RETURNED, opener.state());
        happened.assertHappened("inner cancelled", "inner finally", "child cancelled", "child finally", "free");
    }

    @Test
    void theInnerScopeThatWasCancelledIsLeftAndTheOuterGoesOn() {
        Greenlet<?> opener = stepped.spawn(() -> Weft.scope(outer -> {
            outer.spawn(() -> {
                Weft.sleep(SECOND);
                happened.add("sibling");
            });
            Weft.scope(inner -> {
                inner.cancel();
                Weft.sleep(HOUR);
            });
            Weft.sleep(SECOND);
            happened.add("outer body");
        }));
        stepped.advance(SECOND);
        assertSame(RETURNED, opener.state());
        happened.assertHappened("outer body", "sibling");
    }

    @Test
    void aKilledOpenerKillsItsChildrenAndWaitsForThem() {
        Greenlet<?> opener = stepped.spawn(() -> Weft.scope(scope -> {
            scope.spawn(() -> {
                try {
                    Weft.sleep(HOUR);
                } finally {
                    Weft.shield(() -> Weft.sleep(SECOND));
                    happened.add("child at " + millis());
                }
            });
        }));
        opener.onEnd(ended -> happened.add("opener at " + millis()));
        stepped.runUntilIdle();
        opener.kill();
        stepped.advance(HOUR);
        assertSame(CANCELLED, opener.state());
        happened.assertHappened("child at 1000", "opener at 1000");
    }

    @Test
    void anOpenerThatIsKilledWhileItWaitsForItsLastChildIsCancelled() {
        SteppedLoop.underSeeds(200, seeded -> {
            Greenlet<?> opener = seeded.spawn(() -> {
                Weft.scope(scope -> scope.spawn(() -> Weft.sleep(SECOND)));
                Weft.sleep(SECOND);
            });
            seeded.spawn(() -> {
                Weft.sleep(SECOND);
                opener.kill();
            });
            seeded.advance(SECOND);
            assertSame(CANCELLED, opener.state());
        });
    }

    @Test
    void aThousandScopesInsideEachOtherAreCancelledAsOne() {
        Greenlet<?> opener = stepped.spawn(() -> nested(1_000));
        stepped.runUntilIdle();
        assertSame(WAITING, opener.state());
        opener.kill();
        stepped.runUntilIdle();
        assertSame(CANCELLED, opener.state());
        happened.assertHappened("innermost");
    }

    private void nested(int depth) {
        Weft.scope(scope -> {
            if (depth > 0) {
                scope.spawn(() -> nested(depth - 1));
            } else {
                try {
                    Weft.sleep(HOUR);
                } finally {
                    happened.add("innermost");
                }
            }
        });
    }

    @Test
    void tenThousandChildrenAreCancelledAndWaitedFor() {
        int[] ended = {0};
        Greenlet<?> opener = stepped.spawn(() -> Weft.scope(scope -> {
            for (int i = 0; i < 10_000; i++) {
                scope.spawn(() -> {
                    try {
                        Weft.sleep(HOUR);
                    } finally {
                        ended[0]++;
                    }
                });
            }
        }));
        stepped.runUntilIdle();
        opener.kill();
        stepped.runUntilIdle();
        assertSame(CANCELLED, opener.state());
        assertEquals(10_000, ended[0]);
        assertEquals(0, timers());
    }
}
