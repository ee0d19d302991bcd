package dev.weft.io.process;

import dev.weft.Awaitable;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Offload;
import dev.weft.Weft;
import dev.weft.io.offload.OffloadedCalls;
import dev.weft.lowlevel.Suspension;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A child process whose pipes and exit greenlets can wait for. Closing it kills the process and its descendants, so that none
 * outlives the block, whether the block returns, throws or is killed:
 *
 * <pre>{@code
 * try (ChildProcess sort = ChildProcess.start("sort", "-u")) {
 *     Weft.spawn(() -> { try (sort.stdin()) { sort.stdin().write(words); } });
 *     for (String line : sort.stdout().lines()) { ... }
 *     int status = sort.waitFor();
 * }
 * CompletedProcess listing = ChildProcess.run("ls", "-l").orThrow();
 * }</pre>
 *
 * <p>The command, environment, directory and redirections are those of a {@link ProcessBuilder}. Starting is off-loaded and takes
 * a few milliseconds. Waiting for the exit needs no thread. Nor do the pipes on Linux, where the loop's selector watches them; on
 * other systems each pipe that is read has a thread.
 *
 * <p>A child whose output is not read blocks when the pipe is full (64 KiB on Linux), so read the output or redirect it.
 * Deadlines are those of the greenlet: {@code Weft.withTimeout(limit, () -> ChildProcess.run(...))} kills a process that does not
 * finish in time (as trio's {@code run_process} does).
 *
 * <p>A process belongs to the loop on which it was started. All methods must be called by greenlets of that loop, except {@link
 * #pid}, {@link #isAlive}, {@link #handle}, {@link #stop} and {@link #close}, which may be called by any thread and by greenlets
 * of any loop, even after the loop is closed.
 */
public final class ChildProcess implements AutoCloseable {
    /** The default maximum number of bytes that {@link #run} collects from each stream. */
    public static final int MAX_COLLECTED_BYTES = 16 * 1024 * 1024;

    private static final Duration GRACE = Duration.ofSeconds(2);

    static {
        Suspension.spawnsForOthers(ChildProcess.class);
    }

    private static final Duration LAST_GRACE = Duration.ofSeconds(5);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(50);
    private static final Offload STARTS = Offload.uninterrupted().limit(new Semaphore(8, true));
    private static final Offload SIGNALS = Offload.uninterrupted().limit(new Semaphore(8, true));
    private static final System.Logger LOGGER = System.getLogger("dev.weft.io");

    private final List<String> command;
    private final Process process;
    private final ProcessExit exit;
    private final PipeOutput stdin;
    private final PipeInput stdout;
    private final PipeInput stderr;
    private final AtomicBoolean closed = new AtomicBoolean();

    private ChildProcess(List<String> command, ProcessLauncher.LaunchedProcess launched) throws IOException {
        this.command = command;
        process = launched.process();
        exit = ProcessExit.of(process, toString());
        stdin = launched.stdin("stdin of " + this);
        stdout = launched.stdout("stdout of " + this);
        stderr = launched.stderr("stderr of " + this);
    }

    /**
     * Starts a program with arguments. The program is searched for in the PATH. No shell is involved.
     *
     * @throws java.nio.file.NoSuchFileException if there is no such program; the message says where it was searched for
     */
    public static ChildProcess start(String... command) throws IOException {
        return start(new ProcessBuilder(command));
    }

    /**
     * Starts the process that {@code builder} describes, with its environment, directory and redirections. The builder may be
     * reused.
     *
     * @throws java.nio.file.NotDirectoryException if the directory does not exist
     */
    public static ChildProcess start(ProcessBuilder builder) throws IOException {
        return start(builder, ProcessLauncher.Piping.SELECTED);
    }

    static ChildProcess start(ProcessBuilder builder, ProcessLauncher.Piping piping) throws IOException {
        Loop.current(); // throws outside a loop, where nothing could wait for the process
        List<String> command = List.copyOf(builder.command());
        ProcessLauncher.LaunchedProcess launched =
                OffloadedCalls.call(STARTS, "start of", command.get(0), () -> ProcessLauncher.start(builder, piping));
        try {
            return new ChildProcess(command, launched);
        } catch (Throwable t) {
            launched.abort();
            throw t;
        }
    }

    /**
     * Runs {@code command} to completion, without input, and collects its output. Killing the greenlet, or its deadline, kills
     * the process.
     *
     * @throws IOException if the process cannot be started, or writes more than {@link #MAX_COLLECTED_BYTES} bytes
     */
    public static CompletedProcess run(String... command) throws IOException {
        return run(new ProcessBuilder(command), new byte[0], MAX_COLLECTED_BYTES);
    }

    /** Runs the process that {@code builder} describes, as {@link #run(String...)} does, with {@code input} encoded in UTF-8. */
    public static CompletedProcess run(ProcessBuilder builder, String input) throws IOException {
        return run(builder, input.getBytes(StandardCharsets.UTF_8), MAX_COLLECTED_BYTES);
    }

    /**
     * Runs the process that {@code builder} describes, as {@link #run(String...)} does.
     *
     * @param input the standard input; the process need not read all of it
     * @param limit the maximum number of bytes to collect from each stream; a process that writes more is killed
     * @throws IOException if the process cannot be started, or exceeds the limit
     */
    public static CompletedProcess run(ProcessBuilder builder, byte[] input, int limit) throws IOException {
        try (ChildProcess child = start(builder)) {
            return Weft.callInScope(scope -> {
                Greenlet<byte[]> output = scope.spawn(child.stdout.toString(), () -> child.stdout.collect(limit));
                Greenlet<byte[]> errors = scope.spawn(child.stderr.toString(), () -> child.stderr.collect(limit));
                child.feed(input);
                return new CompletedProcess(child.command, child.waitFor(), output.join(), errors.join());
            });
        }
    }

    private void feed(byte[] input) {
        try (stdin) {
            if (input.length > 0) {
                stdin.write(input);
            }
        } catch (IOException e) {
            // The process has closed its input or has ended. Its exit status shows whether that is a failure.
        }
    }

    /** Returns its standard input. Close it to signal the end of the input. If it was redirected, writing throws. */
    public PipeOutput stdin() {
        return stdin;
    }

    /** Returns its standard output. If that was redirected, the stream is empty. */
    public PipeInput stdout() {
        return stdout;
    }

    /** Returns its standard error. If that was redirected, the stream is empty. */
    public PipeInput stderr() {
        return stderr;
    }

    /** Waits for the process to end and returns its exit status, or 128 plus the signal number if a signal ended it. */
    public int waitFor() {
        return Weft.await(exit);
    }

    /** Returns the awaitable form of {@link #waitFor}, for example for a select. */
    public Awaitable<Integer> exit() {
        return exit;
    }

    /** Returns its process id. */
    public long pid() {
        return process.pid();
    }

    /** Returns whether the process is still running. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Returns the JDK's handle. It may be used to send signals, but its blocking methods must not be called on a loop. */
    public ProcessHandle handle() {
        return process.toHandle();
    }

    /** Stops the process as {@link #stop(Duration)} does, with a grace period of two seconds. */
    @Override
    public void close() {
        stop(GRACE);
    }

    /**
     * Stops the process and its descendants: sends SIGTERM to all, waits up to {@code grace}, sends SIGKILL to those that remain,
     * and closes the pipes. Returns when all have ended, even in a greenlet that was killed or a thread that is interrupted, so
     * it may take slightly longer than {@code grace}. If the process has already ended, only the pipes are closed. A second call
     * has no effect. Processes that have detached themselves, as daemons do, are not found.
     *
     * <p>A greenlet is suspended; a thread blocks.
     *
     * @throws IllegalStateException if called in a loop callback, which cannot wait
     */
    public void stop(Duration grace) {
        Objects.requireNonNull(grace, "grace");
        boolean yields = Suspension.isOnLoop();
        if (yields) {
            Greenlet.current(); // throws in a loop callback, which cannot wait
        }
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            if (process.isAlive()) {
                ProcessTree tree = new ProcessTree(process.toHandle());
                if (yields) {
                    Weft.shield(() -> end(new ByGreenlet(tree), grace));
                } else {
                    end(new ByThread(tree), grace);
                }
            }
        } finally {
            stdin.close();
            stdout.close();
            stderr.close();
        }
    }

    private void end(Terminator terminator, Duration grace) {
        terminator.signal(ProcessTree::terminate);
        if (!terminator.endsWithin(grace)) {
            terminator.signal(ProcessTree::kill);
            if (!terminator.endsWithin(LAST_GRACE)) {
                // A process may be blocked by a device. It ends when the device responds.
                LOGGER.log(System.Logger.Level.WARNING, this + ": still running after SIGKILL: " + terminator.tree);
            }
        }
    }

    /** Signals and waits, in the way suited to the caller of {@link #stop}. */
    private abstract static sealed class Terminator {
        final ProcessTree tree;

        Terminator(ProcessTree tree) {
            this.tree = tree;
        }

        abstract void signal(Consumer<ProcessTree> signal);

        abstract boolean endsWithin(Duration grace);

        static Duration longer(Duration pause) {
            Duration doubled = pause.multipliedBy(2);
            return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
        }
    }

    /** For greenlets of any loop: yields. */
    private final class ByGreenlet extends Terminator {
        ByGreenlet(ProcessTree tree) {
            super(tree);
        }

        @Override
        @SuppressWarnings("NullAway") // a Void is always null
        void signal(Consumer<ProcessTree> signal) {
            SIGNALS.<@Nullable Void>call(() -> {
                signal.accept(tree);
                return null;
            });
        }

        @Override
        boolean endsWithin(Duration grace) {
            return Weft.moveOnAfter(grace, () -> {
                Duration pause = FIRST_PAUSE;
                while (!SIGNALS.call(tree::isEmpty)) {
                    Weft.sleep(pause);
                    pause = longer(pause);
                }
                Weft.await(process.onExit()); // the JDK notices the exit a moment later
            });
        }
    }

    /** For threads: blocks. Restores the interrupt status afterwards. */
    private final class ByThread extends Terminator {
        ByThread(ProcessTree tree) {
            super(tree);
        }

        @Override
        void signal(Consumer<ProcessTree> signal) {
            signal.accept(tree);
        }

        @Override
        boolean endsWithin(Duration grace) {
            long begin = System.nanoTime();
            boolean interrupted = false;
            Duration pause = FIRST_PAUSE;
            while (!tree.isEmpty() || process.isAlive()) {
                if (grace.minusNanos(System.nanoTime() - begin).isNegative()) {
                    break;
                }
                try {
                    Thread.sleep(pause);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
                pause = longer(pause);
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return !process.isAlive() && tree.isEmpty();
        }
    }

    @Override
    public String toString() {
        return command.get(0) + " (pid " + process.pid() + ")";
    }
}
