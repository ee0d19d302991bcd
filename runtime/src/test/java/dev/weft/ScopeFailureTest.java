package dev.weft;

import static dev.weft.Greenlet.State.CANCELLED;
import static dev.weft.Greenlet.State.RETURNED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testing.SteppedLoop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** Failures in scopes, and what the policies make of them. */
class ScopeFailureTest extends TaskFixture {
    private final Broken first = new Broken("first");
    private final Broken second = new Broken("second");

    private static List<Broken> brokenIn(Throwable failure) {
        return Arrays.stream(failure.getSuppressed())
                .filter(Broken.class::isInstance)
                .map(Broken.class::cast)
                .toList();
    }

    @Test
    void theFirstFailureCancelsTheRestAndIsThrownWhenAllHaveEnded() {
        SteppedLoop.underSeeds(200, seeded -> {
            int[] ended = {0};
            Greenlet<?> opener = seeded.spawn(() -> {
                Broken thrown = assertThrows(
                        Broken.class,
                        () -> Weft.scope(scope -> {
                            for (int i = 0; i < 5; i++) {
                                scope.spawn(() -> {
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
                assertTrue(ended[0] == 5 || ended[0] < 5, "those that never ran have no finally");
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
        assertSame(first, uncaught.remove(0));
        assertTrue(Arrays.stream(first.getSuppressed()).anyMatch(Cancelled.class::isInstance));
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
}
