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
 * A process that a greenlet has started, with pipes that yield. Closing it kills it and all that it has started, so none
 * outlives the block, whether that returns, throws or is killed:
 *
 * <pre>{@code
 * try (ChildProcess sort = ChildProcess.start("sort", "-u")) {
 *     Weft.spawn(() -> { try (sort.stdin()) { sort.stdin().write(words); } });
 *     for (String line : sort.stdout().lines()) { ... }
 *     int status = sort.waitFor();
 * }
 * Completed listing = ChildProcess.run("ls", "-l").orThrow();
 * }</pre>
 *
 * <p>Command, environment, directory and redirections are those of a {@link ProcessBuilder}. Starting is off-loaded (it
 * takes some milliseconds); the end costs a greenlet no thread, and on Linux neither do the pipes, which hang in the
 * loop's selector as sockets do. Elsewhere each pipe that is read has a thread.
 *
 * <p>A child whose output nobody reads stops when the pipe is full (64 KiB on Linux): read it, or redirect it.
 * Deadlines are those of the greenlet: {@code Weft.withTimeout(limit, () -> ChildProcess.run(...))} kills what is not
 * done in time (as trio's {@code run_process}).
 *
 * <p>It belongs to the loop on which it was started: all methods are for greenlets of that loop, but {@link #pid}, {@link
 * #isAlive}, {@link #handle}, {@link #stop} and {@link #close}, which are for every thread and for greenlets of every loop,
 * also when that loop has been closed.
 */
public final class ChildProcess implements AutoCloseable {
    /** How many bytes {@link #run} collects of each stream unless said otherwise. */
    public static final int COLLECTED = 16 * 1024 * 1024;

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

    private ChildProcess(List<String> command, ProcessLauncher.Launched launched) throws IOException {
        this.command = command;
        process = launched.process();
        exit = ProcessExit.of(process, toString());
        stdin = launched.stdin("stdin of " + this);
        stdout = launched.stdout("stdout of " + this);
        stderr = launched.stderr("stderr of " + this);
    }

    // ---- starting
    // ----------------------------------------------------------------------------------------------------

    /**
     * Starts {@code command}: a program, which is looked for in the PATH, and its arguments. No shell has a hand in it.
     *
     * @throws java.nio.file.NoSuchFileException if there is no such program; the message says where it was looked for
     */
    public static ChildProcess start(String... command) throws IOException {
        return start(new ProcessBuilder(command));
    }

    /**
     * As {@link #start(String...)}, with the environment, directory and redirections of {@code builder}, which may be
     * used again.
     *
     * @throws java.nio.file.NotDirectoryException if the directory is not there
     */
    public static ChildProcess start(ProcessBuilder builder) throws IOException {
        return start(builder, ProcessLauncher.Piping.SELECTED);
    }

    static ChildProcess start(ProcessBuilder builder, ProcessLauncher.Piping piping) throws IOException {
        Loop.current(); // elsewhere nobody could wait for it
        List<String> command = List.copyOf(builder.command());
        ProcessLauncher.Launched launched =
                OffloadedCalls.call(STARTS, "start of", command.get(0), () -> ProcessLauncher.start(builder, piping));
        try {
            return new ChildProcess(command, launched);
        } catch (Throwable t) {
            launched.abort();
            throw t;
        }
    }

    /**
     * Runs {@code command} to its end, without any input, and collects what it writes. A kill, or a deadline, ends it.
     *
     * @throws IOException if it cannot be started, or writes more than {@link #COLLECTED} bytes
     */
    public static CompletedProcess run(String... command) throws IOException {
        return run(new ProcessBuilder(command), new byte[0], COLLECTED);
    }

    /** As {@link #run(String...)}, of what {@code builder} says, with {@code input} in UTF-8 to read. */
    public static CompletedProcess run(ProcessBuilder builder, String input) throws IOException {
        return run(builder, input.getBytes(StandardCharsets.UTF_8), COLLECTED);
    }

    /**
     * As {@link #run(String...)}, of what {@code builder} says.
     *
     * @param input what it gets to read; that it does not read all is no failure
     * @param limit how many bytes are collected of each stream at the most; a process that writes more is killed
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
            // It has closed its input, or has ended; its status tells whether that was right.
        }
    }

    // ---- talking to it
    // -----------------------------------------------------------------------------------------------

    /** What it reads. Close it to let it see the end. If that was redirected, writing throws. */
    public PipeOutput stdin() {
        return stdin;
    }

    /** What it writes; if that was redirected, at its end. */
    public PipeInput stdout() {
        return stdout;
    }

    /** What it complains of; if that was redirected, at its end. */
    public PipeInput stderr() {
        return stderr;
    }

    /** Waits for its end, and gives its exit status; 128 and a number if a signal has ended it. */
    public int waitFor() {
        return Weft.await(exit);
    }

    /** The explicit form of {@link #waitFor}, such as for a select. */
    public Awaitable<Integer> exit() {
        return exit;
    }

    /** Its number in the system. */
    public long pid() {
        return process.pid();
    }

    /** Whether it has not ended. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** The JDK's view of it. To signal it is fine; the calls of it that block are not for loops. */
    public ProcessHandle handle() {
        return process.toHandle();
    }

    // ---- ending it
    // ---------------------------------------------------------------------------------------------------

    /** As {@link #stop(Duration)} with two seconds. */
    @Override
    public void close() {
        stop(GRACE);
    }

    /**
     * Ends it, and what descends from it: asks all to end (SIGTERM), waits {@code grace}, kills those that are left
     * (SIGKILL), and closes the pipes. Returns when all have gone, also in a greenlet that has been killed or a thread that
     * is interrupted: this waits, for {@code grace} and a moment at the most. If it has ended already, it only closes
     * the pipes; a second call does nothing. What has cut itself off, as daemons do whose parent ends, is not found.
     *
     * <p>A greenlet yields, a thread blocks; a callback of a loop can do neither, and gets {@link IllegalStateException}.
     */
    public void stop(Duration grace) {
        Objects.requireNonNull(grace, "grace");
        boolean yields = Suspension.isOnLoop();
        if (yields) {
            Greenlet.current(); // a callback could not wait
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

    private void end(Ender ender, Duration grace) {
        ender.signal(ProcessTree::terminate);
        if (!ender.isGoneWithin(grace)) {
            ender.signal(ProcessTree::kill);
            if (!ender.isGoneWithin(LAST_GRACE)) {
                // Such as one that waits for a device. It will go when that answers.
                LOGGER.log(
                        System.Logger.Level.WARNING,
                        "of " + this + " there are some left that even SIGKILL does not end: " + ender.tree);
            }
        }
    }

    /** How the one who stops it waits. */
    private abstract static sealed class Ender {
        final ProcessTree tree;

        Ender(ProcessTree tree) {
            this.tree = tree;
        }

        abstract void signal(Consumer<ProcessTree> signal);

        abstract boolean isGoneWithin(Duration grace);

        static Duration longer(Duration pause) {
            Duration doubled = pause.multipliedBy(2);
            return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
        }
    }

    /** It yields; of whichever loop it is. */
    private final class ByGreenlet extends Ender {
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
        boolean isGoneWithin(Duration grace) {
            return Weft.moveOnAfter(grace, () -> {
                Duration pause = FIRST_PAUSE;
                while (!SIGNALS.call(tree::isGone)) {
                    Weft.sleep(pause);
                    pause = longer(pause);
                }
                Weft.await(process.onExit()); // the JDK takes notice a moment later
            });
        }
    }

    /** It blocks; an interrupt waits until it is through. */
    private final class ByThread extends Ender {
        ByThread(ProcessTree tree) {
            super(tree);
        }

        @Override
        void signal(Consumer<ProcessTree> signal) {
            signal.accept(tree);
        }

        @Override
        boolean isGoneWithin(Duration grace) {
            long begin = System.nanoTime();
            boolean interrupted = false;
            Duration pause = FIRST_PAUSE;
            while (!tree.isGone() || process.isAlive()) {
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
            return !process.isAlive() && tree.isGone();
        }
    }

    @Override
    public String toString() {
        return command.get(0) + " (pid " + process.pid() + ")";
    }
}
