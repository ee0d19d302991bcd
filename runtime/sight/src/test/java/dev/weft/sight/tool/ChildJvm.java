package dev.weft.sight.tool;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A program in a JVM of its own, on the test's class path. Every wait for it is bounded; closing it ends it. */
public final class ChildJvm implements AutoCloseable {
    static final String CLASS_PATH = Objects.requireNonNull(System.getProperty("java.class.path"));
    private static final int PATIENCE_SECONDS = 60;

    private final Path errors;
    private final Process process;
    private final BufferedReader output;
    private final Writer input;

    private ChildJvm(List<String> command) throws IOException {
        errors = Files.createTempFile("weft-sight-", ".err");
        process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
        output = process.inputReader(StandardCharsets.UTF_8);
        input = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** Starts the main of {@code type} with the flag that Weft needs. */
    public static ChildJvm start(Class<?> type, String... args) throws IOException {
        return start(List.of(), type, args);
    }

    /** Starts the main of {@code type} with further {@code options} of the JVM. */
    public static ChildJvm start(List<String> options, Class<?> type, String... args) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(java());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "--add-opens", "java.base/java.lang=ALL-UNNAMED"));
        command.addAll(options);
        command.addAll(List.of("-cp", CLASS_PATH, type.getName()));
        command.addAll(List.of(args));
        return new ChildJvm(command);
    }

    /** Starts any command. */
    static ChildJvm command(List<String> command) throws IOException {
        return new ChildJvm(command);
    }

    static String java() {
        return Path.of(Objects.requireNonNull(System.getProperty("java.home")), "bin", "java")
                .toString();
    }

    public String pid() {
        return Long.toString(process.pid());
    }

    /** Waits for the line {@code expected}, and skips those before it. */
    public ChildJvm await(String expected) throws Exception {
        String line = line();
        while (!line.equals(expected)) {
            line = line();
        }
        return this;
    }

    private String line() throws Exception {
        String line = CompletableFuture.supplyAsync(this::readLine).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (line.isEmpty()) {
            throw new AssertionError("no more output; on standard error: " + errors());
        }
        return line;
    }

    private String readLine() {
        try {
            return Objects.requireNonNullElse(output.readLine(), "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a line to its standard input. */
    void send(String line) throws IOException {
        input.write(line + "\n");
        input.flush();
    }

    /** Waits for its end, and gives the exit status. */
    int exitStatus() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("still runs");
        }
        return process.exitValue();
    }

    /** What it has printed to standard error so far. */
    String errors() throws IOException {
        return Files.readString(errors);
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        output.close();
        Files.delete(errors);
    }
}
