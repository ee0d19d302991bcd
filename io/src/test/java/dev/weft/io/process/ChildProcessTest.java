package dev.weft.io.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.io.NothingLeft;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
@ExtendWith({NoGreenletLeaks.class, NothingLeft.class})
@Timeout(60)
class ChildProcessTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    static ProcessBuilder shell(String script) {
        return new ProcessBuilder("sh", "-c", script);
    }

    static void awaitWaiting(Greenlet<?> greenlet, String target) {
        while (!greenlet.waitingOn().contains(target)) {
            Weft.yieldNow();
        }
    }

    @Test
    void runCollectsWhatIsWrittenAndTheStatus() throws IOException {
        Weft.run(() -> {
            CompletedProcess completed = ChildProcess.run("sh", "-c", "echo out; echo err >&2; exit 3");
            assertEquals(3, completed.status());
            assertEquals("out\n", completed.output());
            assertEquals("err\n", completed.errors());
            IOException e = assertThrows(IOException.class, completed::orThrow);
            assertTrue(e.toString().endsWith("exit 3 ended with status 3: err"), e::toString);
            assertEquals(
                    "a\nb\n",
                    ChildProcess.run(new ProcessBuilder("sort"), "b\na\n")
                            .orThrow()
                            .output());
            assertEquals("", ChildProcess.run("cat").output()); // it has no input
            assertEquals(
                    0,
                    ChildProcess.run(new ProcessBuilder("true"), "x".repeat(1_000_000))
                            .status());
            assertEquals(128 + 15, ChildProcess.run("sh", "-c", "kill -TERM $$").status());
        });
    }

    @Test
    void outputThatIsTooLargeIsRefusedAndTheProcessKilled() throws IOException {
        Weft.run(() -> {
            IOException e = assertThrows(
                    IOException.class, () -> ChildProcess.run(new ProcessBuilder("yes"), new byte[0], 1000));
            assertTrue(e.toString().contains("stdout of yes") && e.toString().contains("1000"), e::toString);
        });
    }

    @Test
    void environmentDirectoryAndRedirectionsAreTheBuilders(@TempDir Path directory) throws IOException {
        Weft.run(() -> {
            ProcessBuilder builder = shell("echo $WEFT; pwd; echo oops >&2").directory(directory.toFile());
            builder.environment().put("WEFT", "greenlet");
            CompletedProcess completed = ChildProcess.run(builder, "");
            assertEquals("greenlet\n" + directory.toRealPath() + "\n", completed.output());
            assertEquals("oops\n", completed.errors());
            builder.redirectErrorStream(true);
            completed = ChildProcess.run(builder, "");
            assertTrue(completed.output().endsWith("oops\n"));
            assertEquals("", completed.errors());
            Path file = directory.resolve("out");
            builder.redirectOutput(file.toFile());
            assertEquals("", ChildProcess.run(builder, "").output());
            assertTrue(Files.readString(file).startsWith("greenlet"));
            builder.redirectInput(file.toFile()).redirectOutput(ProcessBuilder.Redirect.PIPE);
            builder.command("cat");
            assertTrue(ChildProcess.run(builder, "is not read").output().startsWith("greenlet"));
            assertEquals(ProcessBuilder.Redirect.PIPE, builder.redirectOutput()); // it is left as it was
        });
    }

    @Test
    void aHundredAtATimeRunAndAreGone() throws IOException {
        Weft.run(() -> {
            List<Greenlet<String>> all = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                String text = "child " + i + "\n";
                all.add(Weft.spawn(
                        () -> ChildProcess.run(new ProcessBuilder("cat"), text).output()));
            }
            for (int i = 0; i < 100; i++) {
                assertEquals("child " + i + "\n", all.get(i).join());
            }
        });
    }

    @Test
    void aCommandThatIsNotThereIsNamedWithWhereItWasLookedFor() throws IOException {
        Weft.run(() -> {
            NoSuchFileException e =
                    assertThrows(NoSuchFileException.class, () -> ChildProcess.start("no-such-command-here", "x"));
            assertTrue(e.toString().contains("no-such-command-here: no such program in the PATH"), e::toString);
            assertTrue(e.toString().contains("install it or use its full path"), e::toString);
            e = assertThrows(NoSuchFileException.class, () -> ChildProcess.start("/no/such/command"));
            assertTrue(e.toString().contains("/no/such/command: no such program; check the path"), e::toString);
            NotDirectoryException d = assertThrows(
                    NotDirectoryException.class,
                    () -> ChildProcess.start(new ProcessBuilder("true").directory(new java.io.File("/no/such/place"))));
            assertTrue(
                    d.toString().contains("/no/such/place does not exist, so true cannot be started in it"),
                    d::toString);
            IOException denied = assertThrows(IOException.class, () -> ChildProcess.start("/etc/passwd"));
            assertTrue(denied.toString().contains("Permission denied"), denied::toString);
        });
    }

    @Test
    void outsideItsLoopItIsNotWaitedForButCanBeClosed() throws IOException {
        assertThrows(IllegalStateException.class, () -> ChildProcess.start("true"));
        Weft.run(() -> {
            try (ChildProcess child = ChildProcess.start("cat")) {
                Weft.offload(() -> {
                    assertThrows(IllegalStateException.class, child::waitFor);
                    assertTrue(child.isAlive());
                    child.stop(LONG);
                });
                assertFalse(child.isAlive());
            }
        });
    }

    @Test
    void closingKillsTheWholeTree() throws IOException {
        List<ProcessHandle> all = new ArrayList<>();
        Weft.run(() -> {
            try (ChildProcess child = ChildProcess.start("sh", "-c", "(sleep 1000 & sleep 1000) & echo up; wait")) {
                assertEquals(Optional.of("up"), child.stdout().lines().read());
                all.add(child.handle());
                while (all.size() < 3) {
                    all.clear();
                    all.add(child.handle());
                    all.addAll(Weft.offload(() -> child.handle().descendants().toList()));
                }
            }
            for (ProcessHandle each : all) {
                assertFalse(Weft.offload(() -> isRunning(each)), each::toString);
            }
        });
    }

    private static boolean isRunning(ProcessHandle process) throws IOException {
        Path stat = Path.of("/proc/" + process.pid() + "/stat");
        return process.isAlive()
                && Files.exists(stat)
                && !Files.readString(stat).contains(") Z ");
    }

    @Test
    void oneThatIgnoresTheRequestToEndIsKilledAfterTheGrace() throws IOException {
        Weft.run(() -> {
            ChildProcess deaf = ChildProcess.start("sh", "-c", "trap '' TERM; echo up; while :; do sleep 1; done");
            assertEquals(Optional.of("up"), deaf.stdout().lines().read());
            deaf.stop(Duration.ofMillis(50));
            assertFalse(deaf.isAlive());
            assertEquals(128 + 9, deaf.waitFor());
        });
    }

    @Test
    void oneThatCleansUpIsGivenTheTime() throws IOException {
        Weft.run(() -> {
            ChildProcess polite =
                    ChildProcess.start("sh", "-c", "trap 'exit 7' TERM; echo up; while :; do sleep 0.01; done");
            assertEquals(Optional.of("up"), polite.stdout().lines().read());
            polite.stop(LONG);
            assertEquals(7, polite.waitFor());
            polite.stop(LONG); // again, it does nothing
        });
    }

    @Test
    void aKillInEachWaitEndsTheProcess() throws IOException {
        Weft.run(() -> {
            for (String target : List.of("stdout of", "stderr of", "stdin of", "the exit of")) {
                List<ChildProcess> started = new ArrayList<>();
                Greenlet<?> user = Weft.spawn(() -> {
                    try (ChildProcess child = ChildProcess.start("sleep", "1000")) {
                        started.add(child);
                        switch (target) {
                            case "stdout of" -> child.stdout().read();
                            case "stderr of" -> child.stderr().read();
                            case "stdin of" -> child.stdin().write(new byte[1_000_000]);
                            default -> child.waitFor();
                        }
                    }
                });
                awaitWaiting(user, target);
                user.kill();
                assertThrows(Cancelled.class, user::join);
                assertFalse(started.get(0).isAlive());
            }
        });
    }

    @Test
    void aKillWhileItStartsLeavesNone() throws IOException {
        Weft.run(() -> {
            for (int i = 0; i < 20; i++) {
                Greenlet<?> user = Weft.spawn(() -> ChildProcess.run("sleep", "1000"));
                awaitWaiting(user, "start of");
                for (int j = 0; j < i; j++) {
                    Weft.yieldNow();
                }
                user.kill();
                assertThrows(Cancelled.class, user::join);
            }
        });
    }

    @Test
    void aDeadlineEndsARun() throws IOException {
        Weft.run(() -> {
            assertThrows(
                    DeadlineExceeded.class,
                    () -> Weft.withTimeout(Duration.ofMillis(50), () -> {
                        ChildProcess.run("sleep", "1000");
                    }));
        });
    }

    @Test
    void theEndIsToldToAllWhoWait() throws IOException {
        Weft.run(() -> {
            try (ChildProcess child = ChildProcess.start("cat")) {
                List<Greenlet<Integer>> all = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    all.add(Weft.spawn(child::waitFor));
                }
                awaitWaiting(all.get(9), "the exit of cat");
                all.get(0).kill();
                assertThrows(Cancelled.class, all.get(0)::join);
                child.stdin().close();
                for (int i = 1; i < 10; i++) {
                    assertEquals(0, all.get(i).join());
                }
                assertEquals(0, child.waitFor());
            }
        });
    }
}
