package dev.weft.examples;

import dev.weft.Weft;
import dev.weft.io.Lines;
import dev.weft.io.StandardInput;
import dev.weft.io.StreamServer;
import dev.weft.io.endpoint.Endpoint;
import dev.weft.io.file.Files;
import dev.weft.tasks.TaskRegistry;
import dev.weft.workers.Workers;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * An interpreter for tasks that run in the background ({@link TaskCommands}). It reads commands from a terminal, a pipe, a script,
 * or from all who connect to an endpoint, who share the tasks. A script ends with its first command that fails.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar tasks [--on CARRIER] [--listen unix:/tmp/tasks.sock | SCRIPT]}
 */
@Command(name = "tasks", description = "An interpreter for background tasks; \"help\" lists its commands.")
final class TaskShell implements Callable<Integer> {
    private enum Kind {
        GREENLETS,
        THREADS,
        PROCESSES
    }

    @Option(names = "--on", description = "what the tasks run on: greenlets (the default), threads or processes")
    private Kind kind = Kind.GREENLETS;

    @Option(names = "--listen", description = "where to serve, as in unix:/tmp/tasks.sock or tcp:127.0.0.1:7000")
    private @Nullable String endpoint;

    @Parameters(arity = "0..1", paramLabel = "SCRIPT", description = "a file of commands")
    private @Nullable Path script;

    @Override
    public Integer call() throws IOException {
        return Weft.run(() -> {
            try (Workers workers = workers();
                    TaskRegistry tasks = new TaskRegistry()) {
                if (endpoint != null) {
                    return serve(Endpoint.parse(endpoint), tasks, workers);
                }
                TaskCommands commands =
                        new TaskCommands(tasks, workers, new PrintWriter(System.out, true, Charset.defaultCharset()));
                return script == null
                        ? commands.interpret(StandardInput.lines(), isTerminal() ? "> " : "")
                        : commands.interpret(Files.lines(script), "");
            }
        });
    }

    private Workers workers() {
        return switch (kind) {
            case GREENLETS -> Workers.greenlets(4);
            case THREADS -> Workers.threads(4);
            case PROCESSES -> Workers.processes(2);
        };
    }

    @SuppressWarnings("SystemConsoleNull") // it is null again since Java 25, unless there is a terminal
    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    private static int serve(Endpoint endpoint, TaskRegistry tasks, Workers workers) throws IOException {
        StreamServer server = endpoint.serve(stream -> {
            PrintWriter out = new PrintWriter(stream.output(), true, StandardCharsets.UTF_8);
            new TaskCommands(tasks, workers, out).interpret(Lines.of(stream.input()), "> ");
        });
        System.out.println("listening on " + endpoint);
        server.join();
        return 0;
    }
}
