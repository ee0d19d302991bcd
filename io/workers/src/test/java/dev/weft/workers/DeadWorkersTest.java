package dev.weft.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Outcome;
import dev.weft.Weft;
import dev.weft.io.process.ChildProcess;
import dev.weft.serial.SerializationFailed;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Workers that die or misbehave: each takes only its own task with it. */
@Timeout(120)
@ExtendWith({NothingLeft.class, NoGreenletLeaks.class})
final class DeadWorkersTest {
    private final CompletableFuture<Long> running = new CompletableFuture<>();

    /** Returns a builder of {@code size} processes; {@link #running} is the pid of the first that says that it runs. */
    private WorkersBuilder builder(int size) {
        return Workers.builder(size).output((pid, source, line) -> running.complete(pid));
    }

    private static long pid() {
        return ProcessHandle.current().pid();
    }

    /** Says on the standard output that it runs, and waits for ever. */
    private static void announceAndWait() throws InterruptedException {
        System.out.println("running");
        WorkersContract.waitForEver();
    }

    /** Says on the standard output that it runs, and computes for ever. */
    private static void announceAndCompute() {
        System.out.println("running");
        while (true) {
            Thread.onSpinWait();
        }
    }

    private static void signal(String name, long pid) throws IOException {
        ChildProcess.run("kill", "-" + name, Long.toString(pid)).orThrow();
    }

    @Test
    void aWorkerThatIsKilledFailsItsOwnTaskAlone() throws IOException {
        Weft.run(() -> {
            try (Workers workers = builder(2).processes()) {
                Greenlet<?> victim = workers.submit(DeadWorkersTest::announceAndWait);
                long pid = Weft.await(running);
                List<Greenlet<Integer>> others = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    int number = i;
                    others.add(workers.submit(() -> number));
                }
                signal("KILL", pid);
                WorkerDied died = assertThrows(WorkerDied.class, victim::join);
                assertEquals(pid, died.pid());
                assertEquals(128 + 9, died.exitStatus());
                assertTrue(String.valueOf(died.getMessage()).contains("SIGKILL"), died::getMessage);
                for (int i = 0; i < 20; i++) {
                    assertEquals(i, others.get(i).join());
                }
                Set<Long> pids = new HashSet<>();
                while (pids.size() < 2) { // until the replacement has worked too
                    pids.addAll(workers.map(List.of(1, 2, 3, 4), n -> pid(), 1));
                }
                assertTrue(!pids.contains(pid));
                assertEquals(1, workers.statistics().died());
            }
        });
    }

    @Test
    void aWorkerThatDiesWhileItIsIdleIsReplaced() throws IOException {
        Weft.run(() -> {
            try (Workers workers = Workers.processes(1)) {
                long pid = workers.call(DeadWorkersTest::pid);
                ProcessHandle handle = ProcessHandle.of(pid).orElseThrow();
                signal("KILL", pid);
                Weft.await(handle.onExit());
                assertNotEquals(pid, workers.call(DeadWorkersTest::pid));
            }
        });
    }

    @Test
    void aStoppedWorkerIsKilledWhenItsTaskTimesOut() throws IOException {
        Weft.run(() -> {
            try (Workers workers = builder(1).grace(Duration.ofMillis(100)).processes()) {
                Greenlet<?> task = workers.submit(
                        () -> {
                            announceAndWait();
                            return 1;
                        },
                        Duration.ofSeconds(3));
                signal("STOP", Weft.await(running));
                assertThrows(DeadlineExceeded.class, task::join);
                assertEquals(2, workers.call(() -> 2));
            }
        });
    }

    @Test
    void aTaskThatIgnoresItsKillCostsItsWorkerTheLife() {
        Weft.run(() -> {
            try (Workers workers = builder(1).grace(Duration.ofMillis(100)).processes()) {
                Greenlet<?> task = workers.submit(DeadWorkersTest::announceAndCompute);
                long pid = Weft.await(running);
                assertTrue(task.killAndJoin(Duration.ofSeconds(100)));
                assertNotEquals(pid, workers.call(DeadWorkersTest::pid));
            }
        });
    }

    @Test
    void aTaskThatIsKilledLeavesItsWorkerAlive() {
        Weft.run(() -> {
            try (Workers workers = builder(1).processes()) {
                Greenlet<?> task = workers.submit(DeadWorkersTest::announceAndWait);
                long pid = Weft.await(running);
                task.kill();
                assertEquals(pid, workers.call(DeadWorkersTest::pid));
            }
        });
    }

    @Test
    void aWorkerThatRunsOutOfMemoryIsReplaced() {
        Weft.run(() -> {
            try (Workers workers = Workers.builder(1).jvmArguments("-Xmx24m").processes()) {
                Greenlet<?> greedy = workers.submit(() -> {
                    Object[] hoard = {};
                    while (true) {
                        hoard = new Object[] {hoard, new byte[1_000_000]};
                    }
                });
                WorkerDied died = assertThrows(WorkerDied.class, greedy::join);
                assertEquals(3, died.exitStatus());
                assertEquals(2, workers.call(() -> 2));
            }
        });
    }

    @Test
    void aWorkerThatExitsTellsItsStatusAndItsLastLines() {
        Weft.run(() -> {
            try (Workers workers =
                    Workers.builder(1).output((pid, source, line) -> {}).processes()) {
                Greenlet<?> exits = workers.submit(() -> {
                    for (int i = 1; i <= 30; i++) {
                        System.err.println("line " + i);
                    }
                    System.exit(7);
                });
                WorkerDied died = assertThrows(WorkerDied.class, exits::join);
                assertEquals(7, died.exitStatus());
                assertEquals(20, died.lastLines().size());
                assertEquals("line 30", died.lastLines().get(19));
                assertTrue(String.valueOf(died.getMessage()).endsWith("| line 30"), died::getMessage);
            }
        });
    }

    @Test
    void aWorkerThatFloodsItsErrorOutputWorksOn() {
        LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
        Weft.run(() -> {
            try (Workers workers = Workers.builder(1)
                    .output((pid, source, line) -> lines.add(line))
                    .processes()) {
                workers.call(() -> {
                    String line = "x".repeat(1000);
                    for (int i = 0; i < 2000; i++) {
                        System.err.println(line);
                    }
                    System.err.print("y".repeat(100_000));
                });
                assertEquals(1, workers.call(() -> 1));
            }
        });
        assertEquals(2000, lines.stream().filter(line -> line.startsWith("x")).count());
        assertEquals(
                100_000,
                lines.stream()
                        .filter(line -> line.startsWith("y"))
                        .mapToInt(String::length)
                        .sum());
        assertTrue(lines.stream().allMatch(line -> line.length() <= 8 * 1024));
    }

    @Test
    void outputIsRelayedLineByLine() {
        LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
        Weft.run(() -> {
            try (Workers workers = Workers.builder(1)
                    .output((pid, source, line) -> lines.add(source + " " + line))
                    .processes()) {
                workers.call(() -> {
                    System.out.println("first");
                    System.out.print("second");
                });
            }
        });
        assertEquals(List.of("STDOUT first", "STDOUT second"), List.copyOf(lines));
    }

    @ParameterizedTest
    @ValueSource(strings = {"half", "noise", "other", "hangup"})
    void aWorkerThatBreaksTheProtocolFailsItsTask(String fault) {
        Weft.run(() -> {
            WorkersBuilder builder = Workers.builder(1).jvmArguments("-Dfault=" + fault);
            builder.program = FaultyWorker.class.getName();
            Workers workers = builder.processes();
            WorkerDied died = assertThrows(WorkerDied.class, () -> workers.call(() -> 1));
            switch (fault) {
                case "half" -> assertEquals(7, died.exitStatus());
                case "noise", "other" ->
                    assertTrue(String.valueOf(died.getMessage()).contains("it sent garbage"), died::getMessage);
                default -> assertEquals(128 + 9, died.exitStatus());
            }
            workers.kill();
            assertTrue(workers.join(Duration.ofSeconds(100)));
        });
    }

    @Test
    void aWorkerThatCannotStartFailsTheTasksOneByOne() {
        Weft.run(() -> {
            WorkersBuilder builder =
                    Workers.builder(1).jvmArguments("-Dfault=start").output((pid, source, line) -> {});
            builder.program = FaultyWorker.class.getName();
            try (Workers workers = builder.processes()) {
                for (int i = 0; i < 2; i++) {
                    WorkerDied died = assertThrows(WorkerDied.class, () -> workers.call(() -> 1));
                    assertEquals(5, died.exitStatus());
                    assertEquals(List.of("cannot start"), died.lastLines());
                }
            }
        });
    }

    @Test
    void aWorkerIsReplacedAfterItsMaximumNumberOfTasks() {
        Weft.run(() -> {
            try (Workers workers = Workers.builder(1).maxTasksPerWorker(3).processes()) {
                List<Long> pids = new ArrayList<>();
                for (int i = 0; i < 9; i++) {
                    pids.add(workers.call(DeadWorkersTest::pid));
                }
                assertEquals(3, new HashSet<>(pids).size(), pids::toString);
                assertEquals(pids.get(0), pids.get(2));
                assertNotEquals(pids.get(2), pids.get(3));
                assertEquals(0, workers.statistics().died());
            }
        });
    }

    @Test
    void killEndsProcessesAtOnce() {
        Weft.run(() -> {
            Workers workers = builder(1).grace(Duration.ofSeconds(1000)).processes();
            Greenlet<?> task = workers.submit(DeadWorkersTest::announceAndCompute);
            Weft.await(running);
            workers.kill();
            assertTrue(workers.join(Duration.ofSeconds(100)));
            assertInstanceOf(Outcome.Cancelled.class, task.outcome());
        });
    }

    @Test
    void tasksOnGreenletsMayUseWeft() {
        Weft.run(() -> {
            try (Workers workers = builder(1).onGreenlets().processes()) {
                assertEquals(3, workers.call(() -> {
                    Greenlet<Integer> child = Weft.spawn(() -> {
                        Weft.sleep(Duration.ofMillis(1));
                        return 3;
                    });
                    return child.join();
                }));
                Greenlet<?> endless = workers.submit(() -> {
                    System.out.println("running");
                    Weft.sleep(Duration.ofDays(1));
                });
                Weft.await(running);
                assertTrue(endless.killAndJoin(Duration.ofSeconds(100)));
                assertEquals(0, workers.statistics().died());
            }
        });
    }

    @Test
    void whatCannotTravelIsRefusedWithItsClassAndField() {
        Weft.run(() -> {
            try (Workers workers = Workers.processes(1)) {
                Thread thread = Thread.currentThread();
                SerializationFailed refused =
                        assertThrows(SerializationFailed.class, () -> workers.submit(() -> thread.getName()));
                assertTrue(String.valueOf(refused.getMessage()).contains("Thread"), refused::getMessage);
                assertThrows(SerializationFailed.class, () -> workers.call(() -> Thread.currentThread()));
                assertEquals(1, workers.call(() -> 1));
            }
        });
    }
}
