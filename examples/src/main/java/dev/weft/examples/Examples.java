package dev.weft.examples;

import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.weft.MissingFlag;
import dev.weft.tasks.CommandFailed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Runs an example by its name: {@code java -jar weft-examples.jar <name>}. Without a name it lists the examples. Errors are
 * reported in a line or two, with exit status 2 for wrong arguments and 1 otherwise; only a bug shows a stack trace.
 */
@Command(
        name = "weft-examples",
        synopsisSubcommandLabel = "EXAMPLE",
        description = "Small programs on greenlets. Each is a class in dev.weft.examples.",
        commandListHeading = "%nExamples:%n")
public final class Examples implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    private Examples() {}

    /** The main method of a program. */
    private interface Main {
        void main(String[] args) throws Exception;
    }

    /** A program that parses its own arguments. */
    @Command
    private static final class Program implements Callable<Integer> {
        private final Main main;

        @Parameters(arity = "0..*", hidden = true)
        private String[] args = {};

        Program(Main main) {
            this.main = main;
        }

        @Override
        public Integer call() throws Exception {
            main.main(args);
            return 0;
        }
    }

    /** Runs the example named by the first argument with the remaining {@code args}, and exits with its status. */
    public static void main(String[] args) {
        System.exit(commands().execute(args));
    }

    private static CommandLine commands() {
        CommandLine commands = new CommandLine(new Examples());
        add(commands, "hello", "", "Two greenlets greet.", Hello::main);
        add(commands, "ping-pong", "[ROUNDS]", "Two greenlets pass a ball back and forth.", PingPong::main);
        add(commands, "producer-consumer", "[ITEMS]", "A JDK queue between two greenlets.", ProducerConsumer::main);
        add(commands, "worker-pool", "[JOBS]", "Jobs in a pool, results in order of completion.", WorkerPool::main);
        add(commands, "owner", "", "A greenlet owns a stock, and sells to customers on two loops.", StockKeeper::main);
        add(commands, "count-primes", "[CARRIER]", "A pool of greenlets, threads or processes.", CountPrimes::main);
        add(commands, "first-failure", "", "A scope: one child fails, the others are cancelled.", FirstFailure::main);
        add(commands, "pipeline", "[NUMBERS]", "Stages with channels between them.", Pipeline::main);
        add(commands, "components", "[greenlet|thread|process]", "Components in a row.", ComponentPipeline::main);
        add(commands, "happy-eyeballs", "", "Connect by the first working route, with select.", HappyEyeballs::main);
        add(commands, "download", "[PAGES]", "Many slow downloads in the time of one.", ConcurrentDownload::main);
        add(commands, "jdbc", "URL [QUERIES]", "Plain JDBC and a pool, in greenlets.", JdbcInGreenlets::main);
        add(commands, "tree-walk", "[PATHS]", "A generator that emits from any depth.", TreeWalk::main);
        add(commands, "same-fringe", "", "Two generators advance in step.", SameFringe::main);
        add(commands, "tasklets", "", "Stackless' tasklets, on symmetric coroutines.", Tasklets::main);
        add(commands, "bank", "[TRANSFERS]", "Bank accounts in transactional memory.", BankAccounts::main);
        add(commands, "build", "[BROKEN_TARGET]", "Targets that depend on each other, with a DagPool.", DagBuild::main);
        add(commands, "sleepers", "[COUNT [MILLIS]]", "A million greenlets sleep.", MillionSleepers::main);
        add(commands, "word-count", "[DIRECTORY]", "Read many files concurrently.", WordCount::main);
        add(commands, "processes", "", "Child processes with pipes; one is killed.", Processes::main);
        add(commands, "chat", "[PORT]", "A chat server.", ChatServer::main);
        add(commands, "chat-on-cores", "[PORT]", "A chat server on all cores.", ChatOnCores::main);
        add(commands, "chat-on-nodes", "NAME PORT [PORT...]", "A chat between nodes of a cluster.", ChatOnNodes::main);
        add(commands, "proxy", "PORT HOST TARGET_PORT", "A TCP proxy.", TcpProxy::main);
        add(commands, "hello-http", "[PORT]", "Weft's HTTP server: greetings and a stream.", HelloHttp::main);
        add(commands, "reconnect", "[LINES]", "A client that reconnects, with back-off.", ReconnectingClient::main);
        add(commands, "healing-tree", "", "A supervisor restarts what has failed.", HealingTree::main);
        add(commands, "http-server", "[PORT]", "The JDK's blocking HTTP server on a loop.", HttpServerOnLoop::main);
        add(commands, "crawler", "[PAGES]", "A web crawler with the JDK's HttpClient.", Crawler::main);
        add(commands, "crawl-on-nodes", "[PAGES]", "A web crawler on a cluster.", NodeCrawler::main);
        add(commands, "echo-automatic", "[PORT]", "An echo server with read and write.", EchoAutomatic::main);
        add(commands, "echo-explicit", "[PORT]", "An echo server with await.", EchoExplicit::main);
        add(commands, "tls-echo", "PORT PKCS12_FILE PASSWORD", "An echo server that speaks TLS.", TlsEcho::main);
        add(commands, "tasks", "[CARRIER [ENDPOINT]]", "An interpreter for background tasks.", TaskShell::main);
        add(commands, "console", "[PORT]", "A program to look into, from a browser.", WatchedShop::main);
        commands.addSubcommand(new Echo());
        return commands.setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Examples::wrongArguments)
                .setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, command));
    }

    private static void add(CommandLine commands, String name, String arguments, String description, Main main) {
        CommandLine program = new CommandLine(new Program(main));
        program.getCommandSpec()
                .usageMessage()
                .customSynopsis("weft-examples " + name + " " + arguments)
                .description(description + (arguments.isEmpty() ? "" : " Arguments: " + arguments));
        commands.addSubcommand(name, program);
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(System.out);
        return 0;
    }

    private static int wrongArguments(ParameterException failure, String[] args) {
        CommandLine command = failure.getCommandLine();
        return command.getParent() == null && args.length > 0
                ? wrongArguments("no example \"" + args[0] + "\"; run without arguments for a list", command)
                : wrongArguments(message(failure), command);
    }

    private static int wrongArguments(String message, CommandLine command) {
        command.getErr().println(message);
        command.getErr().println("Usage: " + command.getHelp().synopsis(0).strip());
        return 2;
    }

    private static int failed(Exception failure, CommandLine command) throws Exception {
        if (failure instanceof IllegalArgumentException) { // not a number, a port out of range
            return wrongArguments(message(failure), command);
        }
        if (!isExternal(failure)) {
            throw failure;
        }
        command.getErr().println(message(failure));
        return 1;
    }

    private static String message(Exception failure) {
        String message = failure.getMessage();
        if (message == null) {
            return failure.toString();
        }
        return switch (failure) {
            case NumberFormatException e -> message.replace("For input string:", "not a number:");
            case NoSuchFileException e -> "no such file: " + message;
            default -> message;
        };
    }

    /** Returns whether the environment caused the failure (system error, missing JVM flag, bad script), so that its message suffices. */
    private static boolean isExternal(Exception failure) {
        return failure instanceof IOException
                || failure instanceof UncheckedIOException
                || failure instanceof SQLException
                || failure instanceof PoolInitializationException
                || failure instanceof CommandFailed
                || failure instanceof MissingFlag;
    }
}
