package dev.weft.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Weft;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A program that is killed takes its workers with it. */
@Timeout(120)
@ExtendWith(NothingLeft.class)
final class ParentDeathTest {

    /** Opens a pool of two, one of which computes and the other is idle, and prints their pids. */
    public static void main(String[] arguments) {
        Weft.run(() -> {
            Workers workers = Workers.processes(2);
            workers.submit(() -> {
                System.out.println(ProcessHandle.current().pid());
                while (true) {
                    Thread.onSpinWait();
                }
            });
            System.out.println(workers.call(() -> ProcessHandle.current().pid()).longValue());
            workers.call(() -> Thread.sleep(Long.MAX_VALUE));
        });
    }

    /** Opens a pool and prints that it did. */
    static final class Opens {
        private Opens() {}

        public static void main(String[] arguments) {
            Weft.run(() -> {
                Workers workers = Workers.processes(1);
                System.out.println("open");
                workers.submit(() -> {}).join();
                Weft.sleep(Duration.ofDays(1));
            });
        }
    }

    private static Process start(Class<?> program) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-opens",
                        "java.base/java.lang=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        program.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    @Test
    void workersEndAtOnceWhenTheirProgramIsKilled() throws Exception {
        Process program = start(ParentDeathTest.class);
        List<ProcessHandle> workers = new ArrayList<>();
        try (BufferedReader lines = program.inputReader()) {
            for (int i = 0; i < 2; i++) {
                workers.add(ProcessHandle.of(Long.parseLong(lines.readLine())).orElseThrow());
            }
            workers.forEach(worker -> assertTrue(worker.isAlive()));
            program.toHandle().destroyForcibly();
            for (ProcessHandle worker : workers) {
                worker.onExit().get(60, TimeUnit.SECONDS);
            }
        } finally {
            program.destroyForcibly().waitFor();
            workers.forEach(ProcessHandle::destroyForcibly);
        }
        // A spare worker that was starting removes its directory.
        Poll.until(() -> NothingLeft.directories(program.pid()).isEmpty());
    }

    @Test
    void aProgramThatIsKilledWhileWorkersStartLeavesNothing() throws Exception {
        Process program = start(Opens.class);
        try (BufferedReader lines = program.inputReader()) {
            assertEquals("open", lines.readLine());
            ProcessHandle worker = firstChild(program);
            program.destroyForcibly();
            worker.onExit().get(60, TimeUnit.SECONDS);
        } finally {
            program.destroyForcibly().waitFor();
        }
        Weft.run(() -> Workers.processes(1).close()); // what no worker has removed, the next pool does
        assertEquals(List.of(), NothingLeft.directories(program.pid()));
    }

    private static ProcessHandle firstChild(Process program) {
        Poll.until(() -> program.children().findAny().isPresent() || !program.isAlive());
        return program.children().findAny().orElseThrow(() -> new AssertionError("the program ended"));
    }
}
