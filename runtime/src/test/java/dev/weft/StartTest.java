package dev.weft;

import static dev.weft.Greenlet.State.CANCELLED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The handshake of {@link Scope#start}. */
class StartTest extends TaskFixture {
    private final Broken broken = new Broken("broken");

    @Test
    void startReturnsWhenTheChildSaysSoAndTheChildGoesOn() {
        Greenlet<?> opener = stepped.spawn(() -> Weft.scope(scope -> {
            int port = scope.<Integer>start(started -> {
                Weft.sleep(SECOND);
                started.started(8080);
                Weft.sleep(SECOND);
                happened.add("child done at " + millis());
            });
            happened.add(port + " at " + millis());
        }));
        stepped.advance(HOUR);
        opener.join();
        happened.assertHappened("8080 at 1000", "child done at 2000");
    }

    @Test
    void aFailureBeforeItIsTheStartersAndNotTheScopes() {
        for (Scope.Policy policy : Scope.Policy.values()) {
            Greenlet<?> opener = stepped.spawn(() -> Weft.scope(policy, scope -> {
                scope.spawn(() -> Weft.sleep(SECOND));
                Broken thrown = assertThrows(
                        Broken.class,
                        () -> scope.start(started -> {
                            throw broken;
                        }));
                assertSame(broken, thrown);
                assertTrue(broken.getSuppressed()[0] instanceof SpawnSite);
                Weft.sleep(SECOND);
                happened.add("body goes on");
            }));
            stepped.runUntilIdle();
            assertEquals(List.of(), uncaught);
            stepped.advance(SECOND);
            assertTrue(opener.state().isDone());
        }
        happened.assertHappened("body goes on", "body goes on", "body goes on", "body goes on");
    }

    @Test
    void aFailureAfterItIsTheScopes() {
        Greenlet<?> opener = stepped.spawn(() -> assertSame(
                broken,
                assertThrows(
                        Broken.class,
                        () -> Weft.scope(scope -> {
                            scope.<String>start(started -> {
                                started.started("up");
                                throw broken;
                            });
                            sleepAndTell("body");
                        }))));
        stepped.runUntilIdle();
        opener.join();
        happened.assertHappened("body cancelled", "body finally");
    }

    @Test
    void aChildThatNeverSaysSoIsAnErrorThatSaysSo() {
        stepped.run(() -> {
            Weft.scope(scope -> {
                IllegalStateException e = assertThrows(IllegalStateException.class, () -> scope.start(started -> {}));
                assertTrue(e.toString().contains("without having called started"), e.toString());
            });
            return "";
        });
    }

    @Test
    void aChildThatIsKilledBeforeItTellsTheStarter() {
        Greenlet<?> opener = stepped.spawn(() -> Weft.scope(scope -> {
            Cancelled e = assertThrows(Cancelled.class, () -> scope.start(started -> sleepAndTell("child")));
            assertTrue(e.toString().contains("by the test"), e.toString());
            Weft.sleep(SECOND);
        }));
        stepped.runUntilIdle();
        stepped.loop().greenlets().get(1).kill("by the test");
        stepped.advance(SECOND);
        opener.join();
        happened.assertHappened("child cancelled", "child finally");
    }

    @Test
    void aStarterThatIsCancelledMeanwhileKillsTheChildAndWaitsForIt() {
        Greenlet<?> opener = stepped.spawn(() -> Weft.scope(scope -> {
            assertThrows(
                    DeadlineExceeded.class,
                    () -> Weft.withTimeout(
                            SECOND,
                            () -> scope.start(started -> {
                                try {
                                    Weft.sleep(HOUR);
                                } finally {
                                    Weft.shield(() -> Weft.sleep(SECOND));
                                    happened.add("child at " + millis());
                                }
                            })));
            happened.add("starter at " + millis());
            Weft.sleep(SECOND);
        }));
        stepped.advance(HOUR);
        opener.join();
        happened.assertHappened("child at 2000", "starter at 2000");
    }

    @Test
    void sayingSoTwiceIsTheChildsMistake() {
        Greenlet<?> opener = stepped.spawn(() -> {
            IllegalStateException e = assertThrows(
                    IllegalStateException.class,
                    () -> Weft.scope(scope -> scope.<String>start(started -> {
                        started.started("once");
                        started.started("twice");
                    })));
            assertTrue(e.toString().contains("second time, with twice"), e.toString());
        });
        stepped.runUntilIdle();
        opener.join();
    }

    @Test
    void aKilledStarterEndsWithItsChild() {
        Greenlet<?> opener = stepped.spawn(() -> Weft.scope(scope -> {
            scope.start(started -> sleepAndTell("child"));
        }));
        stepped.runUntilIdle();
        opener.kill();
        stepped.runUntilIdle();
        assertSame(CANCELLED, opener.state());
        happened.assertHappened("child cancelled", "child finally");
    }

    @Test
    void aStartWhoseCleanUpFailsAfterAKillIsCancelledAndItsStarterIsToldBoth() {
        Greenlet<?> opener = stepped.spawn(() -> Weft.scope(scope -> {
            Cancelled thrown = assertThrows(
                    Cancelled.class,
                    () -> scope.start(started -> {
                        try {
                            Weft.sleep(HOUR);
                        } finally {
                            throwIt();
                        }
                    }));
            assertSame(broken, thrown.getSuppressed()[0]);
        }));
        stepped.runUntilIdle();
        stepped.loop().greenlets().get(1).kill();
        stepped.runUntilIdle();
        opener.join();
    }

    private void throwIt() throws Broken {
        throw broken;
    }

    @Test
    void whereItsBodyWasWrittenIsKnown() {
        stepped.run(() -> {
            Weft.scope(scope -> {
                for (int i = 0; i < 40; i++) {
                    scope.<String>start(started -> started.started(""));
                }
                int here = new Throwable().getStackTrace()[0].getLineNumber();
                int there = scope.<Integer>start(started ->
                        started.started(Greenlet.current().spawnSite().getLineNumber()));
                assertEquals(here + 1, there);
            });
            return "";
        });
    }
}
