package dev.weft;

import static dev.weft.Greenlet.State.CANCELLED;
import static dev.weft.Greenlet.State.RETURNED;
import static dev.weft.Greenlet.State.WAITING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** Code out of reach of the cancellations around it. */
class ShieldTest extends TaskFixture {

    @Test
    void aKillTakesEffectWithTheFirstWaitAfterTheShield() {
        Greenlet<?> victim = stepped.spawn(() -> {
            Weft.shield(() -> Weft.sleep(SECOND));
            happened.add("left at " + millis());
            Weft.yieldNow();
            happened.add("never");
        });
        stepped.runUntilIdle();
        victim.kill();
        stepped.advance(SECOND);
        assertSame(CANCELLED, victim.state());
        happened.assertHappened("left at 1000");
    }

    @Test
    void nestedShieldsEndWithTheOutermost() {
        Greenlet<?> victim = stepped.spawn(() -> {
            Weft.shield(() -> {
                Weft.shield(() -> Weft.sleep(SECOND));
                Weft.sleep(SECOND);
                happened.add("outer shield at " + millis());
            });
            sleepAndTell("after");
        });
        stepped.runUntilIdle();
        victim.kill();
        stepped.advance(HOUR);
        assertSame(CANCELLED, victim.state());
        happened.assertHappened("outer shield at 2000", "after cancelled", "after finally");
    }

    @Test
    void aDeadlineInsideAShieldCounts() {
        Greenlet<?> greenlet = stepped.spawn(() -> {
            assertFalse(Weft.shield(() -> Weft.moveOnAfter(SECOND, () -> Weft.sleep(HOUR))));
            happened.add("at " + millis());
        });
        stepped.advance(SECOND);
        assertSame(RETURNED, greenlet.state());
        happened.assertHappened("at 1000");
    }

    @Test
    void aDeadlineAroundAShieldCountsAfterIt() {
        Greenlet<?> greenlet = stepped.spawn(() -> {
            boolean inTime = Weft.moveOnAfter(SECOND, () -> {
                Weft.shield(() -> Weft.sleep(SECOND.multipliedBy(2)));
                happened.add("shielded till " + millis());
                Weft.yieldNow();
            });
            happened.add(inTime);
        });
        stepped.advance(HOUR);
        assertSame(RETURNED, greenlet.state());
        happened.assertHappened("shielded till 2000", false);
    }

    @Test
    void aShieldInsideACancelledScopeLetsItsBodyWait() {
        Greenlet<?> greenlet = stepped.spawn(() -> Weft.scope(scope -> {
            scope.cancel();
            assertThrows(Cancelled.class, () -> Weft.sleep(HOUR));
            Weft.shield(() -> Weft.sleep(SECOND));
            happened.add("at " + millis());
            assertThrows(Cancelled.class, () -> Weft.sleep(HOUR));
        }));
        stepped.advance(HOUR);
        assertSame(RETURNED, greenlet.state());
        happened.assertHappened("at 1000");
    }

    @Test
    void aCancelledScopeWaitsForItsShieldedChild() {
        Greenlet<?> opener = stepped.spawn(() -> {
            Weft.scope(scope -> {
                scope.spawn(() -> {
                    Weft.shield(() -> Weft.sleep(SECOND));
                    sleepAndTell("child");
                });
                Weft.yieldNow();
                scope.cancel();
            });
            happened.add("left at " + millis());
        });
        stepped.runUntilIdle();
        assertSame(WAITING, opener.state());
        stepped.advance(SECOND);
        assertSame(RETURNED, opener.state());
        happened.assertHappened("child cancelled", "child finally", "left at 1000");
    }

    @Test
    void aScopeInsideAShieldGoesOnWhenItsGreenletIsKilled() {
        Greenlet<?> victim = stepped.spawn(() -> {
            Weft.shield(() -> Weft.scope(scope -> scope.spawn(() -> {
                Weft.sleep(SECOND);
                happened.add("child done");
            })));
            Weft.yieldNow();
        });
        stepped.runUntilIdle();
        victim.kill();
        stepped.advance(SECOND);
        assertSame(CANCELLED, victim.state());
        happened.assertHappened("child done");
    }

    @Test
    void aScopeAroundAShieldedBodyIsCancelledForItsChildrenAtOnce() {
        Greenlet<?> victim = stepped.spawn(() -> Weft.scope(scope -> {
            scope.spawn(() -> sleepAndTell("child"));
            Weft.shield(() -> {
                Weft.sleep(SECOND);
                happened.add("body");
            });
        }));
        stepped.runUntilIdle();
        victim.kill();
        stepped.advance(SECOND);
        assertSame(CANCELLED, victim.state());
        happened.assertHappened("child cancelled", "child finally", "body");
        assertEquals(0, timers());
    }

    @Test
    void aValueComesOutOfAShield() {
        assertEquals("value", stepped.run(() -> Weft.shield(() -> "value")));
        assertThrows(
                Broken.class,
                () -> stepped.run(() -> Weft.shield(() -> {
                    fail("out of a shield");
                    return "";
                })));
    }
}
