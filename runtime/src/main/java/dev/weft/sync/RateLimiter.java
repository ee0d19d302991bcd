package dev.weft.sync;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.Loop;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Owners;
import dev.weft.spi.Waiter;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A limit on how often something happens: a token bucket (as Go's {@code rate.Limiter}). Tokens are added at a constant rate, up
 * to {@code burst} of them; the bucket starts full. Each acquire takes one, or as many as it asks for, and waits until they are
 * there. A limit on how many things happen at the same time is a {@link Limiter}.
 *
 * <pre>{@code
 * RateLimiter mails = RateLimiter.of(100, Duration.ofSeconds(1), 20); // 100 a second, 20 of them at once
 * mails.acquire();
 * server.send(mail);
 * }</pre>
 *
 * <p>It is fair: waiters are served in the order of arrival, and nobody overtakes one that waits for many tokens. A waiter that
 * is killed or times out takes none. The arithmetic is exact, in whole numbers, so the rate does not drift.
 *
 * <p>A rate limiter has a {@linkplain dev.weft.sync home}, follows its clock, and can be used from anywhere. An acquire at home
 * allocates one object.
 */
public final class RateLimiter {
    private final HomeGateway gateway;
    private final int permits; // per period
    private final Duration period;
    private final int burst;
    private final long tokenCost; // in units, of which each nanosecond adds as many as there are permits per period
    private final Alarm alarm = new Alarm();
    private final Set<Acquisition> waiting = new LinkedHashSet<>(); // the first is the next to be served
    private @Nullable Awaitable<@Nullable Void> timer; // set while somebody waits
    private long units;
    private long filledNanos; // when the units were last computed

    private RateLimiter(Loop home, int permits, Duration period, int burst) {
        requirePositive(permits, "the number of permits");
        requirePositive(burst, "the burst");
        if (period.isNegative() || period.isZero()) {
            throw new IllegalArgumentException("the period must be positive: " + period);
        }
        this.permits = permits;
        this.period = period;
        this.burst = burst;
        tokenCost = period.toNanos();
        units = capacity(tokenCost, burst);
        gateway = new HomeGateway(home, "rate limiter");
        filledNanos = home.clock().nanos();
    }

    private static void requirePositive(int value, String what) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " must be at least one: " + value);
        }
    }

    private static long capacity(long tokenCost, int burst) {
        try {
            return Math.multiplyExact(tokenCost, (long) burst);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "a burst of " + burst + " is too many for a period of " + Duration.ofNanos(tokenCost), e);
        }
    }

    /**
     * Creates a limiter on the caller's loop that admits {@code permits} per {@code period}, all of which may come at once.
     *
     * @throws IllegalStateException outside any loop
     */
    public static RateLimiter of(int permits, Duration period) {
        return of(permits, period, permits);
    }

    /** As {@link #of(int, Duration)}, with at most {@code burst} at once. */
    public static RateLimiter of(int permits, Duration period, int burst) {
        return on(Loop.current(), permits, period, burst);
    }

    /** As {@link #of(int, Duration, int)}, on {@code home}. Any thread. */
    public static RateLimiter on(Loop home, int permits, Duration period, int burst) {
        return new RateLimiter(Objects.requireNonNull(home, "home"), permits, period, burst);
    }

    /** A snapshot of a rate limiter: the whole tokens in the bucket, and the number of waiters. */
    public record Statistics(int available, int waiting) {}

    /** Waits for a token and takes it. A calling greenlet yields; a calling thread blocks. */
    public void acquire() {
        await(1, null);
    }

    /**
     * As {@link #acquire()}, for several tokens, all of which are taken together.
     *
     * @throws IllegalArgumentException if {@code tokens} is less than one or more than the burst
     */
    public void acquire(int tokens) {
        await(tokens, null);
    }

    /**
     * As {@link #acquire()}, but waits for at most {@code timeout}.
     *
     * @throws dev.weft.DeadlineExceeded if the time is up; no token was taken
     */
    public void acquire(Duration timeout) {
        await(1, Objects.requireNonNull(timeout, "timeout"));
    }

    /** As {@link #acquire(int)}, but waits for at most {@code timeout}. */
    public void acquire(int tokens, Duration timeout) {
        await(tokens, Objects.requireNonNull(timeout, "timeout"));
    }

    private void await(int tokens, @Nullable Duration timeout) {
        Acquisition acquisition = new Acquisition(requirePossible(tokens));
        if (gateway.isHome()) {
            Suspension.await(acquisition, timeout);
        } else {
            new RemoteWait<>(gateway, acquisition).await(timeout);
        }
    }

    /** Returns an awaitable that takes {@code tokens}, for use in a {@link Select}. For one wait at a time. */
    public Awaitable<@Nullable Void> acquiring(int tokens) {
        return new RemoteWait<>(gateway, new Acquisition(requirePossible(tokens)));
    }

    /**
     * Takes a token if there is one and nobody waits; returns whether it did. Never waits at home; elsewhere it waits for the
     * home's answer.
     */
    public boolean tryAcquire() {
        return tryAcquire(1);
    }

    /** As {@link #tryAcquire()}, for several tokens. */
    public boolean tryAcquire(int tokens) {
        requirePossible(tokens);
        return gateway.isHome()
                ? tryTake(tokens)
                : new HomeQuery<>(gateway, () -> tryTake(tokens), "tryAcquire of " + this).await(null);
    }

    private int requirePossible(int tokens) {
        requirePositive(tokens, "the number of tokens");
        if (tokens > burst) {
            throw new IllegalArgumentException(tokens + " tokens are more than the burst of " + this
                    + ", so they would never be there at once; acquire fewer, or allow a larger burst");
        }
        return tokens;
    }

    /** Returns a snapshot of its state. Waits only elsewhere, for the home's answer. */
    public Statistics statistics() {
        return gateway.isHome()
                ? snapshot()
                : new HomeQuery<>(gateway, this::snapshot, "statistics of " + this).await(null);
    }

    private Statistics snapshot() {
        fill();
        return new Statistics((int) (units / tokenCost), waiting.size());
    }

    private boolean tryTake(int tokens) {
        if (!waiting.isEmpty() || !canTake(tokens)) {
            return false;
        }
        units -= tokens * tokenCost;
        return true;
    }

    private boolean canTake(int tokens) {
        fill();
        return units >= tokens * tokenCost;
    }

    private void fill() {
        long now = gateway.home.clock().nanos();
        long capacity = burst * tokenCost;
        long enough = Math.ceilDiv(capacity - units, permits); // so the product below does not overflow
        long elapsed = now - filledNanos;
        units = elapsed >= enough ? capacity : units + elapsed * permits;
        filledNanos = now;
    }

    /** Serves the first waiters for whom there are enough tokens, and sets the timer for the next. */
    private void serve() {
        Iterator<Acquisition> queue = waiting.iterator();
        while (queue.hasNext()) {
            Acquisition next = queue.next();
            Waiter<? super @Nullable Void> waiter = next.waiter();
            if (!waiter.isOpen()) {
                queue.remove();
            } else if (!canTake(next.tokens)) {
                setTimer(next.tokens);
                return;
            } else {
                queue.remove();
                next.grant(waiter);
            }
        }
    }

    private void setTimer(int tokens) {
        cancelTimer();
        long missing = tokens * tokenCost - units;
        Awaitable<@Nullable Void> next = Weft.timer(Duration.ofNanos(Math.ceilDiv(missing, permits)));
        next.subscribe(alarm);
        timer = next;
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.unsubscribe(alarm);
            timer = null;
        }
    }

    /** Fires when there are enough tokens for the first waiter. */
    private final class Alarm extends Waiter<@Nullable Void> {
        @Override
        public void succeed(@Nullable Void nothing) {
            timer = null;
            serve();
        }

        @Override
        public void fail(Throwable failure) {
            throw new AssertionError("a timer does not fail", failure);
        }
    }

    /** A request for tokens. At home only; for one wait at a time. */
    private final class Acquisition implements Awaitable<@Nullable Void> {
        private final int tokens;
        private @Nullable Waiter<? super @Nullable Void> waiter;

        Acquisition(int tokens) {
            this.tokens = tokens;
        }

        Waiter<? super @Nullable Void> waiter() {
            return Objects.requireNonNull(waiter, "queued while somebody waits");
        }

        @Override
        public void subscribe(Waiter<? super @Nullable Void> subscriber) {
            if (waiter != null) {
                throw new Busy(this, waiter);
            }
            if (waiting.isEmpty() && canTake(tokens)) {
                grant(subscriber);
                return;
            }
            waiter = subscriber;
            waiting.add(this);
            if (timer == null) {
                setTimer(tokens);
            }
        }

        @Override
        public boolean unsubscribe(Waiter<? super @Nullable Void> subscriber) {
            if (waiter == subscriber) {
                waiter = null;
                leave();
            }
            return true;
        }

        private void leave() {
            boolean wasNext = !waiting.isEmpty() && waiting.iterator().next() == this;
            waiting.remove(this);
            if (wasNext) {
                cancelTimer();
                serve(); // the one behind may need fewer
            }
        }

        @SuppressWarnings("NullAway") // a Void is always null
        private void grant(Waiter<? super @Nullable Void> taker) {
            waiter = null;
            if (taker.tryClaim()) {
                units -= tokens * tokenCost;
                taker.succeed(null);
            }
        }

        @Override
        public Owners owners() {
            return Owners.outside(Owners.Kind.LIMITER, RateLimiter.this);
        }

        @Override
        public String toString() {
            return (tokens == 1 ? "a token of " : tokens + " tokens of ") + RateLimiter.this;
        }
    }

    @Override
    public String toString() {
        return "rate limiter (" + permits + " per " + period + ", bursts of " + burst + ")";
    }
}
