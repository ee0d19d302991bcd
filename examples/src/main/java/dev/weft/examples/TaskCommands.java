package dev.weft.examples;

import dev.weft.io.Lines;
import dev.weft.tasks.NamedTask;
import dev.weft.tasks.TaskOutput;
import dev.weft.tasks.TaskRegistry;
import dev.weft.tasks.TaskState;
import dev.weft.workers.Workers;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands of {@link TaskShell}, written to {@code out}. Without a number they mean the latest task. */
@Command(name = "", subcommands = CommandLine.HelpCommand.class)
record TaskCommands(TaskRegistry tasks, Workers workers, PrintWriter out) {
    private static final int QUIT = -1;

    /** Executes lines up to "quit" or, without a prompt, the first that fails. Returns the status of the last, 0 for quit. */
    int interpret(Lines lines, String prompt) throws IOException {
        CommandLine commands = new CommandLine(this)
                .setOut(out)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((failure, arguments) -> failed(failure, 2))
                .setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, 1));
        int status = 0;
        while (status == 0 || (status > 0 && !prompt.isEmpty())) {
            out.print(prompt);
            out.flush();
            String line = lines.read().orElse("quit").strip();
            status = line.isEmpty() || line.startsWith("#") ? status : commands.execute(line.split("\\s+", -1));
        }
        return Math.max(0, status);
    }

    private int failed(Exception failure, int status) {
        out.println(failure.getMessage());
        return status;
    }

    @Command(name = "import", description = "Import FILE in the background. (It only pretends to.)")
    void start(
            @Parameters(paramLabel = "FILE") String file,
            @Option(names = "--lines", defaultValue = "200") int lines,
            @Option(names = "--bad-line", defaultValue = "0") int badLine) {
        out.println(tasks.start("import " + file, workers, output -> importFile(file, lines, badLine, output)));
    }

    private static void importFile(String file, int lines, int badLine, TaskOutput output) throws InterruptedException {
        try {
            for (int line = 1; line <= lines; line++) {
                Thread.sleep(Duration.ofMillis(10)); // if this is a greenlet, others run
                if (line == badLine) {
                    throw new IllegalStateException(file + ": line " + line + " is bad");
                }
                output.println("imported line " + line);
            }
        } finally {
            output.println("closed " + file);
        }
    }

    @Command(description = "List all tasks, or those in STATE.")
    void list(@Parameters(arity = "0..1", paramLabel = "STATE") @Nullable TaskState state) {
        (state == null ? tasks.list() : tasks.list(state)).forEach(out::println);
    }

    @Command(description = "Show what a task has written so far.")
    void output(@Parameters(arity = "0..1", paramLabel = "NUMBER") @Nullable Integer number) {
        task(number).output().forEach(out::println);
    }

    @Command(description = "Kill a task.")
    void kill(@Parameters(arity = "0..1", paramLabel = "NUMBER") @Nullable Integer number) {
        task(number).kill();
    }

    @Command(name = "wait", description = "Wait until a task has ended, and show how it did.")
    void join(@Parameters(arity = "0..1", paramLabel = "NUMBER") @Nullable Integer number) {
        NamedTask task = task(number);
        task.join();
        out.println(task);
    }

    @Command(description = "Show with its whole stack why a task failed; without a number, the last that failed.")
    void failure(@Parameters(arity = "0..1", paramLabel = "NUMBER") @Nullable Integer number) {
        Optional<NamedTask> failed = number == null ? tasks.lastFailed() : Optional.of(task(number));
        failed.flatMap(NamedTask::failure).ifPresent(failure -> failure.printStackTrace(out));
    }

    @Command(description = "End this session.")
    int quit() {
        return QUIT;
    }

    private NamedTask task(@Nullable Integer number) {
        return number == null
                ? tasks.latest().orElseThrow(() -> new NoSuchElementException("no task has been started"))
                : tasks.task(number);
    }
}
