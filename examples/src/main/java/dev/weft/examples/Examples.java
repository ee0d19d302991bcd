package dev.weft.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;

/**
 * Runs an example by its name: {@code java -jar weft-examples.jar <name>}; without a name it lists them. What goes wrong is
 * told in a line or two, with exit status 2 for wrong arguments and 1 for the rest; only a bug shows a stack trace.
 */
@Command(
        name = "weft-examples",
        synopsisSubcommandLabel = "EXAMPLE",
        description = "Small programs on greenlets. Each is a class of its own in dev.weft.examples.",
        commandListHeading = "%nExamples:%n",
        subcommands = Echo.class)
public final class Examples implements Callable<Integer> {

    private Examples() {}

    /** Runs the example that is named first, with the rest of {@code args}, and exits with its status. */
    public static void main(String[] args) {
        System.exit(commands().execute(args));
    }

    private static CommandLine commands() {
        CommandLine commands = new CommandLine(new Examples());
        return commands.setParameterExceptionHandler(Examples::wrongArguments)
                .setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, command));
    }

    @Override
    public Integer call() {
        CommandLine.usage(this, System.out, Ansi.AUTO);
        return 0;
    }

    private static int wrongArguments(ParameterException failure, String[] args) {
        CommandLine command = failure.getCommandLine();
        command.getErr().println(failure.getMessage());
        command.getErr().println("Usage: " + command.getHelp().synopsis(0).strip());
        return 2;
    }

    private static int failed(Exception failure, CommandLine command) throws Exception {
        if (!isTheWorldsFault(failure)) {
            throw failure;
        }
        String message = failure.getMessage();
        command.getErr().println(message == null ? failure.toString() : message);
        return 1;
    }

    /** Whether the message is all that a person needs: the system refused something, or the JVM lacks Weft's flag. */
    private static boolean isTheWorldsFault(Exception failure) {
        return failure instanceof IOException
                || failure instanceof UncheckedIOException
                || (failure instanceof IllegalStateException
                        && String.valueOf(failure.getMessage()).contains("--add-opens"));
    }
}
