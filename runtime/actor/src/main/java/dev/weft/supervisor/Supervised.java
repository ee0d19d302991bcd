package dev.weft.supervisor;

import dev.weft.Awaitable;
import dev.weft.Cancelled;
import dev.weft.Loop;
import dev.weft.Outcome;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Owners;
import dev.weft.spi.Waiter;
import dev.weft.supervisor.ChildInfo.State;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A child in its supervisor. It waits for the end of what runs, and is an awaitable for that end at the same time. Belongs to the
 * supervisor's loop.
 *
 * <pre>
 * STOPPED, RESTARTING -> STARTING    it is started
 * STARTING            -> RUNNING     it is up
 * STARTING            -> RESTARTING  it could not be started, and is tried again
 * RUNNING             -> RESTARTING  it has ended, and is to be restarted
 * RUNNING             -> STOPPING    it is asked to stop, or killed
 * RUNNING             -> STOPPED     it has ended, and is not to be restarted
 * RESTARTING          -> STOPPED     its restart is given up
 * STOPPING            -> STOPPED     it has ended
 * </pre>
 */
final class Supervised extends Waiter<@Nullable Object> implements Awaitable<@Nullable Void> {
    private final ChildSpec spec;
    private final Loop home;
    private final Consumer<Supervised> whenEnded;
    private State state = State.STOPPED;
    private long sinceNanos;
    private long starts;
    private int streak; // of restarts without a long run in between
    private @Nullable Child child; // from its start until its end has been dealt with
    private @Nullable Outcome<?> outcome; // of what ran last
    private @Nullable Waiter<? super @Nullable Void> waiter; // for its end; then whenEnded is not called
    private @Nullable PendingRestart pending;

    Supervised(ChildSpec spec, Loop home, Consumer<Supervised> whenEnded) {
        this.spec = spec;
        this.home = home;
        this.whenEnded = whenEnded;
        sinceNanos = home.clock().nanos();
    }

    ChildSpec spec() {
        return spec;
    }

    String id() {
        return spec.id();
    }

    State state() {
        return state;
    }

    /** Starts it and waits until it is up. If that fails, nothing runs. */
    void start(String supervisor) throws Exception {
        cancelRestart();
        become(State.STARTING);
        try {
            watch(spec.start(supervisor));
        } catch (Throwable t) {
            stopped();
            throw t;
        }
    }

    private void watch(Child started) {
        child = started;
        outcome = null;
        starts++;
        become(State.RUNNING);
        try {
            subscribe(started.end(), this);
        } catch (Throwable t) { // it would run on unwatched
            started.kill();
            throw t;
        }
    }

    private static <T extends @Nullable Object> void subscribe(Awaitable<T> end, Waiter<@Nullable Object> waiter) {
        Suspension.here(end).subscribe(waiter);
    }

    @Override
    @SuppressWarnings("NullAway") // a body may return null
    public void succeed(@Nullable Object value) {
        ended(new Outcome.Returned<>(value));
    }

    @Override
    public void fail(Throwable failure) {
        ended(failure instanceof Cancelled ? new Outcome.Cancelled<>(failure) : new Outcome.Failed<>(failure));
    }

    private void ended(Outcome<?> how) {
        outcome = how;
        Waiter<? super @Nullable Void> waiting = waiter;
        if (waiting == null) {
            whenEnded.accept(this);
        } else {
            waiter = null;
            signal(waiting);
        }
    }

    @SuppressWarnings("NullAway") // a Void is always null
    private static void signal(Waiter<? super @Nullable Void> waiting) {
        waiting.succeed(null);
    }

    /** Returns how it ended; null while it runs. */
    @Nullable Outcome<?> outcome() {
        return outcome;
    }

    /** Returns what runs; null if nothing does. */
    @Nullable Child running() {
        return outcome == null ? child : null;
    }

    /** Returns whether it has run until just now, or does. */
    boolean hasRun() {
        return state == State.RUNNING || state == State.STOPPING;
    }

    /** Returns whether it runs or will. */
    boolean isActive() {
        return state != State.STOPPED;
    }

    /** Returns for how long it has been in its state. */
    long nanosInState() {
        return home.clock().nanos() - sinceNanos;
    }

    void stopping() {
        become(State.STOPPING);
    }

    /** Nothing runs any more, or will by itself. */
    void stopped() {
        cancelRestart();
        child = null;
        become(State.STOPPED);
    }

    /** It does not run, and will be restarted; returns after which pause. */
    long restarting(BackOff backOff) {
        if (state == State.RUNNING && nanosInState() >= backOff.longestNanos()) {
            streak = 0;
        }
        child = null;
        become(State.RESTARTING);
        return backOff.pauseNanos(streak++);
    }

    /** It has been stopped, and will be restarted after the one because of which it was stopped. */
    void restartingWithOther() {
        become(State.RESTARTING);
    }

    /** Makes {@code restart} an item of {@code agenda} after {@code pauseNanos}, unless it is started or stopped before. */
    void restartLater(long pauseNanos, Agenda agenda, Runnable restart) {
        become(State.RESTARTING);
        PendingRestart next = new PendingRestart(agenda, restart);
        pending = next;
        next.begin(pauseNanos);
    }

    private void cancelRestart() {
        if (pending != null) {
            pending.cancel();
            pending = null;
        }
    }

    @Override
    public void subscribe(Waiter<? super @Nullable Void> subscriber) {
        if (outcome != null) {
            signal(subscriber);
        } else {
            waiter = subscriber;
        }
    }

    @Override
    public boolean unsubscribe(Waiter<? super @Nullable Void> subscriber) {
        waiter = null;
        return true;
    }

    @Override
    public Owners owners() {
        Child present = child;
        return present == null
                ? Owners.unknown(Owners.Kind.OTHER, this)
                : present.end().owners();
    }

    private void become(State next) {
        state = next;
        sinceNanos = home.clock().nanos();
    }

    ChildInfo info() {
        return new ChildInfo(
                id(),
                state,
                Duration.ofNanos(nanosInState()),
                spec.restart(),
                spec.isSignificant(),
                Math.max(0, starts - 1),
                Optional.ofNullable(running()));
    }

    @Override
    public String toString() {
        return "the end of child " + id();
    }
}
