package dev.weft.time;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.CheckedAction;
import dev.weft.Loop;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Owners;
import dev.weft.spi.Waiter;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Ticks at regular intervals (as Go's {@code time.Ticker} and tokio's {@code Interval}). The greenlet that takes a tick does
 * the work itself, so the work of two ticks never overlaps. {@link MissedTicks} decides what happens to ticks that become due
 * meanwhile; they are counted in any case.
 *
 * <pre>{@code
 * try (Ticker ticker = Ticker.every(Duration.ofSeconds(10))) {
 *     ticker.run(cache::refresh);
 * }
 * }</pre>
 *
 * <p>A ticker belongs to the loop on which it was created and follows its clock, with a resolution of one millisecond. One
 * greenlet at a time may wait for it ({@link Busy}). As an {@link Awaitable} it can be a clause of a select; a tick that is not
 * chosen stays due. {@link #close} and {@link #reset} may be called by any thread. While nobody waits, it costs nothing: it has
 * neither a greenlet nor a timer.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // written only at home
public final class Ticker implements Awaitable<Tick>, AutoCloseable {
    private final Loop home;
    private final MissedTicks behaviour;
    private final Alarm alarm = new Alarm();
    private Duration period;
    private long periodNanos;
    private long dueNanos;
    private long number;
    private volatile long missed;
    private boolean closed;
    private @Nullable Waiter<? super Tick> waiting;
    private @Nullable Awaitable<@Nullable Void> timer; // set while somebody waits

    private Ticker(Duration period, MissedTicks behaviour) {
        this.home = Loop.current();
        this.behaviour = Objects.requireNonNull(behaviour, "behaviour");
        this.period = period;
        restart(period);
    }

    /**
     * Starts a ticker that drops missed ticks ({@link MissedTicks#SKIP}). Its first tick is due after one period.
     *
     * @throws IllegalArgumentException if {@code period} is less than a millisecond
     * @throws IllegalStateException outside any loop
     */
    public static Ticker every(Duration period) {
        return every(period, MissedTicks.SKIP);
    }

    /** As {@link #every(Duration)}, with another treatment of missed ticks. */
    public static Ticker every(Duration period, MissedTicks behaviour) {
        return new Ticker(requireMillisecond(period), behaviour);
    }

    private static Duration requireMillisecond(Duration period) {
        if (period.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException("the period must be at least a millisecond: " + period);
        }
        return period;
    }

    private void restart(Duration newPeriod) {
        period = newPeriod;
        periodNanos = newPeriod.toNanos();
        dueNanos = home.clock().nanos() + periodNanos;
    }

    /**
     * Waits for the next tick. Returns at once if it is due already.
     *
     * @throws TickerClosed if the ticker is, or is meanwhile, closed
     */
    public Tick next() {
        return Suspension.await(this, null);
    }

    /**
     * Runs {@code body} once per tick until the ticker is closed, then returns. An exception of the body is thrown here; the
     * ticker stays usable.
     */
    public <X extends Exception> void run(CheckedAction<X> body) throws X {
        while (true) {
            try {
                next();
            } catch (TickerClosed end) {
                return;
            }
            body.run();
        }
    }

    /** Restarts the period: the next tick is due one period from now. Any thread; never waits. */
    public void reset() {
        Suspension.tell(home, () -> change(period));
    }

    /** As {@link #reset()}, with a new period. */
    public void reset(Duration newPeriod) {
        requireMillisecond(newPeriod);
        Suspension.tell(home, () -> change(newPeriod));
    }

    private void change(Duration newPeriod) {
        restart(newPeriod);
        if (timer != null) {
            cancelTimer();
            setTimer();
        }
    }

    /** Returns how many ticks had not been taken when the next one became due. Any thread. */
    public long missed() {
        return missed;
    }

    /** Ends the ticker: a waiting greenlet, and every later wait, gets {@link TickerClosed}. Any thread; never waits. */
    @Override
    public void close() {
        Suspension.tell(home, this::end);
    }

    private void end() {
        closed = true;
        Waiter<? super Tick> waiter = waiting;
        if (waiter != null) {
            cancelTimer();
            waiting = null;
            waiter.fail(new TickerClosed(this));
        }
    }

    @Override
    public void subscribe(Waiter<? super Tick> waiter) {
        Suspension.requireLoop(home, this);
        if (waiting != null) {
            throw new Busy(this, waiting);
        }
        if (closed) {
            waiter.fail(new TickerClosed(this));
        } else if (home.clock().nanos() < dueNanos) {
            waiting = waiter;
            setTimer();
        } else if (waiter.tryClaim()) {
            waiter.succeed(take());
        }
    }

    @Override
    public boolean unsubscribe(Waiter<? super Tick> waiter) {
        if (waiting == waiter) {
            cancelTimer();
            waiting = null;
        }
        return true;
    }

    private void setTimer() {
        Awaitable<@Nullable Void> next =
                Weft.timer(Duration.ofNanos(dueNanos - home.clock().nanos()));
        next.subscribe(alarm);
        timer = next;
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.unsubscribe(alarm);
            timer = null;
        }
    }

    private Tick take() {
        long now = home.clock().nanos();
        long late = now - dueNanos;
        long before = behaviour == MissedTicks.BURST ? Math.min(1, late / periodNanos) : late / periodNanos;
        Tick tick = new Tick(++number, Duration.ofNanos(late), late / periodNanos);
        missed += before;
        dueNanos = behaviour.next(dueNanos, now, periodNanos);
        return tick;
    }

    /** Hands the tick over when it becomes due. */
    private final class Alarm extends Waiter<@Nullable Void> {
        @Override
        public void succeed(@Nullable Void nothing) {
            timer = null;
            Waiter<? super Tick> waiter = Objects.requireNonNull(waiting, "the timer is set while somebody waits");
            waiting = null;
            if (waiter.tryClaim()) {
                waiter.succeed(take());
            }
        }

        @Override
        public void fail(Throwable failure) {
            throw new AssertionError("a timer does not fail", failure);
        }
    }

    @Override
    public Owners owners() {
        return Owners.outside(Owners.Kind.SLEEP, this);
    }

    @Override
    public String toString() {
        return "ticker of " + period;
    }
}
