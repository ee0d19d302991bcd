package dev.weft.tasks;

import dev.weft.io.Lines;
import dev.weft.io.StreamServer;
import dev.weft.io.endpoint.Endpoint;
import dev.weft.lowlevel.Suspension;
import dev.weft.serial.SerializationFailed;
import dev.weft.workers.Workers;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.RejectedExecutionException;

/**
 * A language of commands for the tasks of a {@link TaskRegistry}, one a line: a program's own, each of which starts a task, and these.
 *
 * <table>
 * <caption>The commands of all interpreters</caption>
 * <tr><td>{@code list [STATE]}<td>lists all tasks, or those in a {@linkplain TaskState state}
 * <tr><td>{@code output [NUMBER]}<td>shows what a task has written so far
 * <tr><td>{@code kill [NUMBER]}<td>kills a task
 * <tr><td>{@code wait [NUMBER]}<td>waits until a task has ended, and shows how it did
 * <tr><td>{@code failure [NUMBER]}<td>shows why a task failed, with its stack; without a number, of the one that failed last
 * <tr><td>{@code help}<td>lists the commands
 * <tr><td>{@code quit}<td>ends the session
 * </table>
 *
 * <p>Without a number they mean the task that was started last. Words are separated by blanks and cannot contain any. Empty lines,
 * and those that begin with {@code #}, are skipped.
 *
 * <pre>{@code
 * TaskInterpreter interpreter = new TaskInterpreter(tasks)
 *         .command("import FILE", workers, (arguments, output) -> importFile(arguments.get(0), output));
 * interpreter.converse(StandardInput.lines(), new PrintWriter(System.out));
 * }</pre>
 *
 * <p>Any number of sessions may share an interpreter, and thereby its tasks. Any thread may call all methods; a waiting greenlet
 * yields, a waiting thread blocks.
 */
public final class TaskInterpreter {
    static {
        Suspension.spawnsForOthers(TaskInterpreter.class);
    }

    private static final String PROMPT = "> ";
    private static final String QUIT = "quit";

    private final TaskRegistry tasks;
    private final Map<String, Command> commands = new ConcurrentSkipListMap<>();

    /** Creates an interpreter whose commands start and find tasks in {@code tasks}. */
    public TaskInterpreter(TaskRegistry tasks) {
        this.tasks = tasks;
        add("list [STATE]", (arguments, answers) -> list(arguments).forEach(answers::println));
        add("output [NUMBER]", (arguments, answers) -> task(arguments).output().forEach(answers::println));
        add("kill [NUMBER]", (arguments, answers) -> task(arguments).kill());
        add("wait [NUMBER]", (arguments, answers) -> {
            NamedTask task = task(arguments);
            task.join();
            answers.println(task);
        });
        add(
                "failure [NUMBER]",
                (arguments, answers) -> failed(arguments)
                        .flatMap(NamedTask::failure)
                        .ifPresent(failure -> failure.printStackTrace(answers)));
        add("help", (arguments, answers) -> commands.values().forEach(command -> answers.println(command.usage)));
        add(QUIT, (arguments, answers) -> {});
    }

    @FunctionalInterface
    private interface Body {
        void run(List<String> arguments, PrintWriter answers);
    }

    private record Command(String usage, int fewest, int most, Body body) {
        static Command of(String usage, Body body) {
            List<String> parameters = wordsOf(usage).subList(1, wordsOf(usage).size());
            int needed = (int) parameters.stream()
                    .takeWhile(parameter -> !parameter.startsWith("["))
                    .count();
            return new Command(usage, needed, usage.contains("...") ? Integer.MAX_VALUE : parameters.size(), body);
        }

        void execute(List<String> arguments, PrintWriter answers) {
            if (arguments.size() < fewest || arguments.size() > most) {
                throw new IllegalArgumentException("the usage is: " + usage);
            }
            body.run(arguments, answers);
        }
    }

    private static List<String> wordsOf(String line) {
        return Arrays.asList(line.strip().split("\\s+", -1));
    }

    private void add(String usage, Body body) {
        if (commands.putIfAbsent(wordsOf(usage).get(0), Command.of(usage, body)) != null) {
            throw new IllegalArgumentException("there is already such a command; choose another name: " + usage);
        }
    }

    /**
     * Adds a command that starts a task on {@code workers}. Returns this.
     *
     * @param usage its name and parameters, which its arguments must match: those in brackets may be missing, and dots allow for
     *     any number of them, as in {@code import FILE [LINES]} and {@code sum COLUMN FILE...}
     * @throws IllegalArgumentException if there is already a command of that name
     */
    public TaskInterpreter command(String usage, Workers workers, TaskCommand code) {
        String name = wordsOf(usage).get(0);
        add(usage, (arguments, answers) -> {
            String line = (name + " " + String.join(" ", arguments)).strip();
            answers.println(tasks.start(line, workers, output -> code.run(arguments, output)));
        });
        return this;
    }

    /**
     * Executes one line, and writes what it answers.
     *
     * @throws CommandFailed if there is no such command, or no such task, or the arguments are wrong, or the task cannot be started
     */
    public void execute(String line, Writer answers) throws CommandFailed {
        String stripped = line.strip();
        if (stripped.isEmpty() || stripped.startsWith("#")) {
            return;
        }
        PrintWriter printer = new PrintWriter(answers);
        try {
            List<String> words = List.copyOf(wordsOf(stripped));
            command(words.get(0)).execute(List.copyOf(words.subList(1, words.size())), printer);
        } catch (IllegalArgumentException
                | NoSuchElementException
                | RejectedExecutionException
                | SerializationFailed e) {
            throw new CommandFailed(stripped, e);
        } finally {
            printer.flush();
        }
    }

    /**
     * Executes the lines of a script, up to its end, {@code quit}, or the first line that fails.
     *
     * @throws CommandFailed if a line fails, as {@link #execute(String, Writer)} does
     */
    public void execute(Lines script, Writer answers) throws IOException, CommandFailed {
        for (Optional<String> line = script.read(); goesOn(line); line = script.read()) {
            execute(line.get(), answers);
        }
    }

    /** Executes the lines of a person, up to their end or {@code quit}: prompts for each, and tells which fail, and why. */
    public void converse(Lines person, Writer answers) throws IOException {
        for (Optional<String> line = ask(person, answers); goesOn(line); line = ask(person, answers)) {
            try {
                execute(line.get(), answers);
            } catch (CommandFailed e) {
                answers.write(e.getMessage() + System.lineSeparator());
            }
        }
    }

    private static Optional<String> ask(Lines person, Writer answers) throws IOException {
        answers.write(PROMPT);
        answers.flush();
        return person.read();
    }

    private static boolean goesOn(Optional<String> line) {
        return line.isPresent() && !line.get().strip().equals(QUIT);
    }

    /** Starts a server whose clients converse with this interpreter, in UTF-8. Whoever can connect can use all commands. */
    public StreamServer serve(Endpoint endpoint) throws IOException {
        return endpoint.serve(stream ->
                converse(Lines.of(stream.input()), new OutputStreamWriter(stream.output(), StandardCharsets.UTF_8)));
    }

    private Command command(String name) {
        return Optional.ofNullable(commands.get(name))
                .orElseThrow(
                        () -> new NoSuchElementException("there is no such command; there are " + commands.keySet()));
    }

    private List<NamedTask> list(List<String> arguments) {
        return arguments.isEmpty() ? tasks.list() : tasks.list(state(arguments.get(0)));
    }

    private static TaskState state(String name) {
        return Arrays.stream(TaskState.values())
                .filter(state -> state.name().equals(name.toUpperCase(Locale.ROOT)))
                .findAny()
                .orElseThrow(() -> new NoSuchElementException(
                        "there is no such state; there are " + Arrays.toString(TaskState.values())));
    }

    private NamedTask task(List<String> arguments) {
        return arguments.isEmpty()
                ? tasks.latest().orElseThrow(() -> new NoSuchElementException("no task has been started"))
                : tasks.task(number(arguments.get(0)));
    }

    private Optional<NamedTask> failed(List<String> arguments) {
        return arguments.isEmpty() ? tasks.lastFailed() : Optional.of(task(arguments));
    }

    private static int number(String word) {
        try {
            return Integer.parseInt(word);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("the number of a task is expected: " + word, e);
        }
    }
}
