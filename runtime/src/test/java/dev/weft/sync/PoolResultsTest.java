package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.testing.SteppedLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The results of a pool's work, as they are read. */
@SuppressWarnings("try") // some are closed early
class PoolResultsTest extends PoolFixture {
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
                        PoolResults<Integer> results = pool.mapUnordered(
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
                            PoolResults<Integer> results = ordered
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
                        PoolResults<Integer> results = pool.mapUnordered(
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
                    PoolResults<Integer> results = pool.mapUnordered(numbers(count), number -> number, 8)) {
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
                    PoolResults<Integer> results = pool.imap(numbers(100), number -> number, 1);
                    assertEquals(0, results.next());
                    pool.close();
                    assertFalse(results.hasNext());
                }
                return null;
            });
            assertEquals(0, stepped.loop().statistics().alive());
        }
    }
}
