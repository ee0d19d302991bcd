package dev.weft.tasks;

import dev.weft.Greenlet;
import dev.weft.Outcome;
import dev.weft.Weft;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A task in a {@link TaskRegistry}. Any thread may call all of this; a waiting greenlet yields, a waiting thread blocks. */
public final class NamedTask {
    private final int number;
    private final String name;
    private final LocalOutput output;
    private final Greenlet<@Nullable Void> running;
    private volatile boolean killed;

    NamedTask(int number, String name, LocalOutput output, Greenlet<@Nullable Void> running) {
        this.number = number;
        this.name = name;
        this.output = output;
        this.running = running;
    }

    /** Returns its number: 1 for the registry's first task, and so on. */
    public int number() {
        return number;
    }

    /** Returns the name it was given. */
    public String name() {
        return name;
    }

    /** Returns its current state. */
    public TaskState state() {
        return switch (running.state()) {
            case RETURNED -> TaskState.FINISHED;
            case FAILED -> TaskState.FAILED;
            case CANCELLED -> TaskState.KILLED;
            case NEW, READY, RUNNING, WAITING -> stateOfUnfinished();
        };
    }

    private TaskState stateOfUnfinished() {
        if (killed) {
            return TaskState.STOPPING;
        }
        return output.hasBegun() ? TaskState.RUNNING : TaskState.QUEUED;
    }

    /** Returns for how long it has run, or ran; zero before it began. */
    public Duration elapsed() {
        return output.elapsed();
    }

    /** Returns what it has written so far, without line ends: the newest lines, as many as the registry keeps. */
    public List<String> output() {
        return output.newest();
    }

    /** Returns how many lines it has written so far, kept or not. */
    public long lines() {
        return output.lines();
    }

    /** Returns why it failed, with stack and causes as they were thrown; empty unless it is {@link TaskState#FAILED}. */
    public Optional<Throwable> failure() {
        return running.state() == Greenlet.State.FAILED && running.outcome() instanceof Outcome.Failed<?> failed
                ? Optional.of(failed.failure())
                : Optional.empty();
    }

    /**
     * Kills it, as {@link dev.weft.workers.Workers} says for its kind of worker: softly, so that {@code finally} blocks run.
     * Returns at once. Has no effect if it has ended.
     */
    public void kill() {
        killed = true;
        running.kill("killed by hand");
    }

    /** Waits until it has ended, in whatever way, and returns its state. */
    public TaskState join() {
        Weft.joinAll(List.of(running));
        return state();
    }

    /** As {@link #join()}, for at most {@code timeout}; the state tells whether it has ended. */
    public TaskState join(Duration timeout) {
        Weft.joinAll(List.of(running), timeout);
        return state();
    }

    Greenlet<@Nullable Void> running() {
        return running;
    }

    long endNanos() {
        return output.endNanos();
    }

    /** Describes it in one line: {@code 3 import sales.csv: RUNNING for 2.1 s, 40 lines}. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d %s: %s for %.1f s, %d lines",
                number,
                name,
                state(),
                elapsed().toMillis() / 1e3,
                lines());
    }
}
