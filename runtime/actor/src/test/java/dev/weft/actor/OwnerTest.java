package dev.weft.actor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.spi.Owners;
import dev.weft.sync.Channel;
import dev.weft.sync.Event;
import dev.weft.sync.Select;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import dev.weft.testing.SteppedLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What {@code gen_server} and {@code ActorRef} promise for calls and casts, on one loop. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class OwnerTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Recorder happened = new Recorder();

    private static <S> Owner<S> start(SteppedLoop stepped, String name, S state) {
        return stepped.run(() -> Owner.start(name, () -> state));
    }

    @Test
    void anAskReturnsTheAnswer() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Owner<List<String>> names = start(stepped, "names", new ArrayList<>());
            assertEquals(2, stepped.<Integer>run(() -> {
                names.tell(list -> list.add("Ada"));
                names.tell(list -> list.add("Grace"));
                return names.ask(List::size);
            }));
        }
    }

    @Test
    void onlyItsOwnGreenletTouchesTheState() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Owner<Recorder> owner = stepped.run(() -> Owner.start("owner", () -> {
                happened.add(Greenlet.current().name());
                return happened;
            }));
            stepped.run(() -> {
                owner.tell(state -> state.add(Greenlet.current()));
                return owner.ask(state -> {
                    state.add(Greenlet.current());
                    return true;
                });
            });
            happened.assertHappened("owner", owner.greenlet(), owner.greenlet());
        }
    }

    @Test
    void requestsOfOneSenderAreHandledInOrderAlsoWhileOneWaits() {
        SteppedLoop.underSeeds(50, stepped -> {
            Recorder record = new Recorder();
            Owner<Recorder> owner = start(stepped, "owner", record);
            stepped.spawn(() -> {
                for (int i = 0; i < 3; i++) {
                    int number = i;
                    owner.tell(state -> {
                        state.add("begin " + number);
                        Weft.yieldNow();
                        state.add("end " + number);
                    });
                }
            });
            stepped.runUntilIdle();
            record.assertHappened("begin 0", "end 0", "begin 1", "end 1", "begin 2", "end 2");
        });
    }

    private static int refuse(Object state) throws IOException {
        throw new IOException("refused");
    }

    @Test
    void whatAQuestionThrowsComesBackWithBothStacksAndTheOwnerGoesOn() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Owner<String> owner = start(stepped, "clerk", "state");
            IOException failure =
                    stepped.run(() -> assertThrows(IOException.class, () -> owner.ask(OwnerTest::refuse)));
            assertEquals("refused", failure.getMessage());
            assertEquals("refuse", failure.getStackTrace()[0].getMethodName());
            AskSite site = assertInstanceOf(AskSite.class, failure.getSuppressed()[0]);
            assertTrue(site.toString().contains("clerk"), site::toString);
            assertTrue(
                    Arrays.stream(site.getStackTrace())
                            .anyMatch(frame -> frame.getClassName().startsWith(OwnerTest.class.getName())),
                    () -> Arrays.toString(site.getStackTrace()));
            assertEquals("state", stepped.<String>run(() -> owner.ask(state -> state)));
        }
    }

    @Test
    void aFailureThatManyShareDoesNotGrowWithoutBound() {
        IllegalStateException shared = new IllegalStateException("shared");
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Owner<String> owner = start(stepped, "owner", "state");
            stepped.run(() -> {
                for (int i = 0; i < 100; i++) {
                    assertSame(
                            shared,
                            assertThrows(
                                    IllegalStateException.class,
                                    () -> owner.ask(state -> {
                                        throw shared;
                                    })));
                }
                return null;
            });
            assertEquals(16, shared.getSuppressed().length);
        }
    }

    @Test
    void whatATellThrowsEndsTheOwnerAndFailsThePendingQuestions() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Owner<String> owner = start(stepped, "clerk", "state");
            IllegalStateException cause = new IllegalStateException("broken");
            Greenlet<OwnerEnded> asker = stepped.spawn(() -> {
                owner.tell(state -> {
                    throw cause;
                });
                return assertThrows(OwnerEnded.class, () -> owner.ask(state -> state));
            });
            stepped.spawn(() -> assertSame(cause, assertThrows(IllegalStateException.class, owner.greenlet()::join)));
            stepped.runUntilIdle();
            OwnerEnded ended = asker.join();
            assertSame(cause, ended.getCause());
            assertEquals("clerk", ended.owner());
            assertEquals("owner \"clerk\" has failed: java.lang.IllegalStateException: broken", ended.getMessage());
            assertTrue(ended.getSuppressed()[0] instanceof AskSite, "it tells who asked");
        }
    }

    @Test
    void aKillFailsTheQuestionInProgressAndThoseThatAreQueued() {
        SteppedLoop.underSeeds(50, stepped -> {
            Owner<String> owner = start(stepped, "clerk", "state");
            List<Greenlet<OwnerEnded>> askers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                askers.add(stepped.spawn(() -> assertThrows(
                        OwnerEnded.class,
                        () -> owner.ask(state -> {
                            Weft.sleep(SECOND);
                            return state;
                        }))));
            }
            stepped.runUntilIdle();
            owner.kill("enough");
            stepped.runUntilIdle();
            for (Greenlet<OwnerEnded> asker : askers) {
                String message = asker.join().getMessage();
                assertTrue(message.startsWith("owner \"clerk\" was killed"), message);
                assertTrue(message.contains("(enough) waiting for sleep"), message);
            }
        });
    }

    @Test
    void aQuestionThatConvertsTheKillStillFailsAsTheOwnersEnd() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Owner<String> owner = start(stepped, "clerk", "state");
            Greenlet<?> asker = stepped.spawn(() -> assertThrows(
                    OwnerEnded.class,
                    () -> owner.ask(state -> {
                        try {
                            Weft.sleep(SECOND);
                        } catch (Cancelled e) {
                            throw new IllegalStateException("converted", e);
                        }
                        return state;
                    })));
            stepped.runUntilIdle();
            owner.kill();
            stepped.runUntilIdle();
            assertSame(Greenlet.State.RETURNED, asker.state());
            assertSame(Greenlet.State.CANCELLED, owner.greenlet().state());
        }
    }

    @Test
    void oneThatHasEndedRefusesRequestsAtOnce() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Owner<String> owner = start(stepped, "clerk", "state");
            stepped.run(() -> {
                owner.stop();
                assertEquals(
                        "owner \"clerk\" is stopping",
                        assertThrows(OwnerEnded.class, () -> owner.tell(state -> {}))
                                .getMessage());
                return null;
            });
            stepped.run(() -> {
                assertThrows(OwnerEnded.class, () -> owner.tell(state -> {}));
                assertThrows(OwnerEnded.class, () -> owner.tryTell(state -> {}));
                assertEquals(
                        "owner \"clerk\" has ended",
                        assertThrows(OwnerEnded.class, () -> owner.ask(state -> state))
                                .getMessage());
                return null;
            });
        }
    }

    @Test
    void stopHandlesWhatIsQueued() {
        SteppedLoop.underSeeds(50, stepped -> {
            Recorder record = new Recorder();
            Owner<Recorder> owner = start(stepped, "owner", record);
            Greenlet<Boolean> stopping = stepped.spawn(() -> {
                for (int i = 0; i < 3; i++) {
                    int number = i;
                    owner.tell(state -> {
                        Weft.yieldNow();
                        state.add(number);
                    });
                }
                return owner.stop(SECOND);
            });
            stepped.runUntilIdle();
            record.assertHappened(0, 1, 2);
            assertTrue(stopping.join());
            assertSame(Greenlet.State.RETURNED, owner.greenlet().state());
        });
    }

    @Test
    void stopKillsAfterTheGrace() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Owner<Recorder> owner = start(stepped, "owner", happened);
            Greenlet<Boolean> stopping = stepped.spawn(() -> {
                owner.tell(state -> Weft.sleep(SECOND.multipliedBy(10)));
                owner.tell(state -> state.add("never"));
                return owner.stop(SECOND);
            });
            stepped.advance(SECOND);
            assertFalse(stopping.join());
            happened.assertHappened();
        }
    }

    @Test
    void aKillIsAtOnce() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Owner<Recorder> owner = start(stepped, "owner", happened);
            stepped.run(() -> {
                owner.tell(state -> {
                    state.add("first");
                    owner.kill();
                });
                owner.tell(state -> state.add("second"));
                return null;
            });
            happened.assertHappened("first");
            assertSame(Greenlet.State.CANCELLED, owner.greenlet().state());
        }
    }

    @Test
    void theStateIsReleasedHoweverTheOwnerEnds() {
        List<StateAction<Owner<Recorder>>> ends = List.of(
                Owner::stop,
                Owner::kill,
                owner -> owner.tell(state -> {
                    throw new IOException("broken");
                }));
        for (StateAction<Owner<Recorder>> end : ends) {
            try (SteppedLoop stepped = SteppedLoop.open((greenlet, failure) -> {})) {
                Owner<Recorder> owner =
                        stepped.run(() -> Owner.builder("owner").start(() -> happened, state -> state.add("released")));
                stepped.run(() -> {
                    end.accept(owner);
                    return null;
                });
                happened.assertHappened("released");
            }
        }
    }

    @Test
    void aFailureToStartIsThrownToTheStarter() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                assertEquals(
                        "no state",
                        assertThrows(
                                        IOException.class,
                                        () -> Owner.start("owner", () -> {
                                            Weft.yieldNow();
                                            throw new IOException("no state");
                                        }))
                                .getMessage());
                return null;
            });
        }
    }

    @Test
    void oneWhoseStarterIsKilledIsKilled() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Greenlet<?> starter = stepped.spawn(() -> Owner.start("owner", () -> {
                Weft.sleep(SECOND);
                return happened;
            }));
            stepped.runUntilIdle();
            starter.kill();
            stepped.runUntilIdle();
            assertEquals(List.of(), stepped.loop().greenlets());
        }
    }

    @Test
    void aQuestionWhoseTimeIsUpBeforeItHasBegunNeverBegins() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Owner<Recorder> owner = start(stepped, "clerk", happened);
            stepped.spawn(() -> owner.tell(state -> Weft.sleep(SECOND.multipliedBy(2))));
            Greenlet<?> asker = stepped.spawn(() -> owner.ask(
                    state -> {
                        state.add("begun");
                        return true;
                    },
                    SECOND));
            stepped.spawn(() -> assertEquals(
                    "timed out after PT1S waiting for the answer of owner \"clerk\"",
                    assertThrows(DeadlineExceeded.class, asker::join).getMessage()));
            stepped.advance(SECOND.multipliedBy(3));
            happened.assertHappened();
        }
    }

    @Test
    void aQuestionThatHasBegunFinishesAndItsAnswerIsDropped() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Owner<Recorder> owner = start(stepped, "clerk", happened);
            Greenlet<?> asker = stepped.spawn(() -> owner.ask(
                    state -> {
                        Weft.sleep(SECOND.multipliedBy(2));
                        state.add("finished");
                        return true;
                    },
                    SECOND));
            stepped.spawn(() -> assertEquals(
                    "timed out after PT1S waiting for the answer of owner \"clerk\", which is at work on it",
                    assertThrows(DeadlineExceeded.class, asker::join).getMessage()));
            stepped.advance(SECOND.multipliedBy(3));
            happened.assertHappened("finished");
            assertEquals(1, stepped.<Integer>run(() -> owner.ask(state -> 1)));
        }
    }

    @Test
    void aQuestionOfAKilledAskerNeverBegins() {
        SteppedLoop.underSeeds(50, stepped -> {
            Recorder record = new Recorder();
            Owner<Recorder> owner = start(stepped, "owner", record);
            stepped.spawn(() -> owner.tell(state -> Weft.sleep(SECOND)));
            stepped.runUntilIdle();
            Greenlet<?> asker = stepped.spawn(() -> owner.ask(state -> {
                state.add("begun");
                return true;
            }));
            stepped.runUntilIdle();
            asker.kill();
            stepped.advance(SECOND);
            record.assertHappened();
        });
    }

    @Test
    void anOwnerThatAsksItselfIsToldSo() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Owner<String> owner = start(stepped, "clerk", "state");
            IllegalStateException e = stepped.run(() ->
                    assertThrows(IllegalStateException.class, () -> owner.ask(state -> owner.ask(inner -> inner))));
            assertTrue(e.toString().contains("owner \"clerk\" waits for itself"), e::toString);
        }
    }

    @Test
    void aQuestionCanBeAClauseOfASelectAndIsWithdrawnIfAnotherIsChosen() {
        SteppedLoop.underSeeds(50, stepped -> {
            Recorder record = new Recorder();
            Owner<Recorder> owner = start(stepped, "owner", record);
            Channel<String> other = Channel.on(stepped.loop()).buffered(1);
            assertEquals(
                    "answer",
                    stepped.<String>run(() ->
                            Weft.select(Select.on(owner.asking(state -> "answer")), Select.on(other.receiving()))));
            stepped.spawn(() -> owner.tell(state -> Weft.sleep(SECOND)));
            stepped.runUntilIdle();
            Greenlet<String> asker = stepped.spawn(() -> Weft.select(
                    Select.on(owner.asking(state -> {
                        state.add("begun");
                        return "answer";
                    })),
                    Select.on(other.receiving())));
            stepped.runUntilIdle();
            other.trySend("other");
            stepped.advance(SECOND);
            assertEquals("other", asker.join());
            record.assertHappened();
        });
    }

    @Test
    void aWaitForAnAnswerNamesTheOwnerAsTheOneWhoCouldEndIt() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Owner<String> owner = start(stepped, "clerk", "state");
            Owners owners = owner.asking(state -> state).owners();
            assertEquals(List.of(owner.greenlet()), owners.members());
            assertSame(Owners.Rule.ANY, owners.rule());
            stepped.runUntilIdle();
            assertEquals("owner \"clerk\"", owner.greenlet().waitingOn());
        }
    }

    @Test
    void aScopeEndsAfterItsOwnersAndWithTheirFailure() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                Weft.scope(scope -> {
                    Owner<Recorder> owner = Owner.builder("owner").in(scope).start(() -> happened);
                    owner.tell(state -> state.add("handled"));
                    owner.stop();
                });
                happened.assertHappened("handled");
                IOException broken = new IOException("broken");
                assertSame(
                        broken,
                        assertThrows(
                                IOException.class,
                                () -> Weft.scope(scope -> {
                                    Owner<Recorder> owner =
                                            Owner.builder("owner").in(scope).start(() -> happened);
                                    owner.tell(state -> {
                                        throw broken;
                                    });
                                })));
                return null;
            });
        }
    }

    @Test
    void itsStatisticsTellWhatIsQueuedAndWhatWasHandled() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Owner<String> owner = start(stepped, "owner", "state");
            Event go = new Event(stepped.loop());
            stepped.spawn(() -> {
                owner.tell(state -> go.await());
                owner.tell(state -> {});
                owner.tell(state -> {});
            });
            stepped.runUntilIdle();
            assertEquals(new Owner.Statistics(2, 0, 0), owner.statistics());
            assertEquals(2, owner.size());
            assertEquals(1024, owner.capacity());
            go.set();
            stepped.runUntilIdle();
            assertEquals(new Owner.Statistics(0, 3, 0), owner.statistics());
        }
    }
}
