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
 * A process started by a greenlet, whose pipes and whose end greenlets can wait for. Closing it kills it and its
 * descendants, so none outlives the block, whether that returns, throws or is killed:
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
 * <p>Command, environment, directory and redirections are those of a {@link ProcessBuilder}. The start is off-loaded
 * and takes some milliseconds. Waiting for the end takes no thread; nor do the pipes on Linux, where the loop's
 * selector watches them. Elsewhere each pipe that is read has a thread.
 *
 * <p>A child whose output nobody reads stops when the pipe is full (64 KiB on Linux): read it or redirect it. Deadlines
 * are those of the greenlet: {@code Weft.withTimeout(limit, () -> ChildProcess.run(...))} kills a process that is not
 * done in time (as trio's {@code run_process}).
 *
 * <p>It belongs to the loop on which it was started. All methods are for greenlets of that loop, except {@link #pid},
 * {@link #isAlive}, {@link #handle}, {@link #stop} and {@link #close}, which any thread and greenlets of any loop may
 * call, even when the loop is closed.
 */
public final class ChildProcess implements AutoCloseable {
    /** How many bytes of each stream {@link #run} collects by default. */
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
     * Starts a program, which is searched in the PATH, with its arguments. No shell is involved.
     *
     * @throws java.nio.file.NoSuchFileException if there is no such program; the message says where it was searched
     */
    public static ChildProcess start(String... command) throws IOException {
        return start(new ProcessBuilder(command));
    }

    /**
     * As {@link #start(String...)}, with the environment, directory and redirections of {@code builder}, which may be
     * used again.
     *
     * @throws java.nio.file.NotDirectoryException if the directory does not exist
     */
    public static ChildProcess start(ProcessBuilder builder) throws IOException {
        return start(builder, ProcessLauncher.Piping.SELECTED);
    }

    static ChildProcess start(ProcessBuilder builder, ProcessLauncher.Piping piping) throws IOException {
        Loop.current(); // throws elsewhere, where nobody could wait for it
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
     * Runs {@code command} to its end, without input, and collects its output. A kill or a deadline of the greenlet
     * kills it.
     *
     * @throws IOException if it cannot be started, or writes more than {@link #MAX_COLLECTED_BYTES} bytes
     */
    public static CompletedProcess run(String... command) throws IOException {
        return run(new ProcessBuilder(command), new byte[0], MAX_COLLECTED_BYTES);
    }

    /** As {@link #run(String...)}, for the process that {@code builder} describes, with {@code input} in UTF-8. */
    public static CompletedProcess run(ProcessBuilder builder, String input) throws IOException {
        return run(builder, input.getBytes(StandardCharsets.UTF_8), MAX_COLLECTED_BYTES);
    }

    /**
     * As {@link #run(String...)}, for the process that {@code builder} describes.
     *
     * @param input what it can read; it need not read all
     * @param limit how many bytes of each stream are collected; a process that writes more is killed
     * @throws IOException if it cannot be started, or writes more
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
            // It has closed its input, or has ended; its status tells whether that is a failure.
        }
    }

    /** Its standard input. Close it to signal the end. If it was redirected, writing throws. */
    public PipeOutput stdin() {
        return stdin;
    }

    /** Its standard output; if that was redirected, at its end. */
    public PipeInput stdout() {
        return stdout;
    }

    /** Its standard error; if that was redirected, at its end. */
    public PipeInput stderr() {
        return stderr;
    }

    /** Waits for its end and returns its exit status; 128 plus the number of the signal if one has ended it. */
    public int waitFor() {
        return Weft.await(exit);
    }

    /** The explicit form of {@link #waitFor}, for a select for example. */
    public Awaitable<Integer> exit() {
        return exit;
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** Whether it has not ended. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** The JDK's handle. Signals are fine; its blocking methods are not for loops. */
    public ProcessHandle handle() {
        return process.toHandle();
    }

    /** As {@link #stop(Duration)} with two seconds. */
    @Override
    public void close() {
        stop(GRACE);
    }

    /**
     * Ends it and its descendants: asks all to end (SIGTERM), waits for {@code grace}, kills those that are left
     * (SIGKILL), and closes the pipes. Returns when all have ended, even in a greenlet that was killed or a thread that
     * is interrupted, so it may wait for {@code grace} and a moment more. If the process has ended already, only the
     * pipes are closed; a second call does nothing. Processes that have detached themselves, as daemons do, are not
     * found.
     *
     * <p>A greenlet yields, a thread blocks.
     *
     * @throws IllegalStateException in a callback of a loop, which can do neither
     */
    public void stop(Duration grace) {
        Objects.requireNonNull(grace, "grace");
        boolean yields = Suspension.isOnLoop();
        if (yields) {
            Greenlet.current(); // throws in a callback, which cannot wait
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
                // It may wait for a device, and ends when that answers.
                LOGGER.log(System.Logger.Level.WARNING, this + ": SIGKILL has not ended all of " + terminator.tree);
            }
        }
    }

    /** How the caller of stop signals and waits. */
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

    /** Yields, on whichever loop. */
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
                Weft.await(process.onExit()); // the JDK notices a moment later
            });
        }
    }

    /** Blocks; an interrupt takes effect afterwards. */
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
