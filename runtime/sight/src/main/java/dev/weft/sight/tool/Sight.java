package dev.weft.sight.tool;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The tool: {@code java -jar weft-sight.jar <command>}. */
@Command(
        name = "weft",
        mixinStandardHelpOptions = true,
        versionProvider = ToolVersion.class,
        description = "Looks into running programs that use Weft.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            PsCommand.class,
            TreeCommand.class,
            TopCommand.class,
            WaitsCommand.class,
            DumpCommand.class,
            RecordCommand.class,
            LeaksCommand.class,
            DoctorCommand.class,
            KillCommand.class
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:It was done.",
            "1:It could not be done; the message says why, and what helps.",
            "2:The command line is wrong.",
            "3:It was done, and trouble was found (waits, leaks, doctor)."
        })
public final class Sight implements Runnable {
    static final int FAILED = 1;
    static final int TROUBLE = 3;

    /** How long the tool waits for an answer. The search for leaks takes as long as a heap dump. */
    private static final String ANSWER_MILLIS = "120000";

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    private final Terminal terminal;

    private Sight(Terminal terminal) {
        this.terminal = terminal;
    }

    Terminal terminal() {
        return terminal;
    }

    /** Runs the command in {@code args} and exits with its status. */
    public static void main(String[] args) {
        System.setProperty("sun.rmi.transport.tcp.responseTimeout", ANSWER_MILLIS);
        PrintWriter out = new PrintWriter(System.out, true, System.out.charset());
        PrintWriter err = new PrintWriter(System.err, true, System.err.charset());
        System.exit(run(Terminal.standard(out), err, args));
    }

    /** Runs the command in {@code args}; returns its exit status. */
    static int run(Terminal terminal, PrintWriter err, String... args) {
        return new CommandLine(new Sight(terminal))
                .setOut(terminal.out())
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (!(failure instanceof ToolFailure)) {
                        throw failure;
                    }
                    err.println("weft: " + failure.getMessage());
                    return FAILED;
                })
                .execute(args);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command?");
    }
}
