package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.diagnostics.WaitOwners;
import dev.weft.kernel.GreenletTask;
import dev.weft.spi.Owners;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What eventlet's {@code DAGPool} promises, and what Weft adds. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class DagPoolTest {
    private final SteppedLoop stepped = SteppedLoop.open();
    private final DagPool<String, Integer> pool = new DagPool<>(stepped.loop());
    private final List<String> events = new ArrayList<>();

    @AfterEach
    void close() {
        stepped.close();
    }

    private void sum(String key, String... dependencies) {
        pool.spawn(key, List.of(dependencies), inputs -> {
            events.add(key + " starts");
            int sum = inputs.all().values().stream().mapToInt(Integer::intValue).sum();
            events.add(key + " ends");
            return sum;
        });
    }

    @Test
    void aTaskStartsAtOnceAndProceedsWhenItsDependenciesAreThere() {
        stepped.run(() -> {
            sum("c", "a", "b");
            sum("b", "a");
            Weft.yieldNow();
            pool.post("a", 1);
            return null;
        });
        stepped.runUntilIdle();
        assertEquals(List.of("c starts", "b starts", "b ends", "c ends"), events);
        assertEquals(2, stepped.run(() -> pool.value("c")));
    }

    @Test
    void inputsArriveAsTheyBecomeAvailableAndNotAsTheyWereNamed() {
        List<String> arrived = new ArrayList<>();
        stepped.run(() -> {
            pool.post("early", 0);
            pool.spawn("reader", List.of("slow", "quick", "early"), inputs -> {
                inputs.forEach(input -> arrived.add(input.toString()));
                return 0;
            });
            pool.spawn("slow", List.of(), inputs -> {
                Weft.sleep(Duration.ofSeconds(2));
                return 2;
            });
            pool.spawn("quick", List.of(), inputs -> {
                Weft.sleep(Duration.ofSeconds(1));
                return 1;
            });
            return null;
        });
        stepped.advance(Duration.ofSeconds(2));
        assertEquals(List.of("early=0", "quick=1", "slow=2"), arrived);
    }

    @Test
    void oneDependencyCanBeWaitedForBeforeTheOthers() {
        stepped.run(() -> {
            pool.spawn("both", List.of("late", "soon", "soon"), inputs -> {
                events.add("soon is " + inputs.value("soon"));
                assertThrows(IllegalArgumentException.class, () -> inputs.value("undeclared"));
                return inputs.value("late") + inputs.value("soon");
            });
            Weft.yieldNow();
            pool.post("soon", 1);
            Weft.yieldNow();
            pool.post("late", 2);
            return null;
        });
        stepped.runUntilIdle();
        assertEquals(List.of("soon is 1"), events);
        assertEquals(3, stepped.run(() -> pool.value("both")));
    }

    @Test
    void resultsAreAStream() {
        Greenlet<List<String>> reader = stepped.spawn(() -> {
            sum("b", "a");
            sum("c", "b");
            List<String> read = new ArrayList<>();
            DagResults<String, Integer> results = pool.results(List.of("c", "b", "a"));
            while (results.hasNext()) {
                read.add(results.next().key());
            }
            assertThrows(NoSuchElementException.class, results::next);
            pool.results(List.of("a", "a")).forEach(result -> read.add(result.key() + " once"));
            return read;
        });
        stepped.runUntilIdle();
        assertFalse(reader.state().isDone());
        stepped.run(() -> {
            pool.post("a", 1);
            return null;
        });
        stepped.runUntilIdle();
        assertEquals(List.of("a", "b", "c", "a once"), reader.join());
        assertEquals(3, stepped.run(() -> pool.results().all()).size());
    }

    @Test
    void joinReturnsAllInTheOrderInWhichTheyBecameAvailableAlsoWhatWasSpawnedMeanwhile() {
        Map<String, Integer> all = stepped.run(() -> {
            pool.spawn("parent", List.of(), inputs -> {
                Weft.yieldNow();
                sum("child", "sibling");
                return 1;
            });
            pool.spawn("sibling", List.of(), inputs -> 2);
            return pool.join();
        });
        assertEquals("{sibling=2, parent=1, child=2}", all.toString());
    }

    @Test
    void aFailureReachesThoseWhoAskWithTheChainOfKeys() {
        IOException origin = new IOException("disk full");
        DependencyFailed failure = stepped.run(() -> {
            pool.spawn("a", List.of(), inputs -> {
                throw origin;
            });
            sum("b", "a");
            sum("c", "b");
            return assertThrows(DependencyFailed.class, () -> pool.value("c"));
        });
        assertEquals(List.of("c", "b", "a"), failure.keys());
        assertSame(origin, failure.origin());
        assertEquals(
                "c failed, because b failed, because a failed, because java.io.IOException: disk full",
                failure.getMessage());
    }

    @Test
    void aTaskCanHandleTheFailureOfADependencyAndOthersKeepRunning() {
        Map<String, Integer> all = stepped.run(() -> {
            pool.fail("a", new IOException("no"));
            pool.spawn("b", List.of("a"), inputs -> inputs.next().failure().isPresent() ? -1 : 1);
            pool.spawn("c", List.of(), inputs -> 3);
            return pool.results(List.of("b", "c")).all();
        });
        assertEquals(Map.of("b", -1, "c", 3), all);
    }

    @Test
    void aFailureThatATaskHasHandledIsNotLost() {
        stepped.run(() -> {
            pool.fail("a", new IOException("no"));
            assertTrue(pool.results(List.of("a")).next().failure().isPresent());
            pool.close();
            return null;
        });
    }

    @Test
    void joinThrowsAtTheFirstFailureAndTheOthersKeepRunning() {
        stepped.run(() -> {
            pool.spawn("broken", List.of(), inputs -> {
                throw new IOException("no");
            });
            pool.spawn("later", List.of(), inputs -> {
                Weft.sleep(Duration.ofSeconds(1));
                return 1;
            });
            assertThrows(DependencyFailed.class, pool::join);
            assertEquals(Set.of("later"), pool.running());
            return null;
        });
        stepped.advance(Duration.ofSeconds(1));
        assertEquals(1, stepped.run(() -> pool.value("later")));
    }

    @Test
    void aKeyHasOneValue() {
        stepped.run(() -> {
            pool.spawn("task", List.of("never"), inputs -> inputs.value("never"));
            pool.post("posted", 1);
            IllegalStateException collision = assertThrows(IllegalStateException.class, () -> pool.post("task", 1));
            assertTrue(collision.toString().contains("there is a task for task already"), collision::toString);
            assertThrows(IllegalStateException.class, () -> sum("task"));
            assertThrows(IllegalStateException.class, () -> sum("posted"));
            assertThrows(IllegalStateException.class, () -> pool.post("posted", 2));
            assertThrows(IllegalStateException.class, () -> pool.fail("posted", new IOException()));
            assertEquals(1, pool.value("posted"));
            return null;
        });
    }

    @Test
    void aCycleIsRefusedAndNamed() {
        stepped.run(() -> {
            sum("a", "b");
            sum("b", "c", "d");
            sum("e", "b");
            IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> sum("c", "e", "x"));
            assertEquals("a cycle of dependencies: c needs e needs b needs c", refusal.getMessage());
            assertEquals(
                    "a cycle of dependencies: y needs y",
                    assertThrows(IllegalArgumentException.class, () -> sum("y", "y"))
                            .getMessage());
            sum("c", "x");
            return null;
        });
    }

    /** Spawns a task that never ends by itself, and waits when it cleans up. */
    private void stuck() {
        pool.spawn("stuck", List.of("never"), inputs -> {
            try {
                return inputs.value("never");
            } finally {
                Weft.shield(Weft::yieldNow);
                events.add("cleaned up");
            }
        });
    }

    @Test
    void aKilledKeyIsFreeAgainForThoseWhoWaitForIt() {
        stepped.run(() -> {
            stuck();
            sum("dependent", "stuck");
            Weft.yieldNow();
            pool.kill("stuck");
            assertThrows(IllegalStateException.class, () -> pool.kill("stuck"));
            assertThrows(IllegalStateException.class, () -> pool.kill("unknown"));
            assertEquals(Set.of("dependent"), pool.running());
            pool.post("stuck", 5);
            assertEquals(5, pool.value("dependent"));
            return null;
        });
        stepped.runUntilIdle();
        assertTrue(events.contains("cleaned up"), events::toString);
    }

    @Test
    void aTaskThatWasKilledByOthersHasFailed() {
        stepped.run(() -> {
            sum("victim");
            stepped.loop().greenlets().stream()
                    .filter(greenlet -> greenlet != Greenlet.current())
                    .forEach(Greenlet::kill);
            DependencyFailed failure = assertThrows(DependencyFailed.class, () -> pool.value("victim"));
            assertTrue(failure.origin().toString().contains("Cancelled"), failure.toString());
            return null;
        });
    }

    @Test
    void aWaitForAValueCanTimeOutOrBeKilled() {
        Greenlet<?> waiter = stepped.spawn(() -> assertThrows(
                DeadlineExceeded.class, () -> Weft.withTimeout(Duration.ofSeconds(1), () -> pool.value("never"))));
        Greenlet<?> killed = stepped.spawn(() -> pool.value("never"));
        stepped.runUntilIdle();
        killed.kill();
        stepped.advance(Duration.ofSeconds(1));
        waiter.join();
        assertTrue(killed.state().isDone());
    }

    @Test
    void whoeverStopsWaitingIsForgotten() {
        stepped.run(() -> {
            pool.spawn("careless", List.of("never"), inputs -> 1);
            assertEquals(1, pool.value("careless"));
            assertThrows(DeadlineExceeded.class, () -> Weft.withTimeout(Duration.ZERO, () -> pool.value("never")));
            return null;
        });
        stepped.runUntilIdle();
        assertFalse(pool.isAwaited("never"));
    }

    @Test
    void aWaitCanBeEndedByTheTaskOfItsKeyOrElseByAnybody() {
        Greenlet<Integer> waiter = stepped.spawn(() -> pool.value("a"));
        stepped.runUntilIdle();
        Owners anybody = Objects.requireNonNull(WaitOwners.of((GreenletTask<?>) waiter));
        assertEquals(Owners.Kind.POOL, anybody.kind());
        assertEquals(Owners.Rule.UNKNOWN, anybody.rule());
        Greenlet<?> task = stepped.run(() -> {
            Set<Greenlet<?>> before = Set.copyOf(stepped.loop().greenlets());
            sum("a", "b");
            return stepped.loop().greenlets().stream()
                    .filter(greenlet -> !before.contains(greenlet))
                    .findFirst()
                    .orElseThrow();
        });
        assertEquals(
                List.of(task),
                Objects.requireNonNull(WaitOwners.of((GreenletTask<?>) waiter)).members());
        stepped.run(() -> {
            pool.post("b", 2);
            return null;
        });
        stepped.runUntilIdle();
        assertEquals(2, waiter.join());
    }

    @Test
    void waitingForTellsWhatIsMissing() {
        stepped.run(() -> {
            sum("c", "a", "b");
            sum("b", "a");
            Weft.yieldNow();
            assertEquals(Map.of("c", Set.of("a", "b"), "b", Set.of("a")), pool.waitingFor());
            pool.post("a", 1);
            pool.join();
            assertEquals(Map.of(), pool.waitingFor());
            assertEquals(Set.of(), pool.running());
            return null;
        });
    }

    @Test
    void closeKillsTheRestAndEndsTheWaits() {
        Greenlet<?> waiter = stepped.spawn(() -> assertThrows(IllegalStateException.class, () -> pool.value("stuck")));
        stepped.run(() -> {
            stuck();
            Weft.yieldNow();
            pool.close();
            assertEquals(List.of("cleaned up"), events);
            assertThrows(IllegalStateException.class, () -> sum("more"));
            assertThrows(IllegalStateException.class, pool::results);
            pool.close();
            return null;
        });
        waiter.join();
    }

    @Test
    void closeInAKilledGreenletWaitsForTheTasksToo() {
        Greenlet<?> killed = stepped.spawn(() -> {
            try {
                stuck();
                Weft.sleep(Duration.ofDays(1));
            } finally {
                pool.close();
                events.add("closed");
            }
        });
        stepped.runUntilIdle();
        killed.kill();
        stepped.runUntilIdle();
        assertEquals(List.of("cleaned up", "closed"), events);
    }

    @Test
    void closeThrowsAFailureThatNobodyHasAskedFor() {
        stepped.run(() -> {
            pool.spawn("seen", List.of(), inputs -> {
                throw new IOException("seen");
            });
            pool.spawn("unseen", List.of(), inputs -> {
                throw new IOException("unseen");
            });
            pool.fail("another", new IOException("another"));
            assertThrows(DependencyFailed.class, () -> pool.value("seen"));
            DependencyFailed failure = assertThrows(DependencyFailed.class, pool::close);
            assertEquals(List.of("unseen"), failure.keys());
            DependencyFailed other = assertInstanceOf(DependencyFailed.class, failure.getSuppressed()[0]);
            assertEquals(List.of("another"), other.keys());
            assertEquals(1, failure.getSuppressed().length);
            return null;
        });
    }

    @Test
    void itCanBeUsedFromOtherLoopsAndThreads() throws Exception {
        try (SteppedPair pair = new SteppedPair()) {
            DagPool<String, Integer> distant = new DagPool<>(pair.home().loop());
            Greenlet<Integer> user = pair.away().spawn(() -> {
                distant.spawnAll(
                        Map.of("b", List.of("a"), "c", List.of("a", "b")),
                        (key, inputs) -> inputs.all().size());
                assertThrows(IllegalStateException.class, () -> distant.post("b", 1));
                distant.post("a", 1);
                int sum = 0;
                for (DagResult<String, Integer> result : distant.results()) {
                    sum += result.value();
                }
                assertEquals(3, distant.join().size());
                return sum;
            });
            pair.runUntilIdle();
            assertEquals(4, user.join());
        }
    }

    @Test
    void whateverTheGraphAndTheOrderEachTaskGetsTheValuesOfItsDependencies() {
        SplittableRandom random = new SplittableRandom(17);
        SteppedLoop.underSeeds(200, seeded -> {
            DagPool<Integer, Long> graph = new DagPool<>(seeded.loop());
            Map<Integer, List<Integer>> dependencies = new HashMap<>();
            for (int key = 0; key < 12; key++) {
                int last = key;
                dependencies.put(
                        key,
                        IntStream.range(0, last)
                                .filter(i -> random.nextInt(3) == 0)
                                .boxed()
                                .toList());
            }
            Map<Integer, Long> all = seeded.run(() -> {
                graph.spawnAll(dependencies, (key, inputs) -> {
                    Weft.yieldNow();
                    long sum = 1;
                    for (DagResult<Integer, Long> input : inputs) {
                        sum += input.value();
                    }
                    return sum;
                });
                return graph.join();
            });
            List<Integer> order = new ArrayList<>(all.keySet());
            for (int key = 0; key < 12; key++) {
                long expected = 1;
                for (int dependency : dependencies.getOrDefault(key, List.of())) {
                    expected += all.getOrDefault(dependency, 0L);
                    assertTrue(order.indexOf(dependency) < order.indexOf(key));
                }
                assertEquals(expected, all.get(key));
            }
        });
    }
}
