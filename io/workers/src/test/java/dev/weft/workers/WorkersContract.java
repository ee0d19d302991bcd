package dev.weft.workers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a pool promises, whatever its workers are. */
@Timeout(120)
@ExtendWith({NothingLeft.class, NoGreenletLeaks.class})
abstract class WorkersContract {
    private static final Duration LONG = Duration.ofSeconds(100);
    private static final AtomicInteger PREPARED = new AtomicInteger();

    /** Opens the pool that {@code builder} describes. */
    abstract Workers open(WorkersBuilder builder);

    private Workers open(int n) {
        return open(Workers.builder(n));
    }

    /** Waits for ever, in a way in which any worker can. */
    static void waitForEver() throws InterruptedException {
        Thread.sleep(Long.MAX_VALUE);
    }

    private static int square(int number) {
        return number * number;
    }

    @Test
    void aTaskReturnsItsResult() {
        Weft.run(() -> {
            try (Workers workers = open(1)) {
                int six = 6;
                assertEquals(42, workers.submit(() -> 7 * six).join());
                assertEquals("text", workers.call(() -> "text"));
                workers.call(() -> {});
            }
        });
    }

    @Test
    void aFailureComesBackWithItsClassMessageCauseAndFrames() {
        Weft.run(() -> {
            try (Workers workers = open(1)) {
                Greenlet<?> task = workers.submit(() -> {
                    throw new IOException("no paper", new IllegalStateException("tray is open"));
                });
                IOException failure = assertThrows(IOException.class, task::join);
                assertEquals("no paper", failure.getMessage());
                assertInstanceOf(IllegalStateException.class, failure.getCause());
                assertTrue(
                        Arrays.stream(failure.getStackTrace())
                                .anyMatch(frame -> frame.getClassName().equals(WorkersContract.class.getName())),
                        "the frames of the task");
                assertEquals(1, workers.call(() -> 1), "the worker works on");
            }
        });
    }

    @Test
    void aFailureIsKeptForThoseWhoJoinLater() {
        List<Throwable> uncaught = new ArrayList<>();
        try (LoopGroup group = LoopGroup.builder()
                .uncaughtHandler((greenlet, failure) -> uncaught.add(failure))
                .open()) {
            group.next().call(() -> {
                try (Workers workers = open(1)) {
                    Greenlet<?> failed = workers.submit(() -> {
                        throw new IOException("late");
                    });
                    workers.call(() -> {});
                    assertThrows(IOException.class, failed::join);
                }
            });
        }
        assertEquals(List.of(), uncaught);
    }

    @Test
    void mapReturnsResultsInTheOrderOfTheItems() {
        Weft.run(() -> {
            try (Workers workers = open(3)) {
                List<Integer> numbers = IntStream.range(0, 100).boxed().toList();
                List<Integer> squares = numbers.stream().map(n -> n * n).toList();
                assertEquals(squares, workers.map(numbers, WorkersContract::square));
                assertEquals(squares, workers.map(numbers, WorkersContract::square, 7));
                assertEquals(List.of(), workers.map(List.<Integer>of(), WorkersContract::square));
            }
        });
    }

    @Test
    void imapReadsItemsOnlyAsFarAsResultsAreRead() {
        Weft.run(() -> {
            try (Workers workers = open(2)) {
                AtomicInteger read = new AtomicInteger();
                Iterable<Integer> endless =
                        () -> IntStream.generate(read::getAndIncrement).iterator();
                try (TaskResults<Integer> results = workers.imap(endless, WorkersContract::square, 3, 2)) {
                    assertEquals(0, results.next());
                    assertEquals(1, results.next());
                    assertEquals(4, results.next());
                    assertEquals(9, results.next());
                    assertEquals(10, read.get(), "the four that were read, and three chunks of two");
                    assertEquals(List.of(16, 25), results.stream().limit(2).toList());
                }
            }
        });
    }

    @Test
    void mapUnorderedReturnsResultsInTheOrderOfCompletion() {
        Weft.run(() -> {
            try (Workers workers = open(2)) {
                TaskFunction<Integer, Integer> firstIsSlow = n -> {
                    if (n == 0) {
                        waitForEver();
                    }
                    return n;
                };
                try (TaskResults<Integer> results = workers.mapUnordered(List.of(0, 1, 2, 3), firstIsSlow)) {
                    Set<Integer> first = new HashSet<>(List.of(results.next(), results.next(), results.next()));
                    assertEquals(Set.of(1, 2, 3), first);
                }
            }
        });
    }

    @Test
    void theFirstFailureOfAMapKillsTheRest() {
        Weft.run(() -> {
            try (Workers workers = open(2)) {
                TaskFunction<Integer, Integer> secondFails = n -> {
                    if (n == 1) {
                        throw new IOException("second");
                    }
                    waitForEver();
                    return n;
                };
                assertThrows(
                        IOException.class,
                        () -> workers.mapUnordered(List.of(0, 1, 2, 3, 4), secondFails)
                                .forEach(n -> {}));
                assertEquals(0, workers.statistics().running());
                assertEquals(0, workers.statistics().queued());
            }
        });
    }

    @Test
    void killingATaskInterruptsIt() {
        Weft.run(() -> {
            try (Workers workers = open(1)) {
                Greenlet<?> running = workers.submit(WorkersContract::waitForEver);
                Greenlet<?> queued = workers.submit(() -> {});
                untilRunning(workers, 1);
                running.kill("not needed");
                Cancelled killed = assertThrows(Cancelled.class, running::join);
                assertTrue(String.valueOf(killed.getMessage()).contains("not needed"), killed::getMessage);
                queued.join();
            }
        });
    }

    @Test
    void aQueuedTaskThatIsKilledNeverRuns() {
        Weft.run(() -> {
            try (Workers workers = open(1)) {
                Greenlet<?> running = workers.submit(WorkersContract::waitForEver);
                Greenlet<?> queued = workers.submit(() -> 1);
                untilRunning(workers, 1);
                assertTrue(queued.killAndJoin(LONG));
                assertEquals(1, workers.statistics().running());
                running.kill();
            }
        });
    }

    private static void untilRunning(Workers workers, int count) {
        Poll.until(() -> workers.statistics().running() >= count);
    }

    @Test
    void aTaskThatExceedsItsLimitIsKilled() {
        Weft.run(() -> {
            try (Workers workers = open(1)) {
                Task<Integer> endless = () -> {
                    waitForEver();
                    return 1;
                };
                Greenlet<Integer> late = workers.submit(endless, Duration.ofMillis(50));
                assertThrows(DeadlineExceeded.class, late::join);
                assertThrows(
                        DeadlineExceeded.class,
                        () -> Weft.withTimeout(Duration.ofMillis(50), () -> workers.call(endless)));
                assertEquals(2, workers.call(() -> 2));
            }
        });
    }

    @Test
    void submitWaitsWhileTheQueueIsFull() {
        Weft.run(() -> {
            try (Workers workers = open(Workers.builder(1).queue(1))) {
                Greenlet<?> running = workers.submit(WorkersContract::waitForEver);
                Greenlet<?> queued = workers.submit(() -> {});
                assertFalse(Weft.moveOnAfter(Duration.ofMillis(20), () -> workers.submit(() -> {})));
                running.kill();
                workers.submit(() -> {}).join();
                queued.join();
            }
        });
    }

    @Test
    void closeRunsWhatIsQueuedAndRefusesMore() {
        Weft.run(() -> {
            Workers workers = open(1);
            List<Greenlet<Integer>> tasks = IntStream.range(0, 10)
                    .mapToObj(i -> workers.submit(() -> i))
                    .toList();
            workers.close();
            assertTrue(tasks.stream().allMatch(task -> task.state().isDone()));
            assertEquals(9, tasks.get(9).join());
            assertEquals(10, workers.statistics().completed());
            RejectedExecutionException refused =
                    assertThrows(RejectedExecutionException.class, () -> workers.submit(() -> 1));
            assertTrue(String.valueOf(refused.getMessage()).contains("is closed"), refused::getMessage);
            assertTrue(workers.join(Duration.ZERO));
        });
    }

    @Test
    void terminateKillsWhatRunsAndWhatIsQueued() {
        Weft.run(() -> {
            Workers workers = open(1);
            Greenlet<?> running = workers.submit(WorkersContract::waitForEver);
            Greenlet<?> queued = workers.submit(() -> {});
            untilRunning(workers, 1);
            workers.terminate();
            assertTrue(workers.join(LONG));
            assertThrows(Cancelled.class, running::join);
            assertThrows(Cancelled.class, queued::join);
        });
    }

    @Test
    void closingInACancelledGreenletTerminatesThePool() {
        Weft.run(() -> {
            Workers workers = open(1);
            Greenlet<?> running = workers.submit(WorkersContract::waitForEver);
            untilRunning(workers, 1);
            assertFalse(Weft.moveOnAfter(Duration.ofMillis(10), workers::close));
            assertTrue(workers.join(Duration.ZERO));
            assertTrue(running.state().isDone());
        });
    }

    @Test
    void aLoopThatClosesTakesItsPoolWithIt() {
        Workers workers = Weft.run(() -> {
            Workers left = open(2);
            left.submit(WorkersContract::waitForEver);
            untilRunning(left, 1);
            return left;
        });
        assertTrue(workers.join(LONG));
    }

    @Test
    void anInitializerRunsOnceInEachWorkerBeforeItsFirstTask() {
        PREPARED.set(0);
        Weft.run(() -> {
            try (Workers workers = open(Workers.builder(1).initializer(() -> PREPARED.incrementAndGet()))) {
                assertEquals(1, workers.call(() -> PREPARED.get()));
                assertEquals(1, workers.call(() -> PREPARED.get()));
            }
        });
    }

    @Test
    void aFailingInitializerFailsTheTask() {
        Weft.run(() -> {
            VoidTask fails = () -> {
                throw new IOException("no database");
            };
            try (Workers workers = open(Workers.builder(1).initializer(fails))) {
                assertThrows(IOException.class, () -> workers.call(() -> 1));
                assertThrows(IOException.class, () -> workers.call(() -> 2));
            }
        });
    }

    @Test
    void threadsAndOtherLoopsSubmitAndJoin() throws Exception {
        try (LoopGroup home = LoopGroup.open();
                LoopGroup other = LoopGroup.open()) {
            Workers workers = home.next().call(() -> open(2));
            assertEquals(List.of(1, 4, 9), workers.map(List.of(1, 2, 3), WorkersContract::square));
            assertEquals(5, other.next().call(() -> workers.submit(() -> 5).join()));
            assertEquals(6, other.next().call(() -> workers.call(() -> 6)));
            try (TaskResults<Integer> results = workers.mapUnordered(List.of(1, 2, 3), WorkersContract::square)) {
                assertEquals(14, results.stream().mapToInt(n -> n).sum());
            }
            workers.close();
        }
    }

    @Test
    void theExecutorViewFollowsTheContractOfExecutors() throws Exception {
        try (LoopGroup home = LoopGroup.open()) {
            Workers workers = home.next().call(() -> open(2));
            ExecutorService executor = workers.executor();
            Callable<Integer> seven = (Callable<Integer> & Serializable) () -> 7;
            Callable<Integer> fails = (Callable<Integer> & Serializable) () -> {
                throw new IOException("failed");
            };
            Runnable nothing = (Runnable & Serializable) () -> {};
            Callable<@Nullable Void> endless = (Callable<@Nullable Void> & Serializable) () -> {
                waitForEver();
                return null;
            };
            assertEquals(7, executor.submit(seven).get());
            assertEquals("done", executor.submit(nothing, "done").get());
            ExecutionException failure = assertThrows(
                    ExecutionException.class, () -> executor.submit(fails).get());
            assertInstanceOf(IOException.class, failure.getCause());
            assertEquals(7, executor.invokeAny(List.of(fails, seven)));
            assertArrayEquals(
                    new Object[] {Future.State.SUCCESS, Future.State.FAILED},
                    executor.invokeAll(List.of(seven, fails)).stream()
                            .map(Future::state)
                            .toArray());
            Future<@Nullable Void> cancelled = executor.submit(endless);
            assertTrue(cancelled.cancel(true));
            assertThrows(CancellationException.class, cancelled::get);
            executor.submit(endless);
            assertFalse(executor.isTerminated());
            assertEquals(List.of(), executor.shutdownNow());
            assertTrue(executor.awaitTermination(100, TimeUnit.SECONDS));
            assertTrue(executor.isTerminated());
        }
    }

    @Test
    void settingsAreChecked() {
        assertThrows(IllegalArgumentException.class, () -> Workers.builder(0));
        assertThrows(IllegalArgumentException.class, () -> Workers.builder(1).queue(-1));
        assertThrows(IllegalArgumentException.class, () -> Workers.builder(1).maxTasksPerWorker(0));
        assertThrows(IllegalArgumentException.class, () -> Workers.builder(1).grace(Duration.ofSeconds(-1)));
        assertThrows(IllegalStateException.class, () -> open(1), "outside a loop");
    }
}
