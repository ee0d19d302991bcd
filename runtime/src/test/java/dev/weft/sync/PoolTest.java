package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.testing.SteppedLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The places of a pool, and its end. */
@SuppressWarnings("try") // some are closed early
class PoolTest extends PoolFixture {
    @Test
    void spawnWaitsWhileThePoolIsFull() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Greenlet<?> owner = stepped.spawn(() -> {
                try (Pool pool = new Pool(2)) {
                    for (int i = 0; i < 4; i++) {
                        int number = i;
                        pool.spawn(() -> {
                            Weft.sleep(MILLI);
                            happened.add("ran " + number);
                        });
                        happened.add("spawned " + number);
                    }
                }
                happened.add("closed");
            });
            stepped.runUntilIdle();
            happened.assertHappened("spawned 0", "spawned 1");
            assertEquals("a place in pool (2 of 2 places taken)", owner.waitingOn());
            stepped.advance(MILLI);
            happened.assertHappened("ran 0", "ran 1", "spawned 2", "spawned 3");
            stepped.advance(MILLI);
            happened.assertHappened("ran 2", "ran 3", "closed");
        }
    }

    @Test
    void placesAreGivenInTheOrderOfAskingAndToNobodyWhoHasLeft() {
        SteppedLoop.underSeeds(200, stepped -> {
            List<Integer> order = new ArrayList<>();
            List<Greenlet<?>> asking = new ArrayList<>();
            Pool pool = stepped.run(() -> new Pool(1));
            for (int i = 0; i < 6; i++) {
                int number = i;
                asking.add(stepped.spawn(() -> pool.spawn(() -> {
                    Weft.sleep(MILLI);
                    order.add(number);
                })));
                stepped.runUntilIdle();
            }
            stepped.spawn(() -> {
                Weft.sleep(MILLI);
                asking.get(1).kill();
                asking.get(3).kill();
            });
            stepped.advance(MILLI.multipliedBy(10));
            order.removeIf(number -> number == 1); // the place may have been its own before the kill, in the same turn
            assertEquals(List.of(0, 2, 4, 5), order);
            stepped.run(() -> {
                pool.close();
                return null;
            });
            assertEquals("pool (0 of 1 places taken)", pool.toString());
        });
    }

    @Test
    void aMemberThatNeverRanGivesItsPlaceBack() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                try (Pool pool = new Pool(1)) {
                    pool.spawn(() -> happened.add("ran")).kill();
                    pool.spawn(() -> happened.add("next"));
                }
                return null;
            });
            happened.assertHappened("next");
        }
    }

    @Test
    void theFailureOfAMemberIsItsOwn() {
        List<Throwable> uncaught = new ArrayList<>();
        try (SteppedLoop stepped = SteppedLoop.open((greenlet, failure) -> uncaught.add(failure))) {
            stepped.run(() -> {
                try (Pool pool = new Pool(2)) {
                    pool.spawn(() -> {
                        throw new IOException("nobody joins");
                    });
                    Greenlet<?> joined = pool.spawn(() -> {
                        throw new IOException("joined");
                    });
                    assertThrows(IOException.class, () -> joined.join(IOException.class));
                }
                return null;
            });
        }
        assertEquals("[java.io.IOException: nobody joins]", uncaught.toString());
    }

    @Test
    void aPoolOfAScopeBoundsItsChildren() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Greenlet<?> owner = stepped.spawn(() -> {
                IOException thrown = assertThrows(
                        IOException.class,
                        () -> Weft.scope(scope -> {
                            Pool pool = new Pool(scope, 2);
                            pool.spawn(() -> {
                                try {
                                    Weft.sleep(Duration.ofHours(1));
                                } finally {
                                    happened.add("cancelled");
                                }
                            });
                            pool.spawn(() -> {
                                throw new IOException("first");
                            });
                            pool.spawn(() -> happened.add("never"));
                        }));
                assertEquals("java.io.IOException: first", thrown.toString());
            });
            stepped.runUntilIdle();
            assertSame(Greenlet.State.RETURNED, owner.state());
            happened.assertHappened("cancelled");
        }
    }

    @Test
    void aClosedPoolTakesNothingInAndTurnsAwayWhoWaits() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Pool pool = stepped.run(() -> new Pool(1));
            stepped.spawn(() -> pool.spawn(() -> Weft.sleep(MILLI)));
            Greenlet<?> waiting =
                    stepped.spawn(() -> assertThrows(IllegalStateException.class, () -> pool.spawn(() -> {})));
            stepped.runUntilIdle();
            Greenlet<?> closing = stepped.spawn(pool::close);
            stepped.runUntilIdle();
            assertSame(Greenlet.State.RETURNED, waiting.state());
            assertSame(Greenlet.State.WAITING, closing.state());
            stepped.advance(MILLI);
            assertSame(Greenlet.State.RETURNED, closing.state());
            stepped.run(() -> assertThrows(IllegalStateException.class, () -> pool.spawn(() -> {})));
        }
    }

    @Test
    void whoeverIsKilledWhileClosingKillsTheMembersAndWaitsForThem() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Greenlet<?> owner = stepped.spawn(() -> {
                try (Pool pool = new Pool(1)) {
                    pool.spawn(() -> {
                        try {
                            Weft.sleep(Duration.ofHours(1));
                        } finally {
                            Weft.shield(() -> Weft.sleep(MILLI));
                            happened.add("cleaned up");
                        }
                    });
                } finally {
                    happened.add("left");
                }
            });
            stepped.runUntilIdle();
            owner.kill();
            stepped.advance(MILLI);
            happened.assertHappened("cleaned up", "left");
            assertSame(Greenlet.State.CANCELLED, owner.state());
        }
    }

    @Test
    void killEndsAllAndLeavesThePoolOpen() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                try (Pool pool = new Pool(2)) {
                    Greenlet<?> one = pool.spawn(() -> Weft.sleep(Duration.ofHours(1)));
                    Greenlet<?> two = pool.spawn(() -> Weft.sleep(Duration.ofHours(1)));
                    Weft.yieldNow();
                    pool.kill();
                    pool.join();
                    assertSame(Greenlet.State.CANCELLED, one.state());
                    assertSame(Greenlet.State.CANCELLED, two.state());
                    assertEquals("again", pool.spawn(() -> "again").join());
                }
                return null;
            });
        }
    }

    @Test
    void joinWithATimeLimitLeavesTheMembersRunning() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Greenlet<?> owner = stepped.spawn(() -> {
                try (Pool pool = new Pool(1)) {
                    Greenlet<?> member = pool.spawn(() -> Weft.sleep(MILLI.multipliedBy(2)));
                    assertThrows(DeadlineExceeded.class, () -> pool.join(MILLI));
                    assertSame(Greenlet.State.WAITING, member.state());
                }
            });
            stepped.advance(MILLI.multipliedBy(2));
            assertSame(Greenlet.State.RETURNED, owner.state());
        }
    }

    @Test
    void wrongSizesAndThreadsWithoutALoopAreRefused() {
        assertThrows(IllegalStateException.class, () -> new Pool(1));
        try (LoopGroup group = LoopGroup.open()) {
            group.spawn(() -> {
                        assertThrows(IllegalArgumentException.class, () -> new Pool(0));
                        Pool pool = new Pool(1);
                        assertThrows(IllegalArgumentException.class, () -> pool.imap(numbers(1), this::square, 0));
                    })
                    .join();
        }
    }
}
