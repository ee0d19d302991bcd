package dev.weft.bench.machine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A child process that prints lines to standard output. It is killed when this object is closed and when this JVM exits.
 */
public final class Child implements AutoCloseable {
    /** The flags of a JVM with greenlets, which the manifest of a jar gives as well: the last two are for the epoll selector. */
    public static final List<String> WEFT_FLAGS = List.of(
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED");

    private static final int STDERR_LINES = 30;
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly), "kill children"));
    }

    private final String name;
    private final List<String> command;
    private final Process process;
    private final Path errors;
    private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();

    private Child(String name, List<String> command) throws IOException {
        this.name = name;
        this.command = List.copyOf(command);
        errors = Files.createTempFile("weft-bench-", ".stderr");
        errors.toFile().deleteOnExit(); // if this is never closed
        process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
        RUNNING.add(process);
        Thread reader = new Thread(this::readLines, name + " output");
        reader.setDaemon(true);
        reader.start();
    }

    /** Returns the start of a command line: this JVM's java with this JVM's class path. */
    public static List<String> java() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"));
    }

    /** Starts {@link #java()} with flags, a main class and its arguments; {@code name} is for messages. */
    public static Child java(String name, List<String> arguments) {
        List<String> command = new ArrayList<>(java());
        command.addAll(arguments);
        return of(name, command);
    }

    /** Starts {@code command}; {@code name} is for messages. */
    public static Child of(String name, List<String> command) {
        try {
            return new Child(name, command);
        } catch (IOException e) {
            throw new BenchFailure("cannot start the " + name + ": " + e.getMessage(), e);
        }
    }

    private void readLines() {
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(Optional.of(line));
            }
        } catch (IOException e) {
            // The process is being killed.
        }
        lines.add(Optional.empty());
    }

    /**
     * Returns the next line of output.
     *
     * @throws BenchFailure if the process ends, or prints nothing for {@code timeout}
     */
    public String nextLine(Duration timeout) {
        try {
            Optional<String> line = lines.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
            if (line == null) {
                throw failure("printed nothing for " + timeout.toSeconds() + " s");
            }
            if (line.isEmpty()) {
                throw failure("exited with status " + process.waitFor());
            }
            return line.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted", e);
        }
    }

    /** Creates a failure of this process, with its command line and the last lines of its standard error. */
    public BenchFailure failure(String what) {
        return new BenchFailure("the " + name + " " + what + "\n  command: " + String.join(" ", command)
                + "\n  standard error: " + standardError());
    }

    private String standardError() {
        try {
            List<String> all = Files.readAllLines(errors, StandardCharsets.UTF_8);
            List<String> last = all.subList(Math.max(0, all.size() - STDERR_LINES), all.size());
            return last.isEmpty() ? "(empty)" : "\n    " + String.join("\n    ", last);
        } catch (IOException e) {
            return "(cannot be read: " + e.getMessage() + ")";
        }
    }

    /** Writes a line to the process's standard input. */
    public void tell(String line) {
        try {
            OutputStream input = process.getOutputStream();
            input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            input.flush();
        } catch (IOException e) {
            throw failure("no longer reads its standard input");
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Closes the process's standard input and waits for it to exit; kills it after {@code grace}. */
    public void finish(Duration grace) {
        try {
            process.getOutputStream().close();
            process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS);
        } catch (IOException e) {
            // The process has already exited.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close();
    }

    /** Kills the process if it is still running. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
        RUNNING.remove(process);
        try {
            Files.deleteIfExists(errors);
        } catch (IOException e) {
            // A small file stays in the temporary directory.
        }
    }
}
