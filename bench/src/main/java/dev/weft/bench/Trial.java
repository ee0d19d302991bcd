package dev.weft.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.bench.load.Load;
import dev.weft.bench.load.LoadResult;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One run: starts a server and a load generator, each in a process of its own, and ends both. */
final class Trial {
    private static final Pattern LISTENING = Pattern.compile("listening on .*:(\\d+) .*");
    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration CONNECT = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final List<String> COMMON_FLAGS = List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED");

    private final Settings settings;
    private final Pinning pinning;
    private final PrintStream progress;

    Trial(Settings settings, Pinning pinning, PrintStream progress) {
        this.settings = settings;
        this.pinning = pinning;
        this.progress = progress;
    }

    /** What the server's JVM of {@code contender} is started with: flags, main class, arguments. */
    static List<String> serverArguments(Settings settings, Contender contender) {
        List<String> arguments = new ArrayList<>(COMMON_FLAGS);
        arguments.addAll(contender.jvmFlags());
        arguments.addAll(settings.serverFlags());
        arguments.addAll(contender.program());
        return arguments;
    }

    /** Runs {@code contender}; {@code round} is for the record. */
    Measurement run(Contender contender, int round) {
        List<String> arguments = serverArguments(settings, contender);
        try (Child server = Child.java("server", pinning.prefix(Pinning.SERVER), arguments)) {
            try {
                return drive(server, contender, round);
            } catch (BenchFailure failure) {
                throw explained(failure, server);
            }
        }
    }

    private Measurement drive(Child server, Contender contender, int round) {
        int port = portOf(server);
        List<String> arguments = loadArguments(port, server.pid());
        try (Child load = Child.java("load generator", pinning.prefix(Pinning.LOAD), arguments)) {
            LoadResult result = follow(load);
            long heap = HeapUsage.afterCollection(server.pid());
            load.finish(GRACE); // resets the connections, so that neither side keeps ports
            return new Measurement(contender, round, result, heap);
        }
    }

    private static int portOf(Child server) {
        String line = server.nextLine(START);
        Matcher listening = LISTENING.matcher(line);
        if (!listening.matches()) {
            throw server.failure("was to say where it listens and said: " + line);
        }
        return Integer.parseInt(listening.group(1));
    }

    private List<String> loadArguments(int port, long serverPid) {
        return List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-Xms64m",
                Bench.class.getName(),
                "load",
                "--port=" + port,
                "--server-pid=" + serverPid,
                "--connections=" + settings.connections(),
                "--size=" + settings.messageBytes(),
                "--warm-up=" + settings.warmUpSeconds(),
                "--window=" + settings.windowSeconds(),
                "--engine=" + settings.engine());
    }

    private LoadResult follow(Child load) {
        while (true) {
            String line = load.nextLine(patience());
            if (line.startsWith(Load.RESULT)) {
                return parse(line.substring(Load.RESULT.length()));
            }
            if (line.equals("connected " + settings.connections())) {
                say(", %,d connected", settings.connections());
            } else if (line.equals("warm-up")) {
                say("warming up %.1f s", settings.warmUpSeconds());
            } else if (line.equals("measuring")) {
                say(", measuring %.1f s", settings.windowSeconds());
            }
        }
    }

    private Duration patience() {
        return CONNECT.plusMillis((long) (1000 * (settings.warmUpSeconds() + settings.windowSeconds())));
    }

    private static LoadResult parse(String json) {
        try {
            return new ObjectMapper().readValue(json, LoadResult.class);
        } catch (JsonProcessingException e) {
            throw new BenchFailure("the load generator's result cannot be read: " + json, e);
        }
    }

    private void say(String format, Object argument) {
        progress.printf(Locale.ROOT, format, argument);
        progress.flush();
    }

    /** A load generator that fails is often a server that has died, or that says why it does not answer. */
    private static BenchFailure explained(BenchFailure failure, Child server) {
        String message = failure.getMessage();
        String state = server.isAlive() ? "is running" : "has died";
        return new BenchFailure(message + "\n" + server.failure(state).getMessage(), failure);
    }
}
