package dev.weft.tasks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.actor.OwnerEnded;
import dev.weft.lowlevel.Suspension;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.workers.Workers;
import dev.weft.workers.WorkersBuilder;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The promises of plac's task manager, for tasks in this JVM. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class TaskRegistryTest {

    /** The kinds of workers that share this JVM's objects. */
    enum Carrier {
        GREENLETS {
            @Override
            Workers open(WorkersBuilder builder) {
                return builder.greenlets();
            }
        },
        THREADS {
            @Override
            Workers open(WorkersBuilder builder) {
                return builder.threads();
            }
        };

        abstract Workers open(WorkersBuilder builder);
    }

    private interface Body {
        void run(TaskRegistry tasks, Workers workers) throws Exception;
    }

    private static void with(Carrier carrier, int size, Body body) throws Exception {
        with(TaskRegistry::new, carrier, Workers.builder(size), body);
    }

    private static void with(Supplier<TaskRegistry> registry, Carrier carrier, WorkersBuilder builder, Body body)
            throws Exception {
        Weft.run(() -> {
            try (Workers workers = carrier.open(builder);
                    TaskRegistry tasks = registry.get()) {
                body.run(tasks, workers);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void outputGrowsWhileTheTaskRuns(Carrier carrier) throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch rest = new CountDownLatch(1);
        with(carrier, 1, (tasks, workers) -> {
            NamedTask task = tasks.start("import a", workers, output -> {
                output.println("one");
                first.countDown();
                rest.await();
                output.println("");
                output.println("two\nthree\n");
            });
            first.await();
            assertEquals(TaskState.RUNNING, task.state());
            assertEquals(List.of("one"), task.output());
            rest.countDown();
            assertEquals(TaskState.FINISHED, task.join());
            assertEquals(List.of("one", "", "two", "three"), task.output());
            assertEquals(task.elapsed(), task.elapsed());
            assertTrue(task.elapsed().isPositive());
        });
    }

    @ParameterizedTest
    @EnumSource
    void aTaskIsQueuedWhileAllWorkersAreBusy(Carrier carrier) throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        with(carrier, 1, (tasks, workers) -> {
            NamedTask first = tasks.start("first", workers, output -> {
                begun.countDown();
                end.await();
            });
            NamedTask second = tasks.start("second", workers, output -> {});
            begun.await();
            assertEquals(TaskState.QUEUED, second.state());
            assertEquals(Duration.ZERO, second.elapsed());
            assertEquals(List.of(first), tasks.list(TaskState.RUNNING));
            assertEquals(List.of(second), tasks.list(TaskState.QUEUED));
            end.countDown();
            assertEquals(TaskState.FINISHED, second.join());
            assertEquals(List.of(first, second), tasks.list());
        });
    }

    @ParameterizedTest
    @EnumSource
    void aKilledTaskIsStoppingUntilItHasCleanedUp(Carrier carrier) throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch closing = new CountDownLatch(1);
        CompletableFuture<Void> closed = new CompletableFuture<>();
        with(carrier, 1, (tasks, workers) -> {
            NamedTask task = tasks.start("import a", workers, output -> {
                try {
                    output.println("begun");
                    begun.countDown();
                    new CountDownLatch(1).await();
                } finally {
                    output.println("closing the file");
                    closing.countDown();
                    joinUninterruptibly(closed);
                }
            });
            begun.await();
            task.kill();
            closing.await();
            assertEquals(TaskState.STOPPING, task.state());
            closed.complete(null);
            assertEquals(TaskState.KILLED, task.join());
            assertEquals(List.of("begun", "closing the file"), task.output());
            assertEquals(Optional.empty(), task.failure());
        });
    }

    private static void joinUninterruptibly(CompletableFuture<Void> future) {
        if (Suspension.isOnLoop()) {
            Weft.shield(() -> future.join());
        } else {
            future.join(); // which no interrupt ends
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTaskThatIsKilledInTheQueueNeverRuns(Carrier carrier) throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        with(carrier, 1, (tasks, workers) -> {
            tasks.start("first", workers, output -> end.await());
            NamedTask second = tasks.start("second", workers, output -> output.println("it ran"));
            second.kill();
            assertEquals(TaskState.KILLED, second.join());
            end.countDown();
            assertEquals(List.of(), second.output());
        });
    }

    @ParameterizedTest
    @EnumSource
    void aBodyThatComputesIsKilledAtItsNextCheckpoint(Carrier carrier) throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        with(carrier, 1, (tasks, workers) -> {
            NamedTask task = tasks.start("compute", workers, output -> {
                begun.countDown();
                while (true) {
                    output.checkpoint();
                }
            });
            begun.await();
            task.kill();
            assertEquals(TaskState.KILLED, task.join());
        });
    }

    @ParameterizedTest
    @EnumSource
    void aFailureIsKeptWithItsWholeStack(Carrier carrier) throws Exception {
        with(carrier, 1, (tasks, workers) -> {
            NamedTask task = tasks.start("fail", workers, TaskRegistryTest::fail);
            assertEquals(TaskState.FAILED, task.join());
            Throwable failure = task.failure().orElseThrow();
            assertEquals("as expected", failure.getMessage());
            assertEquals("fail", failure.getStackTrace()[0].getMethodName());
            assertTrue(String.valueOf(failure.getCause()).endsWith("the cause"), () -> "" + failure.getCause());
            assertEquals(List.of("about to fail"), task.output());
        });
    }

    private static void fail(TaskOutput output) {
        output.println("about to fail");
        throw new IllegalStateException("as expected", new IllegalArgumentException("the cause"));
    }

    @ParameterizedTest
    @EnumSource
    void theLastFailedIsTheOneThatFailedLast(Carrier carrier) throws Exception {
        CountDownLatch late = new CountDownLatch(1);
        with(carrier, 2, (tasks, workers) -> {
            assertEquals(Optional.empty(), tasks.lastFailed());
            NamedTask first = tasks.start("first", workers, output -> {
                late.await();
                fail(output);
            });
            NamedTask second = tasks.start("second", workers, TaskRegistryTest::fail);
            second.join();
            assertSame(second, tasks.lastFailed().orElseThrow());
            late.countDown();
            first.join();
            assertSame(first, tasks.lastFailed().orElseThrow());
            assertSame(second, tasks.latest().orElseThrow());
        });
    }

    @Test
    void onlyTheNewestLinesAreKept() throws Exception {
        with(() -> new TaskRegistry(1, 2), Carrier.GREENLETS, Workers.builder(1), (tasks, workers) -> {
            NamedTask task = tasks.start("talk", workers, output -> {
                for (int i = 1; i <= 5; i++) {
                    output.println(i);
                }
            });
            task.join();
            assertEquals(List.of("4", "5"), task.output());
            assertEquals(5, task.lines());
        });
    }

    @Test
    void onlyTheNewestOfTheEndedTasksAreKeptButAllThatRun() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        with(() -> new TaskRegistry(2, 10), Carrier.GREENLETS, Workers.builder(2), (tasks, workers) -> {
            NamedTask running = tasks.start("running", workers, output -> end.await());
            for (int i = 2; i <= 5; i++) {
                tasks.start("short", workers, output -> {}).join();
            }
            NamedTask last = tasks.start("last", workers, output -> end.await());
            assertEquals(
                    List.of(1, 4, 5, 6),
                    tasks.list().stream().map(NamedTask::number).toList());
            assertSame(running, tasks.task(1));
            assertSame(last, tasks.task(6));
            Exception forgotten = assertThrows(NoSuchElementException.class, () -> tasks.task(2));
            assertEquals("there is no task 2; there are [1, 4, 5, 6]", forgotten.getMessage());
            end.countDown();
        });
    }

    @Test
    void aTaskIsDescribedInALine() throws Exception {
        with(Carrier.GREENLETS, 1, (tasks, workers) -> {
            NamedTask task = tasks.start("import a.csv", workers, output -> output.println("x"));
            task.join();
            assertTrue(task.toString().matches("1 import a\\.csv: FINISHED for [0-9.]+ s, 1 lines"), task.toString());
        });
    }

    @ParameterizedTest
    @EnumSource
    void closingKillsAllTasksWaitsForThemAndRefusesMore(Carrier carrier) throws Exception {
        with(carrier, 1, (tasks, workers) -> {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch never = new CountDownLatch(1);
            NamedTask running = tasks.start("running", workers, output -> {
                begun.countDown();
                never.await();
            });
            NamedTask queued = tasks.start("queued", workers, output -> never.await());
            begun.await();
            tasks.close();
            assertEquals(TaskState.KILLED, running.state());
            assertEquals(TaskState.KILLED, queued.state());
            assertThrows(RejectedExecutionException.class, () -> tasks.start("late", workers, output -> {}));
            workers.call(() -> {}); // the pool is still open
        });
    }

    @ParameterizedTest
    @EnumSource
    void aTaskThatGetsItsPlaceAfterTheCloseIsKilled(Carrier carrier) throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        with(TaskRegistry::new, carrier, Workers.builder(1).queue(0), (tasks, workers) -> {
            tasks.start("running", workers, output -> never.await());
            Greenlet<NamedTask> late = Weft.spawn(() -> tasks.start("late", workers, output -> never.await()));
            Weft.yieldNow(); // it waits for a place
            tasks.close();
            assertEquals(TaskState.KILLED, late.join().join());
        });
    }

    @Test
    void afterTheCloseTheOwnerOfItsOutputHasEnded() {
        Weft.run(() -> {
            TaskRegistry tasks = new TaskRegistry();
            assertEquals(0, tasks.outputs.size());
            tasks.close();
            assertThrows(OwnerEnded.class, tasks.outputs::size);
        });
    }

    @Test
    void aRegistryThatKeepsNothingIsRefused() {
        Weft.run(() -> {
            assertThrows(IllegalArgumentException.class, () -> new TaskRegistry(0, 1));
            assertThrows(IllegalArgumentException.class, () -> new TaskRegistry(1, 0));
        });
    }
}
