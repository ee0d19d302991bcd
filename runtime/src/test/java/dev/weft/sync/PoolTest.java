package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import dev.weft.testing.SteppedLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
@SuppressWarnings("try") // some are closed early
class PoolTest {
    private static final Duration MILLI = Duration.ofMillis(1);
    private final Recorder happened = new Recorder();
    private int running;
    private int mostRunning;

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    /** Takes a while, and counts how many do so at a time. */
    private int square(int number) {
        mostRunning = Math.max(mostRunning, ++running);
        try {
            Weft.sleep(MILLI.multipliedBy(1 + number % 3));
            return number * number;
        } finally {
            running--;
        }
    }

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
    void mapGivesTheResultsInTheOrderOfTheItems() {
        SteppedLoop.underSeeds(50, stepped -> {
            mostRunning = 0;
            Greenlet<List<Integer>> squares = stepped.spawn(() -> {
                try (Pool pool = new Pool(4)) {
                    return pool.map(numbers(20), this::square);
                }
            });
            stepped.advance(MILLI.multipliedBy(60));
            assertEquals(numbers(20).stream().map(i -> i * i).toList(), squares.join());
            assertEquals(4, mostRunning);
        });
    }

    @Test
    void mapUnorderedGivesTheResultsInTheOrderOfCompletion() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Greenlet<?> reader = stepped.spawn(() -> {
                try (Pool pool = new Pool(3);
                        Results<Integer> results = pool.mapUnordered(
                                List.of(30, 10, 20),
                                millis -> {
                                    Weft.sleep(Duration.ofMillis(millis));
                                    return millis;
                                },
                                3)) {
                    results.forEach(happened::add);
                }
            });
            stepped.advance(Duration.ofMillis(30));
            happened.assertHappened(10, 20, 30);
            assertSame(Greenlet.State.RETURNED, reader.state());
        }
    }

    @Test
    void aReaderThatStopsStopsTheWork() {
        for (boolean ordered : new boolean[] {true, false}) {
            try (SteppedLoop stepped = SteppedLoop.open()) {
                List<Integer> pulled = new ArrayList<>();
                Iterable<Integer> endless =
                        () -> IntStream.iterate(0, i -> i + 1).peek(pulled::add).iterator();
                Greenlet<?> reader = stepped.spawn(() -> {
                    try (Pool pool = new Pool(2);
                            Results<Integer> results = ordered
                                    ? pool.imap(endless, this::square, 3)
                                    : pool.mapUnordered(endless, this::square, 3)) {
                        results.next();
                        Weft.sleep(Duration.ofSeconds(1));
                        assertEquals(4, pulled.size(), "one read, three lie unread");
                        assertEquals("results (3 begun and not read, 1 greenlets at work)", results.toString());
                    }
                });
                stepped.advance(Duration.ofSeconds(2));
                assertSame(Greenlet.State.RETURNED, reader.state());
                assertEquals(0, stepped.loop().statistics().alive());
            }
        }
    }

    @Test
    void theFirstFailureKillsTheRestAndIsThrownAfterWhatWasThere() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Greenlet<?> reader = stepped.spawn(() -> {
                try (Pool pool = new Pool(3);
                        Results<Integer> results = pool.mapUnordered(
                                numbers(10),
                                number -> {
                                    if (number == 1) {
                                        Weft.sleep(MILLI);
                                        throw new IOException("item 1");
                                    }
                                    if (number == 2) {
                                        try {
                                            Weft.sleep(Duration.ofHours(1));
                                        } finally {
                                            happened.add("killed");
                                        }
                                    }
                                    return number;
                                },
                                4)) {
                    Weft.sleep(MILLI.multipliedBy(2));
                    happened.add(results.next());
                    happened.add(results.next());
                    assertTrue(results.hasNext());
                    happened.add(assertThrows(IOException.class, results::next).toString());
                    assertFalse(results.hasNext());
                    assertThrows(NoSuchElementException.class, results::next);
                    assertEquals(1, stepped.loop().statistics().alive());
                }
            });
            stepped.advance(MILLI.multipliedBy(2));
            assertSame(Greenlet.State.RETURNED, reader.state(), reader::toString);
            happened.assertHappened("killed", 0, 3, "java.io.IOException: item 1");
        }
    }

    @Test
    void mapThrowsTheCheckedFailureOfItsMapper() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            String result = stepped.run(() -> {
                try (Pool pool = new Pool(2)) {
                    return pool.<Integer, Integer, IOException>map(numbers(3), number -> {
                                throw new IOException("item " + number);
                            })
                            .toString();
                } catch (IOException e) {
                    return e.toString();
                }
            });
            assertEquals("java.io.IOException: item 0", result);
        }
    }

    @Test
    void aFailureOfTheItemsIsThrownAtTheReader() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Iterable<Integer> broken = () -> {
                throw new IllegalStateException("no items");
            };
            stepped.run(() -> {
                try (Pool pool = new Pool(2)) {
                    assertThrows(IllegalStateException.class, () -> pool.map(broken, this::square));
                }
                return null;
            });
        }
    }

    @Test
    void aKilledReaderLeavesNothingAtWork() {
        SteppedLoop.underSeeds(100, stepped -> {
            running = 0;
            Greenlet<?> reader = stepped.spawn(() -> {
                try (Pool pool = new Pool(3)) {
                    pool.map(numbers(1000), this::square);
                }
            });
            stepped.advance(MILLI.multipliedBy(5));
            reader.kill();
            stepped.runUntilIdle();
            assertSame(Greenlet.State.CANCELLED, reader.state());
            assertEquals(0, running);
            assertEquals(0, stepped.loop().statistics().alive());
            assertEquals(0, stepped.loop().statistics().timers());
        });
    }

    @Test
    void manyItemsAreWorkedOnByAsManyGreenletsAsThePoolHolds() {
        int count = 100_000;
        int most = Weft.run(() -> {
            int seen = 0;
            int read = 0;
            try (Pool pool = new Pool(8);
                    Results<Integer> results = pool.mapUnordered(numbers(count), number -> number, 8)) {
                for (int result : results) {
                    assertTrue(result < count);
                    seen = Math.max(seen, Greenlet.current().loop().statistics().alive());
                    read++;
                }
            }
            assertEquals(count, read);
            return seen;
        });
        assertTrue(most <= 8 + 2, () -> most + " greenlets: the pool's, the reader, and the one that feeds");
    }

    @Test
    void closeEndsResultsThatNobodyReadsToTheEnd() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                try (Pool pool = new Pool(2)) {
                    Results<Integer> results = pool.imap(numbers(100), number -> number, 1);
                    assertEquals(0, results.next());
                    pool.close();
                    assertFalse(results.hasNext());
                }
                return null;
            });
            assertEquals(0, stepped.loop().statistics().alive());
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
    void wrongSizesAndWrongThreadsAreRefused() {
        assertThrows(IllegalStateException.class, () -> new Pool(1));
        try (LoopGroup group = LoopGroup.open(2)) {
            Pool pool = group.loops().get(0).spawn(() -> new Pool(1)).join();
            Greenlet<?> elsewhere = group.loops().get(1).spawn(() -> pool.spawn(() -> {}));
            assertThrows(IllegalStateException.class, elsewhere::join);
            group.loops()
                    .get(0)
                    .spawn(() -> {
                        assertThrows(IllegalArgumentException.class, () -> new Pool(0));
                        assertThrows(IllegalArgumentException.class, () -> pool.imap(numbers(1), this::square, 0));
                    })
                    .join();
        }
    }
}
