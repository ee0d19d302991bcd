package dev.weft;

import static dev.weft.Greenlet.State.RETURNED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** Blocks with a deadline, nested and alone. */
class TimeoutTest extends TaskFixture {
    private static final Duration TWO = Duration.ofSeconds(2);

    @Test
    void aBlockThatIsLateThrowsWhatNamesItsTimeAndIsNoCancelled() {
        Greenlet<DeadlineExceeded> greenlet = stepped.spawn(() ->
                assertThrows(DeadlineExceeded.class, () -> Weft.withTimeout(SECOND, () -> sleepAndTell("block"))));
        stepped.advance(SECOND);
        DeadlineExceeded e = greenlet.join();
        assertEquals(SECOND, e.timeout());
        assertTrue(e.toString().contains("PT1S"), e.toString());
        assertFalse(Cancelled.class.isAssignableFrom(DeadlineExceeded.class));
        happened.assertHappened("block cancelled", "block finally");
        assertEquals(0, timers());
    }

    /** Below JDK code that swallows runtime exceptions, such as a resolver of names, a wait throws it in disguise. */
    @Test
    void aCancellationInsideAnInterruptedIoExceptionIsKnown() {
        Callable<Object> disguising = () -> {
            try {
                Weft.sleep(HOUR);
                return "";
            } catch (Cancelled e) {
                throw (IOException) new InterruptedIOException().initCause(e);
            }
        };
        Greenlet<?> late = stepped.spawn(
                () -> assertThrows(DeadlineExceeded.class, () -> Weft.withTimeout(SECOND, disguising::call)));
        Greenlet<?> outer = stepped.spawn(() -> {
            DeadlineExceeded e = assertThrows(
                    DeadlineExceeded.class,
                    () -> Weft.withTimeout(SECOND, () -> Weft.withTimeout(TWO, disguising::call)));
            assertEquals(SECOND, e.timeout());
        });
        Greenlet<?> killed = stepped.spawn(disguising);
        stepped.advance(SECOND);
        killed.kill();
        stepped.runUntilIdle();
        assertSame(RETURNED, late.state());
        assertSame(RETURNED, outer.state());
        assertSame(Greenlet.State.CANCELLED, killed.state());
        assertThrows(Cancelled.class, killed::join);
    }

    @Test
    void aBlockThatIsInTimeGivesItsValueAndLeavesNoTimer() {
        assertEquals("value", stepped.run(() -> Weft.withTimeout(HOUR, () -> "value")));
        assertTrue(stepped.run(() -> Weft.moveOnAfter(HOUR, Weft::yieldNow)));
        assertThrows(
                Broken.class,
                () -> stepped.run(() -> Weft.withTimeout(HOUR, () -> {
                    fail("of its own");
                    return "";
                })));
        assertEquals(0, timers());
    }

    @Test
    void zeroAndLessMeanThatTheFirstWaitThrows() {
        stepped.run(() -> {
            for (Duration timeout : new Duration[] {Duration.ZERO, Duration.ofSeconds(-1)}) {
                assertEquals("value", Weft.withTimeout(timeout, () -> "value"));
                assertThrows(DeadlineExceeded.class, () -> Weft.withTimeout(timeout, () -> Weft.sleep(HOUR)));
                assertThrows(DeadlineExceeded.class, () -> Weft.withTimeout(timeout, () -> Weft.yieldNow()));
                assertFalse(Weft.moveOnAfter(timeout, Weft::yieldNow));
            }
            return "";
        });
    }

    @Test
    void aDurationThatTheClockCannotReachIsNever() {
        Greenlet<?> greenlet = stepped.spawn(() -> Weft.withTimeout(Duration.ofSeconds(Long.MAX_VALUE), () -> {
            assertEquals(Optional.empty(), Weft.effectiveDeadline());
            Weft.sleep(HOUR);
        }));
        stepped.spawn(() -> assertFalse(Weft.moveOnAfter(SECOND, () -> Weft.sleep(Duration.ofNanos(Long.MAX_VALUE)))));
        stepped.advance(HOUR);
        assertSame(RETURNED, greenlet.state());
    }

    @Test
    void theInnerOneThatIsShorterExpiresAlone() {
        Greenlet<?> greenlet = stepped.spawn(() -> Weft.withTimeout(TWO, () -> {
            DeadlineExceeded e =
                    assertThrows(DeadlineExceeded.class, () -> Weft.withTimeout(SECOND, () -> Weft.sleep(HOUR)));
            assertEquals(SECOND, e.timeout());
            Weft.sleep(Duration.ofMillis(500));
            happened.add("goes on");
        }));
        stepped.advance(TWO);
        assertSame(RETURNED, greenlet.state());
        happened.assertHappened("goes on");
    }

    @Test
    void theOuterOneThatIsShorterIsNotSwallowedByTheInner() {
        Greenlet<?> greenlet = stepped.spawn(() -> {
            DeadlineExceeded e = assertThrows(
                    DeadlineExceeded.class,
                    () -> Weft.withTimeout(SECOND, () -> {
                        Weft.moveOnAfter(TWO, () -> Weft.sleep(HOUR));
                        happened.add("never");
                    }));
            assertEquals(SECOND, e.timeout());
        });
        stepped.advance(SECOND);
        assertSame(RETURNED, greenlet.state());
        happened.assertHappened();
    }

    @Test
    void ofTwoThatExpireInOneInstantTheOuterIsTold() {
        Greenlet<?> outerSetFirst = stepped.spawn(() -> {
            DeadlineExceeded e = assertThrows(
                    DeadlineExceeded.class,
                    () -> Weft.withTimeout(
                            SECOND, () -> Weft.withTimeout(Duration.ofNanos(999_999_999), () -> Weft.sleep(HOUR))));
            happened.add(e.timeout());
        });
        stepped.advance(SECOND);
        assertSame(RETURNED, outerSetFirst.state());
        happened.assertHappened(SECOND);
    }

    @Test
    void ofTwoThatExpireInOneInstantTheOuterIsToldAlsoIfTheInnerFiresFirst() {
        Greenlet<?> greenlet = stepped.spawn(() -> Weft.scope(scope -> {
            // The timer of the inner one is set first, in the same millisecond.
            Greenlet<?> child = scope.spawn(() -> {
                boolean inTime = Weft.moveOnAfter(SECOND, () -> Weft.sleep(HOUR));
                happened.add("inner " + inTime);
                Weft.sleep(HOUR);
            });
            Weft.yieldNow();
            Weft.moveOnAfter(SECOND, () -> child.join());
            happened.add("outer");
            child.kill();
        }));
        stepped.advance(SECOND);
        assertSame(RETURNED, greenlet.state());
        happened.assertHappened("inner false", "outer");
    }

    @Test
    void theOuterOneThatExpiresWhileTheInnerUnwindsIsToldAtTheNextWait() {
        Greenlet<?> greenlet = stepped.spawn(() -> {
            assertThrows(
                    DeadlineExceeded.class,
                    () -> Weft.withTimeout(TWO, () -> {
                        boolean inTime = Weft.moveOnAfter(SECOND, () -> {
                            try {
                                Weft.sleep(HOUR);
                            } finally {
                                Weft.shield(() -> Weft.sleep(SECOND));
                            }
                        });
                        happened.add("inner " + inTime);
                        Weft.yieldNow();
                        happened.add("never");
                    }));
        });
        stepped.advance(TWO);
        assertSame(RETURNED, greenlet.state(), greenlet::toString);
        happened.assertHappened("inner false");
    }

    @Test
    void theFailureOfAnInnerTimeoutPassesTheOuterAsItIs() {
        Greenlet<?> greenlet = stepped.spawn(() -> {
            DeadlineExceeded e = assertThrows(
                    DeadlineExceeded.class,
                    () -> Weft.withTimeout(HOUR, () -> Weft.withTimeout(SECOND, () -> Weft.sleep(HOUR))));
            assertEquals(SECOND, e.timeout());
            assertTrue(Weft.moveOnAfter(
                    HOUR, () -> assertThrows(DeadlineExceeded.class, () -> Weft.await(Weft.timer(HOUR), SECOND))));
        });
        stepped.advance(TWO);
        assertSame(RETURNED, greenlet.state());
    }

    @Test
    void aBodyThatSwallowsTheCancelAndReturnsHasReturned() {
        Greenlet<String> greenlet = stepped.spawn(() -> Weft.withTimeout(SECOND, () -> {
            assertThrows(Cancelled.class, () -> Weft.sleep(HOUR));
            assertThrows(Cancelled.class, () -> Weft.sleep(HOUR));
            return "value";
        }));
        stepped.advance(TWO);
        assertEquals("value", greenlet.join());
        assertEquals(0, timers());
    }

    @Test
    void afterTheBlockTheGreenletCanWaitAgain() {
        Greenlet<?> greenlet = stepped.spawn(() -> {
            for (int i = 0; i < 3; i++) {
                assertFalse(Weft.moveOnAfter(SECOND, () -> Weft.sleep(HOUR)));
            }
            Weft.sleep(SECOND);
            happened.add("at " + millis());
        });
        stepped.advance(HOUR);
        assertSame(RETURNED, greenlet.state());
        happened.assertHappened("at 4000");
    }

    @Test
    void aKillInsideATimeoutIsNoTimeout() {
        Greenlet<?> victim = stepped.spawn(() -> Weft.moveOnAfter(SECOND, () -> sleepAndTell("victim")));
        stepped.runUntilIdle();
        victim.kill();
        stepped.advance(TWO);
        assertSame(Greenlet.State.CANCELLED, victim.state());
        happened.assertHappened("victim cancelled", "victim finally");
        assertEquals(0, timers());
    }

    @Test
    void aTimeoutInsideAKilledGreenletIsTheKill() {
        Greenlet<?> victim = stepped.spawn(() -> {
            try {
                Weft.sleep(HOUR);
            } finally {
                Weft.moveOnAfter(Duration.ZERO, () -> sleepAndTell("clean-up"));
                happened.add("never");
            }
        });
        stepped.runUntilIdle();
        victim.kill();
        stepped.runUntilIdle();
        assertSame(Greenlet.State.CANCELLED, victim.state());
        happened.assertHappened("clean-up cancelled", "clean-up finally");
    }

    @Test
    void theEffectiveDeadlineIsTheNearestUpToAShield() {
        Greenlet<?> greenlet = stepped.spawn(() -> {
            assertEquals(Optional.empty(), Weft.effectiveDeadline());
            Weft.withTimeout(
                    SECOND,
                    () -> Weft.withTimeout(HOUR, () -> {
                        Weft.sleep(Duration.ofMillis(400));
                        assertEquals(Optional.of(Duration.ofMillis(600)), Weft.effectiveDeadline());
                        Weft.shield(() -> {
                            assertEquals(Optional.empty(), Weft.effectiveDeadline());
                            Weft.withTimeout(TWO, () -> assertEquals(Optional.of(TWO), Weft.effectiveDeadline()));
                        });
                        Weft.scope(scope -> scope.spawn(
                                () -> assertEquals(Optional.of(Duration.ofMillis(600)), Weft.effectiveDeadline())));
                    }));
            Greenlet.current().kill();
            assertEquals(Optional.of(Duration.ZERO), Weft.effectiveDeadline());
        });
        stepped.advance(HOUR);
        assertSame(RETURNED, greenlet.state());
    }

    @Test
    void whoeverIsGivenAValueInTheInstantOfItsTimeoutHasIt() {
        dev.weft.testing.SteppedLoop.underSeeds(200, seeded -> {
            KillInWaitTest.Values values = new KillInWaitTest.Values();
            int[] got = {0};
            for (int i = 0; i < 2; i++) {
                seeded.spawn(() -> {
                    if (Weft.moveOnAfter(SECOND, () -> Weft.await(values))) {
                        got[0]++;
                    }
                });
            }
            seeded.spawn(() -> {
                Weft.sleep(SECOND);
                values.put("value");
            });
            seeded.advance(SECOND);
            assertTrue(got[0] <= 1, "given twice");
            assertEquals(0, seeded.loop().greenlets().size());
        });
    }
}
