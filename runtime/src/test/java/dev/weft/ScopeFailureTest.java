package dev.weft;

import static dev.weft.Greenlet.State.RETURNED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testing.SteppedLoop;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Failures in scopes, of the body and of children. */
class ScopeFailureTest extends BrokenFixture {
    @Test
    void theFirstFailureCancelsTheRestAndIsThrownWhenAllHaveEnded() {
        SteppedLoop.underSeeds(200, seeded -> {
            int[] begun = {0};
            int[] ended = {0};
            Greenlet<?> opener = seeded.spawn(() -> {
                Broken thrown = assertThrows(
                        Broken.class,
                        () -> Weft.scope(scope -> {
                            for (int i = 0; i < 5; i++) {
                                scope.spawn(() -> {
                                    begun[0]++;
                                    try {
                                        Weft.sleep(HOUR);
                                    } finally {
                                        Weft.shield(() -> Weft.sleep(SECOND));
                                        ended[0]++;
                                    }
                                });
                            }
                            scope.spawn(() -> {
                                throw first;
                            });
                        }));
                assertSame(first, thrown);
                assertEquals(begun[0], ended[0]);
            });
            seeded.advance(HOUR);
            opener.join();
            assertEquals(0, seeded.loop().greenlets().size());
        });
    }

    @Test
    void theBodysFailureCancelsTheChildren() {
        Greenlet<?> opener = stepped.spawn(() -> assertSame(
                first,
                assertThrows(
                        Broken.class,
                        () -> Weft.scope(scope -> {
                            scope.spawn(() -> sleepAndTell("child"));
                            Weft.yieldNow();
                            throw first;
                        }))));
        stepped.runUntilIdle();
        opener.join();
        happened.assertHappened("child cancelled", "child finally");
    }

    @Test
    void aChildsFailureCancelsTheBody() {
        Greenlet<?> opener = stepped.spawn(() -> assertSame(
                first,
                assertThrows(
                        Broken.class,
                        () -> Weft.scope(scope -> {
                            scope.spawn(() -> {
                                throw first;
                            });
                            sleepAndTell("body");
                        }))));
        stepped.runUntilIdle();
        opener.join();
        happened.assertHappened("body cancelled", "body finally");
    }

    @Test
    void ofManyFailuresTheOthersAreSuppressedInTheFirst() {
        Greenlet<?> opener = stepped.spawn(() -> {
            Broken thrown = assertThrows(
                    Broken.class,
                    () -> Weft.scope(scope -> {
                        scope.spawn(() -> {
                            try {
                                Weft.sleep(HOUR);
                            } finally {
                                throwIt(second);
                            }
                        });
                        Weft.yieldNow();
                        throw first;
                    }));
            assertSame(first, thrown);
            assertEquals(List.of(second), brokenIn(first));
        });
        stepped.runUntilIdle();
        opener.join();
    }

    private static void throwIt(Broken broken) throws Broken {
        throw broken;
    }

    @Test
    void aFailureThatTheBodyHasJoinedIsToldOnce() {
        Greenlet<?> opener = stepped.spawn(() -> {
            Broken thrown = assertThrows(
                    Broken.class,
                    () -> Weft.scope(scope -> scope.spawn(() -> {
                                throw first;
                            })
                            .join()));
            assertSame(first, thrown);
            assertEquals(List.of(), brokenIn(first));
        });
        stepped.runUntilIdle();
        opener.join();
    }

    @Test
    void aChildThatIsKilledAloneIsNoFailure() {
        Greenlet<?> opener = stepped.spawn(() -> Weft.scope(scope -> {
            Greenlet<?> child = scope.spawn(() -> sleepAndTell("child"));
            Weft.yieldNow();
            child.kill();
            Weft.sleep(SECOND);
            happened.add("body goes on");
        }));
        stepped.advance(SECOND);
        assertSame(RETURNED, opener.state());
        happened.assertHappened("child cancelled", "child finally", "body goes on");
    }

    @Test
    void theFailureOfAGrandchildScopeGoesUp() {
        Greenlet<?> opener = stepped.spawn(() -> assertSame(
                first,
                assertThrows(
                        Broken.class,
                        () -> Weft.scope(outer -> {
                            outer.spawn(() -> sleepAndTell("sibling"));
                            outer.spawn(() -> Weft.scope(inner -> inner.spawn(() -> {
                                throw first;
                            })));
                        }))));
        stepped.runUntilIdle();
        opener.join();
        happened.assertHappened("sibling cancelled", "sibling finally");
    }

    @Test
    void aFailureTellsMoreThanTheKillThatCameFirst() {
        stepped.spawn(() -> Weft.scope(scope -> {
            Greenlet<?> opener = Greenlet.current();
            scope.spawn(() -> {
                opener.kill();
                throwIt(first);
            });
            Weft.sleep(HOUR);
        }));
        stepped.runUntilIdle();
        assertSame(first, uncaught.remove(0));
        assertTrue(Arrays.stream(first.getSuppressed()).anyMatch(Cancelled.class::isInstance));
    }

    @Test
    void whatIsThrownByOneWhoKnowsOfTheKillIsSuppressedInIt() {
        Greenlet<?> opener = stepped.spawn(() -> Weft.scope(scope -> {
            scope.spawn(() -> {
                try {
                    Weft.sleep(HOUR);
                } finally {
                    throwIt(first);
                }
            });
            Weft.sleep(HOUR);
        }));
        stepped.runUntilIdle();
        opener.kill();
        stepped.runUntilIdle();
        assertSame(Greenlet.State.CANCELLED, opener.state());
        Cancelled cancelled = assertThrows(Cancelled.class, opener::join);
        assertSame(first, cancelled.getSuppressed()[0]);
    }

    @Test
    void tenThousandFailuresAreJoinedInReasonableTime() {
        Greenlet<?> opener = stepped.spawn(() -> {
            Broken thrown = assertThrows(
                    Broken.class,
                    () -> Weft.scope(Scope.Policy.COLLECT, scope -> {
                        for (int i = 0; i < 10_000; i++) {
                            int number = i;
                            scope.spawn(() -> fail("child " + number));
                        }
                    }));
            assertEquals(9_999, brokenIn(thrown).size());
        });
        stepped.runUntilIdle();
        opener.join();
    }
}
