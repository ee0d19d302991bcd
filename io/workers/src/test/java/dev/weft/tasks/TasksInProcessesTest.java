package dev.weft.tasks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.actor.Owner;
import dev.weft.serial.Serializer;
import dev.weft.shared.OwnerClient;
import dev.weft.shared.OwnerServer;
import dev.weft.shared.SharedOwner;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.workers.Poll;
import dev.weft.workers.WorkerDied;
import dev.weft.workers.Workers;
import dev.weft.workers.WorkersBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tasks in other JVMs: their output arrives here, whatever becomes of them. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
class TasksInProcessesTest {

    private final CompletableFuture<Long> running = new CompletableFuture<>();
    private int interruptions;
    private int arrived;

    private interface Body {
        void run(TaskRegistry tasks, Workers workers) throws Exception;
    }

    private void withOneWorker(Body body) throws Exception {
        WorkersBuilder builder = Workers.builder(1).output((pid, source, line) -> running.complete(pid));
        Weft.run(() -> {
            try (Workers workers = builder.processes();
                    TaskRegistry tasks = new TaskRegistry()) {
                body.run(tasks, workers);
            }
        });
    }

    /** Writes {@code text}, and says on the standard output that it has arrived. */
    private static void writeAndTell(TaskOutput output, String text) {
        output.println(text);
        System.out.println("written");
    }

    @Test
    void outputArrivesWhileTheTaskRunsAndWhileAKilledOneCleansUp() throws Exception {
        withOneWorker((tasks, workers) -> {
            NamedTask task = tasks.start("wait", workers, output -> {
                try {
                    writeAndTell(output, "one\ntwö");
                    Thread.sleep(100_000);
                } finally {
                    output.println("cleaned up in " + ProcessHandle.current().pid());
                }
            });
            assertEquals(TaskState.QUEUED, task.state());
            Weft.await(running);
            assertEquals(TaskState.RUNNING, task.state());
            assertEquals(List.of("one", "twö"), task.output());
            task.kill();
            assertEquals(TaskState.KILLED, task.join());
            assertEquals(3, task.lines());
            String last = task.output().getLast();
            assertTrue(last.startsWith("cleaned up in "), last);
            assertTrue(!last.endsWith(" " + ProcessHandle.current().pid()), last);
        });
    }

    @Test
    void aTaskHasEndedOnlyWhenAllItsOutputIsHere() throws Exception {
        withOneWorker((tasks, workers) -> {
            for (int round = 0; round < 5; round++) {
                NamedTask task = tasks.start("talk", workers, output -> {
                    for (int i = 0; i < 2_000; i++) {
                        output.println("line " + i);
                    }
                });
                assertEquals(TaskState.FINISHED, task.join());
                assertEquals(2_000, task.lines());
            }
        });
    }

    @Test
    void aBodyThatComputesIsKilledAtItsNextCheckpoint() throws Exception {
        withOneWorker((tasks, workers) -> {
            NamedTask task = tasks.start("compute", workers, output -> {
                writeAndTell(output, "begun");
                while (true) {
                    output.checkpoint();
                }
            });
            Weft.await(running);
            task.kill();
            assertEquals(TaskState.KILLED, task.join());
            workers.call(() -> {}); // in the same process, which has survived
            assertEquals(0, workers.statistics().died());
        });
    }

    @Test
    void aFailureComesBackWithTheFramesOfTheBody() throws Exception {
        withOneWorker((tasks, workers) -> {
            NamedTask task = tasks.start("fail", workers, TasksInProcessesTest::fail);
            assertEquals(TaskState.FAILED, task.join());
            Throwable failure = task.failure().orElseThrow();
            assertInstanceOf(IllegalStateException.class, failure);
            assertEquals("fail", failure.getStackTrace()[0].getMethodName());
            assertEquals(List.of("about to fail"), task.output());
        });
    }

    private static void fail(TaskOutput output) {
        output.println("about to fail");
        throw new IllegalStateException("as expected");
    }

    @Test
    void aProcessThatDiesFailsItsTaskWhoseOutputStays() throws Exception {
        withOneWorker((tasks, workers) -> {
            NamedTask task = tasks.start("die", workers, output -> {
                output.println("last words");
                Runtime.getRuntime().halt(3);
            });
            assertEquals(TaskState.FAILED, task.join());
            assertInstanceOf(WorkerDied.class, task.failure().orElseThrow());
            assertEquals(List.of("last words"), task.output());
            NamedTask next = tasks.start("next", workers, output -> output.println("alive"));
            assertEquals(TaskState.FINISHED, next.join());
        });
    }

    @Test
    void theOutputOfATaskThatHasEndedOrWasRefusedCannotBeReachedAnyMore() throws Exception {
        withOneWorker((tasks, workers) -> {
            tasks.start("talk", workers, output -> output.println("x")).join();
            Poll.until(() -> tasks.outputs.size() == 0);
            workers.shutdown();
            assertThrows(RejectedExecutionException.class, () -> tasks.start("late", workers, output -> {}));
            assertEquals(0, tasks.outputs.size());
        });
    }

    /** Lets {@code body} write as a task in a process does, on a link that fails {@link #interruptions} times. */
    private void remotely(Consumer<RemoteOutput> body) {
        Serializer serializer = Serializer.builder()
                .allowPackage("dev.weft.shared")
                .allowPackage("dev.weft.tasks")
                .build();
        try (LoopGroup group = LoopGroup.open()) {
            Owner<Map<Long, TaskOutput>> owner =
                    group.next().call(() -> Owner.<Map<Long, TaskOutput>>start("outputs", HashMap::new));
            OwnerServer server = new OwnerServer(serializer);
            OwnerClient client = new OwnerClient(serializer, request -> {
                if (interruptions-- > 0 || Thread.interrupted()) {
                    throw new Cancelled("interrupted", null);
                }
                arrived++;
                return server.answer(request);
            });
            byte[] sent = server.serializer().write(new RemoteOutput(SharedOwner.of(owner), 1));
            body.accept(assertInstanceOf(RemoteOutput.class, client.serializer().read(sent)));
            owner.kill();
        }
    }

    @Test
    void anInterruptFromBeforeDoesNotHoldUpWhatIsWritten() {
        remotely(output -> {
            Thread.currentThread().interrupt();
            output.append("x");
            assertTrue(Thread.interrupted());
            assertEquals(1, arrived);
        });
    }

    @Test
    void theEndWaitsUntilAllHasArrivedThoughItIsInterrupted() {
        remotely(output -> {
            interruptions = 3;
            output.append("x");
            assertEquals(0, arrived);
            output.end();
            assertTrue(Thread.interrupted());
            assertEquals(1, arrived);
        });
    }

    @Test
    void whatAnInterruptedBodyWritesArrivesInOrder() throws Exception {
        withOneWorker((tasks, workers) -> {
            NamedTask task = tasks.start("compute", workers, output -> {
                writeAndTell(output, "begun");
                while (!Thread.currentThread().isInterrupted()) {
                    Thread.onSpinWait();
                }
                for (int i = 0; i < 100; i++) {
                    output.println(i);
                }
                output.println(Thread.currentThread().isInterrupted());
            });
            Weft.await(running);
            task.kill();
            task.join();
            List<String> lines = new ArrayList<>(List.of("begun"));
            IntStream.range(0, 100).forEach(i -> lines.add(String.valueOf(i)));
            lines.add("true");
            assertEquals(lines, task.output());
        });
    }
}
