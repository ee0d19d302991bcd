package dev.weft.tasks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Weft;
import dev.weft.io.ByteStream;
import dev.weft.io.Lines;
import dev.weft.io.StreamServer;
import dev.weft.io.endpoint.Endpoint;
import dev.weft.serial.SerializationFailed;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.workers.Workers;
import java.io.BufferedWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a person types, and what comes back. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
class TaskInterpreterTest {
    private static final String TIME = "for [0-9.]+ s, ";

    /** All kinds of workers. */
    enum Carrier {
        GREENLETS,
        THREADS,
        PROCESSES;

        Workers open() {
            return switch (this) {
                case GREENLETS -> Workers.greenlets(2);
                case THREADS -> Workers.threads(2);
                case PROCESSES -> Workers.processes(2);
            };
        }
    }

    private interface Body {
        void run(TaskInterpreter interpreter) throws Exception;
    }

    private static void with(Carrier carrier, Body body) throws Exception {
        Weft.run(() -> {
            try (Workers workers = carrier.open();
                    TaskRegistry tasks = new TaskRegistry()) {
                body.run(new TaskInterpreter(tasks)
                        .command("say WORD [WORD...]", workers, TaskInterpreterTest::say)
                        .command("sleep", workers, TaskInterpreterTest::sleep)
                        .command("fail [REASON]", workers, TaskInterpreterTest::fail));
            }
        });
    }

    private static void say(List<String> arguments, TaskOutput output) {
        arguments.forEach(output::println);
    }

    private static void sleep(List<String> arguments, TaskOutput output) throws InterruptedException {
        new CountDownLatch(1).await();
    }

    private static void fail(List<String> arguments, TaskOutput output) {
        throw new IllegalStateException(String.join(", ", arguments));
    }

    private static Lines lines(String text) {
        return Lines.of(new ByteArrayInputStream(text.getBytes(UTF_8)));
    }

    private static List<String> execute(TaskInterpreter interpreter, String script) throws IOException, CommandFailed {
        StringWriter answers = new StringWriter();
        interpreter.execute(lines(script), new BufferedWriter(answers));
        return answers.toString().lines().toList();
    }

    private static List<String> converse(TaskInterpreter interpreter, String typed) throws IOException {
        StringWriter answers = new StringWriter();
        interpreter.converse(lines(typed), new BufferedWriter(answers));
        return answers.toString().lines().toList();
    }

    private static void assertMatches(String pattern, String line) {
        assertTrue(line.matches(pattern), line);
    }

    @ParameterizedTest
    @EnumSource
    void aScriptStartsReadsAndKillsTasks(Carrier carrier) throws Exception {
        with(carrier, interpreter -> {
            List<String> answers = execute(interpreter, """
                    # a remark, and an empty line

                    say hello   to you
                    wait
                    output
                    sleep
                    fail badly
                    wait 3
                    list failed
                    kill 2
                    wait 2
                    output 1
                    """);
            assertMatches("1 say hello to you: (QUEUED|RUNNING) " + TIME + "[0-3] lines", answers.get(0));
            assertMatches("1 say hello to you: FINISHED " + TIME + "3 lines", answers.get(1));
            assertEquals(List.of("hello", "to", "you"), answers.subList(2, 5));
            assertMatches("2 sleep: (QUEUED|RUNNING) " + TIME + "0 lines", answers.get(5));
            assertMatches("3 fail badly: FAILED " + TIME + "0 lines", answers.get(7));
            assertEquals(answers.get(7), answers.get(8));
            assertMatches("2 sleep: KILLED " + TIME + "0 lines", answers.get(9));
            assertEquals(List.of("hello", "to", "you"), answers.subList(10, 13));
            assertEquals(13, answers.size());
        });
    }

    @ParameterizedTest
    @EnumSource
    void aFailureIsShownWithItsWholeStack(Carrier carrier) throws Exception {
        with(carrier, interpreter -> {
            assertEquals(List.of(), execute(interpreter, "failure"));
            execute(interpreter, "fail first\nwait\nfail second\nwait\nsay something\nwait");
            List<String> last = execute(interpreter, "failure");
            assertEquals("java.lang.IllegalStateException: second", last.get(0));
            assertMatches("\tat .*TaskInterpreterTest\\.fail\\(TaskInterpreterTest\\.java:[0-9]+\\)", last.get(1));
            assertEquals(
                    "java.lang.IllegalStateException: first",
                    execute(interpreter, "failure 1").get(0));
            assertEquals(List.of(), execute(interpreter, "failure 3"));
        });
    }

    @Test
    void aScriptEndsWithTheFirstLineThatFails() throws Exception {
        with(Carrier.GREENLETS, interpreter -> {
            StringWriter answers = new StringWriter();
            Exception failed = assertThrows(
                    CommandFailed.class,
                    () -> interpreter.execute(lines("say a\nwait\noutput\n kill  7 \nsay b\n"), answers));
            assertEquals("kill  7: there is no task 7; there are [1]", failed.getMessage());
            assertTrue(answers.toString().endsWith("\na\n"), answers::toString);
            assertEquals(1, execute(interpreter, "list").size());
        });
    }

    @Test
    void aPersonGoesOnAfterAFailureAndIsPrompted() throws Exception {
        with(Carrier.GREENLETS, interpreter -> {
            List<String> answers = converse(interpreter, "output\nsay a\nwait\noutput\n");
            assertEquals("> output: no task has been started", answers.get(0));
            assertTrue(answers.get(1).startsWith("> 1 say a: "), answers::toString);
            assertTrue(answers.get(2).startsWith("> 1 say a: FINISHED "), answers::toString);
            assertEquals(List.of("> a", "> "), answers.subList(3, 5));
        });
    }

    @Test
    void quitEndsASessionButNotTheTasks() throws Exception {
        with(Carrier.GREENLETS, interpreter -> {
            assertEquals(1, execute(interpreter, "sleep\nquit\nsay no\n").size());
            assertEquals(List.of("> "), converse(interpreter, " quit \nsay no\n"));
            assertMatches(
                    "1 sleep: (QUEUED|RUNNING) .*", execute(interpreter, "list").getFirst());
        });
    }

    @Test
    void eachMistakeIsAnsweredWithItsCure() throws Exception {
        with(Carrier.GREENLETS, interpreter -> {
            String commands = "fail, failure, help, kill, list, output, quit, say, sleep, wait";
            String states = "QUEUED, RUNNING, STOPPING, FINISHED, FAILED, KILLED";
            assertEquals(
                    List.of(
                            "> explode: there is no such command; there are [" + commands + "]",
                            "> say: the usage is: say WORD [WORD...]",
                            "> sleep well: the usage is: sleep",
                            "> fail a b: the usage is: fail [REASON]",
                            "> kill me: the number of a task is expected: me",
                            "> list dead: there is no such state; there are [" + states + "]",
                            "> "),
                    converse(interpreter, "explode\nsay\nsleep well\nfail a b\nkill me\nlist dead\n"));
        });
    }

    @Test
    void whatCannotBeStartedIsAFailureOfTheCommand() throws Exception {
        Weft.run(() -> {
            try (Workers closed = Workers.greenlets(1);
                    TaskRegistry tasks = new TaskRegistry()) {
                closed.shutdown();
                TaskInterpreter interpreter = new TaskInterpreter(tasks).command("sleep", closed, (none, output) -> {});
                assertThrows(CommandFailed.class, () -> execute(interpreter, "sleep"));
            }
        });
    }

    @Test
    void aCommandThatCannotBeCopiedToAProcessFails() throws Exception {
        Weft.run(() -> {
            try (Workers processes = Workers.processes(1);
                    TaskRegistry tasks = new TaskRegistry()) {
                Thread here = Thread.currentThread();
                TaskInterpreter interpreter =
                        new TaskInterpreter(tasks).command("where", processes, (none, output) -> output.println(here));
                CommandFailed failed = assertThrows(CommandFailed.class, () -> execute(interpreter, "where"));
                assertInstanceOf(SerializationFailed.class, failed.getCause());
            }
        });
    }

    @Test
    void helpListsHowAllCommandsAreUsed() throws Exception {
        with(
                Carrier.GREENLETS,
                interpreter -> assertEquals(
                        List.of(
                                "fail [REASON]",
                                "failure [NUMBER]",
                                "help",
                                "kill [NUMBER]",
                                "list [STATE]",
                                "output [NUMBER]",
                                "quit",
                                "say WORD [WORD...]",
                                "sleep",
                                "wait [NUMBER]"),
                        execute(interpreter, "help")));
    }

    @Test
    void aNameIsTakenOnce() throws Exception {
        Weft.run(() -> {
            try (Workers workers = Workers.greenlets(1);
                    TaskRegistry tasks = new TaskRegistry()) {
                TaskInterpreter interpreter = new TaskInterpreter(tasks);
                List<String> help = execute(interpreter, "help");
                Exception refused = assertThrows(
                        IllegalArgumentException.class,
                        () -> interpreter.command("kill NAME", workers, (arguments, output) -> {}));
                assertEquals("there is already such a command; choose another name: kill NAME", refused.getMessage());
                assertEquals(help, execute(interpreter, "help"));
            }
        });
    }

    @Test
    void allWhoConnectShareTheTasks(@TempDir Path directory) throws Exception {
        Endpoint endpoint = Endpoint.parse("unix:" + directory.resolve("tasks.sock"));
        with(Carrier.GREENLETS, interpreter -> {
            try (StreamServer server = interpreter.serve(endpoint);
                    Client first = new Client(endpoint.connect());
                    Client second = new Client(endpoint.connect())) {
                assertMatches("> 1 say ja, schön: .*", first.ask("say ja, schön"));
                assertMatches("> 1 say ja, schön: FINISHED .*", second.ask("wait"));
                assertEquals("> output 7: there is no task 7; there are [1]", second.ask("output 7"));
                assertMatches("> 1 say ja, schön: FINISHED .*", second.ask("list"));
                assertEquals(2, server.connections());
                assertEquals("> ", second.ask("quit"));
                assertEquals(Optional.empty(), second.lines.read());
            }
        });
    }

    /** One who types commands, and reads what comes back. */
    private record Client(ByteStream stream, Lines lines) implements AutoCloseable {
        Client(ByteStream stream) {
            this(stream, Lines.of(stream.input()));
        }

        String ask(String command) throws IOException {
            stream.output().write((command + "\n").getBytes(UTF_8));
            return lines.read().orElseThrow();
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }
}
