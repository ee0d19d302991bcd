package dev.weft;

import static dev.weft.Greenlet.State.CANCELLED;
import static dev.weft.Greenlet.State.FAILED;
import static dev.weft.Greenlet.State.RETURNED;
import static dev.weft.Greenlet.State.WAITING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What a killed greenlet may do on its way out, and how others wait for that. */
class KillCleanUpTest extends TaskFixture {

    @Test
    void aWaitInFinallyThrowsAgain() {
        Greenlet<?> victim = stepped.spawn(() -> {
            try {
                Weft.sleep(HOUR);
            } finally {
                sleepAndTell("finally");
            }
        });
        stepped.runUntilIdle();
        victim.kill();
        stepped.runUntilIdle();
        assertSame(CANCELLED, victim.state());
        happened.assertHappened("finally cancelled", "finally finally");
    }

    @Test
    void aShieldLetsFinallyWait() {
        Greenlet<?> victim = stepped.spawn(() -> {
            try {
                Weft.sleep(HOUR);
            } finally {
                Weft.shield(() -> {
                    Weft.sleep(SECOND);
                    happened.add("cleaned up");
                });
                happened.add("after the shield");
            }
        });
        stepped.runUntilIdle();
        victim.kill("first");
        stepped.runUntilIdle();
        victim.kill("second");
        stepped.advance(SECOND);
        assertSame(CANCELLED, victim.state());
        assertTrue(assertThrows(Cancelled.class, victim::join).toString().contains("first"));
        happened.assertHappened("cleaned up", "after the shield");
    }

    @Test
    void anExceptionInFinallyIsSuppressedInTheKill() {
        Greenlet<?> victim = stepped.spawn(() -> {
            try {
                Weft.sleep(HOUR);
            } finally {
                fail("clean-up");
            }
        });
        Greenlet<Cancelled> joiner = stepped.spawn(() -> assertThrows(Cancelled.class, victim::join));
        stepped.runUntilIdle();
        victim.kill("the first cause");
        stepped.runUntilIdle();
        assertSame(CANCELLED, victim.state());
        assertTrue(joiner.join().toString().contains("the first cause"), "the kill is not told");
        assertTrue(Arrays.stream(joiner.join().getSuppressed()).anyMatch(Broken.class::isInstance));
    }

    @Test
    void oneThatReturnsAllTheSameHasReturned() {
        Greenlet<String> victim = stepped.spawn(() -> {
            try {
                Weft.sleep(HOUR);
                return "slept";
            } catch (Cancelled e) {
                return "returned";
            }
        });
        stepped.runUntilIdle();
        victim.kill();
        stepped.runUntilIdle();
        assertEquals("returned", victim.join());
    }

    @Test
    void aFailureOfItsOwnIsNoCancellation() {
        Greenlet<?> killed = stepped.spawn(() -> Weft.sleep(HOUR));
        Greenlet<?> joiner = stepped.spawn(() -> killed.join());
        stepped.runUntilIdle();
        killed.kill();
        stepped.runUntilIdle();
        assertSame(FAILED, joiner.state());
        assertInstanceOf(Cancelled.class, uncaught.remove(0));
    }

    @Test
    void codeThatSwallowsEveryKillIsSlowedDown() {
        int[] swallowed = {0};
        Greenlet<?> deaf = stepped.spawn(() -> {
            while (swallowed[0] < 100) {
                try {
                    Weft.sleep(HOUR);
                } catch (Cancelled e) {
                    swallowed[0]++;
                }
            }
        });
        stepped.runUntilIdle();
        deaf.kill();
        stepped.advance(SECOND);
        assertTrue(swallowed[0] > 5 && swallowed[0] < 15, "swallowed " + swallowed[0]);
        stepped.advance(Duration.ofMinutes(2));
        assertSame(RETURNED, deaf.state());
        assertEquals(0, timers());
    }

    @Test
    void codeThatSwallowsEveryKillIsSlowedDownAlsoWhenItShieldsItself() {
        int[] swallowed = {0};
        Greenlet<?> deaf = stepped.spawn(() -> {
            while (swallowed[0] < 1000) {
                try {
                    Weft.shield(() -> Weft.withTimeout(SECOND, () -> happened.add("cleans up")));
                    Weft.sleep(HOUR);
                } catch (Cancelled e) {
                    swallowed[0]++;
                }
            }
        });
        stepped.runUntilIdle();
        deaf.kill();
        stepped.advance(SECOND);
        assertTrue(swallowed[0] < 20, "swallowed " + swallowed[0]);
        stepped.advance(Duration.ofSeconds(1100));
        assertSame(RETURNED, deaf.state());
    }

    @Test
    void killAndJoinWaitsForFinally() {
        Greenlet<?> victim = stepped.spawn(() -> {
            try {
                Weft.sleep(HOUR);
            } finally {
                Weft.shield(() -> Weft.sleep(SECOND));
                happened.add("cleaned up");
            }
        });
        stepped.runUntilIdle();
        Greenlet<?> killer = stepped.spawn(() -> happened.add(victim.killAndJoin(HOUR) + " at " + millis()));
        stepped.advance(SECOND);
        assertSame(RETURNED, killer.state());
        happened.assertHappened("cleaned up", "true at 1000");
    }

    @Test
    void killAndJoinSaysWhenTheGraceIsOver() {
        Greenlet<?> deaf = stepped.spawn(() -> Weft.shield(() -> Weft.sleep(HOUR)));
        stepped.runUntilIdle();
        Greenlet<Boolean> killer = stepped.spawn(() -> deaf.killAndJoin(SECOND));
        stepped.advance(SECOND);
        assertFalse(killer.join());
        assertSame(WAITING, deaf.state());
        stepped.advance(HOUR);
        // It was out of reach until it was done, and waited no more.
        assertSame(RETURNED, deaf.state());
    }

    @Test
    void killAndJoinOfTheDeadIsTrueAtOnce() {
        Greenlet<?> done = stepped.spawn(() -> {});
        stepped.runUntilIdle();
        assertTrue(stepped.run(() -> done.killAndJoin(Duration.ZERO)));
    }

    @Test
    void killAndJoinOfOneselfThrowsTheKill() {
        Greenlet<?> self = stepped.spawn(() -> Greenlet.current().killAndJoin(SECOND));
        stepped.runUntilIdle();
        assertSame(CANCELLED, self.state());
    }

    @Test
    void aThreadCanKillAndJoin() {
        try (LoopGroup group = LoopGroup.open()) {
            Greenlet<?> victim = group.spawn(() -> Weft.sleep(HOUR));
            assertTrue(victim.killAndJoin(Duration.ofSeconds(20)));
            assertSame(CANCELLED, victim.state());
        }
    }
}
