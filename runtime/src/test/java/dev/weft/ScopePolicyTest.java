package dev.weft;

import static dev.weft.Greenlet.State.CANCELLED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testing.SteppedLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** What the policies make of failures and successes, and the calls that are built on them. */
class ScopePolicyTest extends BrokenFixture {
    @Test
    void collectLetsAllGoOnAndThrowsThen() {
        Greenlet<?> opener = stepped.spawn(() -> assertSame(
                first,
                assertThrows(
                        Broken.class,
                        () -> Weft.scope(Scope.Policy.COLLECT, scope -> {
                            scope.spawn(() -> Weft.sleep(SECOND));
                            scope.spawn(() -> {
                                throw first;
                            });
                            Weft.sleep(SECOND);
                            happened.add("body");
                        }))));
        stepped.advance(SECOND);
        opener.join();
        happened.assertHappened("body");
    }

    @Test
    void collectGivesEveryOutcomeInOrder() {
        Greenlet<List<Outcome<? extends String>>> opener = stepped.spawn(() -> {
            List<Callable<String>> bodies = List.of(
                    () -> {
                        Weft.sleep(SECOND);
                        return "slow";
                    },
                    () -> {
                        throw first;
                    },
                    () -> {
                        Greenlet.current().kill();
                        Weft.yieldNow();
                        return "never";
                    },
                    () -> "quick");
            return Weft.collect(bodies);
        });
        stepped.advance(SECOND);
        List<Outcome<? extends String>> outcomes = opener.join();
        assertEquals(new Outcome.Returned<>("slow"), outcomes.get(0));
        assertEquals(new Outcome.Failed<>(first), outcomes.get(1));
        assertTrue(outcomes.get(2) instanceof Outcome.Cancelled<?>);
        assertEquals(new Outcome.Returned<>("quick"), outcomes.get(3));
    }

    @Test
    void superviseLeavesAChildItsFailure() {
        Greenlet<?> opener = stepped.spawn(() -> Weft.scope(Scope.Policy.SUPERVISE, scope -> {
            scope.spawn(() -> {
                throw first;
            });
            Greenlet<?> joined = scope.spawn(() -> {
                throw second;
            });
            assertThrows(Broken.class, joined::join);
            Weft.sleep(SECOND);
            happened.add("body");
        }));
        stepped.advance(SECOND);
        opener.join();
        assertEquals(List.of(first), uncaught);
        uncaught.clear();
        happened.assertHappened("body");
    }

    @Test
    void superviseEndsAllWhenTheBodyFails() {
        Greenlet<?> opener = stepped.spawn(() -> assertThrows(
                Broken.class,
                () -> Weft.scope(Scope.Policy.SUPERVISE, scope -> {
                    scope.spawn(() -> sleepAndTell("child"));
                    Weft.yieldNow();
                    throw first;
                })));
        stepped.runUntilIdle();
        opener.join();
        happened.assertHappened("child cancelled", "child finally");
    }

    @Test
    void firstSuccessCancelsTheOthersAndWaitsForTheirCleanUp() {
        Greenlet<String> opener = stepped.spawn(() -> {
            List<Callable<String>> bodies = List.of(
                    () -> {
                        throw first;
                    },
                    () -> {
                        Weft.sleep(SECOND);
                        return "winner";
                    },
                    () -> {
                        try {
                            Weft.sleep(HOUR);
                            return "late";
                        } finally {
                            Weft.shield(() -> Weft.sleep(SECOND));
                            happened.add("cleaned up at " + millis());
                        }
                    });
            return Weft.firstSuccess(bodies);
        });
        stepped.advance(HOUR);
        assertEquals("winner", opener.join());
        happened.assertHappened("cleaned up at 2000");
    }

    @Test
    void firstSuccessGivesOneOfThoseThatTie() {
        SteppedLoop.underSeeds(200, seeded -> {
            List<Callable<Integer>> bodies = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                int number = i;
                bodies.add(() -> {
                    Weft.sleep(SECOND);
                    return number;
                });
            }
            Greenlet<Integer> opener = seeded.spawn(() -> Weft.firstSuccess(bodies));
            seeded.advance(SECOND);
            assertTrue(opener.join() >= 0);
        });
    }

    @Test
    void firstSuccessOfNoneThrowsTheFirstFailureWithTheOthersSuppressed() {
        List<Callable<String>> bodies = List.of(
                () -> {
                    throw first;
                },
                () -> {
                    throw second;
                });
        assertSame(first, assertThrows(Broken.class, () -> stepped.run(() -> Weft.firstSuccess(bodies))));
        assertEquals(List.of(second), brokenIn(first));
        assertThrows(IllegalArgumentException.class, () -> stepped.run(() -> Weft.firstSuccess(List.of())));
    }

    @Test
    void firstSuccessOfWhichAllWereKilledSaysSo() {
        List<Callable<String>> bodies = List.of(() -> {
            Greenlet.current().kill();
            Weft.sleep(HOUR);
            return "never";
        });
        Cancelled e = assertThrows(Cancelled.class, () -> stepped.run(() -> Weft.firstSuccess(bodies)));
        assertTrue(e.toString().contains("each of its children was killed"), e.toString());
    }

    @Test
    void aNullIsASuccessToo() {
        List<Callable<@org.jspecify.annotations.Nullable String>> bodies = List.of(() -> null);
        assertEquals(null, stepped.run(() -> Weft.<@org.jspecify.annotations.Nullable String>firstSuccess(bodies)));
    }

    @Test
    void aFailureOfTheBodyIsNotForgottenForASuccess() {
        Greenlet<?> opener = stepped.spawn(() -> assertSame(
                first,
                assertThrows(
                        Broken.class,
                        () -> Weft.scope(Scope.Policy.FIRST_SUCCESS, scope -> {
                            scope.spawn(() -> "success");
                            try {
                                Weft.sleep(HOUR);
                            } finally {
                                throwIt(first);
                            }
                        }))));
        stepped.runUntilIdle();
        opener.join();
    }

    @Test
    void firstSuccessThatIsKilledIsCancelled() {
        Greenlet<?> opener = stepped.spawn(() -> {
            Callable<String> sleeper = () -> {
                sleepAndTell("body");
                return "";
            };
            return Weft.firstSuccess(List.of(sleeper));
        });
        stepped.runUntilIdle();
        opener.kill();
        stepped.runUntilIdle();
        assertSame(CANCELLED, opener.state());
        happened.assertHappened("body cancelled", "body finally");
    }

    @Test
    void allGivesTheResultsInOrderOrTheFirstFailure() {
        Greenlet<?> opener = stepped.spawn(() -> {
            List<Callable<Integer>> bodies = List.of(
                    () -> {
                        Weft.sleep(SECOND);
                        return 1;
                    },
                    () -> 2);
            assertEquals(List.of(1, 2), Weft.all(bodies));
            assertEquals(List.of(), Weft.all(List.<Callable<Integer>>of()));
            List<Callable<Integer>> failing = List.of(
                    () -> {
                        sleepAndTell("other");
                        return 1;
                    },
                    () -> {
                        throw first;
                    });
            assertSame(first, assertThrows(Broken.class, () -> Weft.all(failing)));
        });
        stepped.advance(SECOND);
        opener.join();
        happened.assertHappened("other cancelled", "other finally");
    }

    private static void throwIt(Broken broken) throws Broken {
        throw broken;
    }
}
