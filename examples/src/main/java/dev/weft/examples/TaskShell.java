package dev.weft.examples;

import dev.weft.Weft;
import dev.weft.io.StandardInput;
import dev.weft.io.StreamServer;
import dev.weft.io.endpoint.Endpoint;
import dev.weft.tasks.TaskInterpreter;
import dev.weft.tasks.TaskOutput;
import dev.weft.tasks.TaskRegistry;
import dev.weft.workers.Workers;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;

/**
 * An interpreter for tasks that run in the background: imports of files, which only pretend to be. It reads commands from a terminal,
 * from a pipe or a script, or from all who connect to an endpoint, who share the tasks; "help" lists the commands.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar tasks [greenlets|threads|processes [unix:/tmp/tasks.sock]]}
 */
public final class TaskShell {
    private TaskShell() {}

    @SuppressWarnings("SystemConsoleNull") // it is null, as of JDK 25, without a terminal
    public static void main(String[] args) throws Exception {
        Weft.run(() -> {
            try (Workers workers = CountPrimes.open(args.length > 0 ? args[0] : "greenlets");
                    TaskRegistry tasks = new TaskRegistry()) {
                TaskInterpreter interpreter = new TaskInterpreter(tasks)
                        .command("import FILE [LINES [BAD_LINE]]", workers, TaskShell::importFile);
                PrintWriter answers = new PrintWriter(System.out, true, System.out.charset());
                if (args.length > 1) {
                    StreamServer server = interpreter.serve(Endpoint.parse(args[1]));
                    System.out.println("listening on " + args[1]);
                    server.join();
                } else if (System.console() == null) {
                    interpreter.execute(StandardInput.lines(), answers);
                } else {
                    interpreter.converse(StandardInput.lines(), answers);
                }
            }
        });
    }

    private static void importFile(List<String> arguments, TaskOutput output) throws InterruptedException {
        int lines = arguments.size() > 1 ? Integer.parseInt(arguments.get(1)) : 200;
        int badLine = arguments.size() > 2 ? Integer.parseInt(arguments.get(2)) : 0;
        try {
            for (int line = 1; line <= lines; line++) {
                Thread.sleep(Duration.ofMillis(10)); // if this is a greenlet, others run
                if (line == badLine) {
                    throw new IllegalStateException("line " + line + " is bad");
                }
                output.println("imported line " + line);
            }
        } finally {
            output.println("closed " + arguments.get(0));
        }
    }
}
