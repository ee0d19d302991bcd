package dev.weft.sync;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Owners;
import dev.weft.spi.Waiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A limit on concurrency that knows its borrowers (after trio's {@code CapacityLimiter}). A borrower holds at most one token;
 * asking for a second one fails at once, where a semaphore could deadlock.
 *
 * <pre>{@code
 * Limiter queries = new Limiter(4);
 * try (Limiter.Lease lease = queries.acquire()) {
 *     return database.query(sql);
 * }
 * }</pre>
 *
 * <p>It is fair: tokens are granted in the order of arrival. A token is never lost: a waiter that is killed or times out
 * does not get one, and a token that was granted is returned by closing its lease.
 *
 * <p>If all holders of a token wait for greenlets that wait for one, that is a deadlock, and is reported with the wait-for
 * graph. The greenlet that acquired a token is assumed to be the one that will close the lease.
 *
 * <p>A limiter has a {@linkplain dev.weft.sync home}, and can be used from anywhere. A wait at home allocates only its lease.
 * For a limit without borrowers use {@link java.util.concurrent.Semaphore}, which yields too.
 */
public final class Limiter {
    private final HomeGateway gateway;
    private final Permits tokens;
    private final Set<Object> borrowers = new HashSet<>(); // those that hold a token or wait for one
    private final Set<Object> waiting = new HashSet<>(); // those of them that had to wait, until they have resumed

    /**
     * Creates a limiter on the caller's loop with {@code capacity} tokens.
     *
     * @throws IllegalArgumentException if {@code capacity} is less than one
     * @throws IllegalStateException outside any loop
     */
    public Limiter(int capacity) {
        this(Loop.current(), capacity);
    }

    /** As {@link #Limiter(int)}, on {@code home}. Any thread. */
    public Limiter(Loop home, int capacity) {
        gateway = new HomeGateway(Objects.requireNonNull(home, "home"), "limiter");
        tokens = new Permits(Owners.Kind.LIMITER, requirePositive(capacity), "a token of", this, this::holders);
    }

    /** A snapshot of a limiter: the number of tokens, of borrowed tokens, and of waiters. */
    public record Statistics(int capacity, int borrowed, int waiting) {}

    /** A borrowed token. Closing it returns the token; closing it again has no effect. Any thread; never waits. */
    public final class Lease implements AutoCloseable {
        private final Object borrower;
        private boolean returned;

        private Lease(Object borrower) {
            this.borrower = borrower;
        }

        /** Returns the holder of the token. */
        public Object borrower() {
            return borrower;
        }

        @Override
        public void close() {
            gateway.tell(this::giveBack);
        }

        private void giveBack() {
            if (!returned) {
                returned = true;
                borrowers.remove(borrower);
                tokens.release();
            }
        }
    }

    /** A request for a token from elsewhere, carried out at home. For a single wait. */
    private final class Acquisition extends Relay<@Nullable Void, Lease> {
        private final Object borrower;
        private boolean isRegistered; // and waits

        Acquisition(Object borrower) {
            super(tokens);
            this.borrower = borrower;
        }

        @Override
        public void subscribe(Waiter<? super Lease> waiter) {
            register(borrower);
            waiting.add(borrower);
            isRegistered = true;
            super.subscribe(waiter);
        }

        @Override
        public boolean unsubscribe(Waiter<? super Lease> waiter) {
            if (isRegistered) {
                isRegistered = false;
                waiting.remove(borrower);
                borrowers.remove(borrower);
            }
            return super.unsubscribe(waiter);
        }

        @Override
        void pass(@Nullable Void token, Waiter<? super Lease> waiter) {
            isRegistered = false;
            waiting.remove(borrower);
            waiter.succeed(new Lease(borrower));
        }
    }

    /**
     * Waits for a token and borrows it for the calling greenlet, or thread if it is none.
     *
     * @throws IllegalStateException if the caller already holds one or waits for one
     */
    public Lease acquire() {
        return acquire(null, null);
    }

    /**
     * As {@link #acquire()}, but waits for at most {@code timeout}.
     *
     * @throws dev.weft.DeadlineExceeded if the time is up
     */
    public Lease acquire(Duration timeout) {
        return acquire(null, Objects.requireNonNull(timeout, "timeout"));
    }

    /** As {@link #acquire()}, for a borrower other than the caller, such as a request. Borrowers are compared by equals. */
    public Lease acquireFor(Object borrower) {
        return acquire(Objects.requireNonNull(borrower, "borrower"), null);
    }

    /** Acquires for {@code borrower}; null stands for the caller. */
    private Lease acquire(@Nullable Object borrower, @Nullable Duration timeout) {
        if (gateway.isHome()) {
            return acquireAtHome(borrower == null ? Greenlet.current() : borrower, timeout);
        }
        Acquisition acquisition = new Acquisition(borrower == null ? remoteCaller() : borrower);
        return fromElsewhere(new RemoteWait<>(gateway, acquisition), timeout);
    }

    private static Object remoteCaller() {
        return Suspension.isOnLoop() ? Greenlet.current() : Thread.currentThread();
    }

    /** Waits, and gives a refusal of the home the caller's stack trace. */
    private static <T> T fromElsewhere(CrossLoopAwaitable<T> operation, @Nullable Duration timeout) {
        try {
            return operation.await(timeout);
        } catch (IllegalStateException there) {
            throw new IllegalStateException(there.getMessage(), there);
        }
    }

    private Lease acquireAtHome(Object borrower, @Nullable Duration timeout) {
        register(borrower);
        try {
            Lease lease = new Lease(borrower);
            if (tokens.isFull()) {
                awaitToken(borrower, timeout);
            } else {
                Suspension.await(tokens, timeout);
            }
            return lease;
        } catch (Throwable t) {
            borrowers.remove(borrower);
            throw t;
        }
    }

    private void awaitToken(Object borrower, @Nullable Duration timeout) {
        waiting.add(borrower);
        try {
            Suspension.await(tokens, timeout);
        } finally {
            waiting.remove(borrower);
        }
    }

    /** Returns the greenlets that are known to hold a token. */
    private Collection<Greenlet<?>> holders() {
        List<Greenlet<?>> holders = new ArrayList<>();
        for (Object borrower : borrowers) {
            if (borrower instanceof Greenlet<?> greenlet && !waiting.contains(borrower)) {
                holders.add(greenlet);
            }
        }
        return holders;
    }

    /** Borrows a token for the caller if one is available. Never waits at home; elsewhere it waits for the home's answer. */
    public Optional<Lease> tryAcquire() {
        return gateway.isHome() ? tryAtHome(Greenlet.current()) : tryFromElsewhere(remoteCaller());
    }

    /** As {@link #tryAcquire()}, for a borrower other than the caller. */
    public Optional<Lease> tryAcquireFor(Object borrower) {
        Objects.requireNonNull(borrower, "borrower");
        return gateway.isHome() ? tryAtHome(borrower) : tryFromElsewhere(borrower);
    }

    private Optional<Lease> tryFromElsewhere(Object borrower) {
        return fromElsewhere(new HomeQuery<>(gateway, () -> tryAtHome(borrower), "tryAcquire of " + this), null);
    }

    private Optional<Lease> tryAtHome(Object borrower) {
        register(borrower);
        if (tokens.tryTake()) {
            return Optional.of(new Lease(borrower));
        }
        borrowers.remove(borrower);
        return Optional.empty();
    }

    private void register(Object borrower) {
        if (!borrowers.add(borrower)) {
            throw new IllegalStateException(borrower + " already holds or waits for a token of " + this + "; a borrower"
                    + " may have only one: close its lease first, or use acquireFor with another borrower");
        }
    }

    /** Returns the number of tokens. Waits only elsewhere, for the home's answer. */
    public int capacity() {
        return statistics().capacity();
    }

    /**
     * Sets the number of tokens. Added tokens go to waiters; if there are fewer than are borrowed, none is granted until
     * enough have been returned. Any thread; never waits.
     *
     * @throws IllegalArgumentException if {@code newCapacity} is less than one
     */
    public void resize(int newCapacity) {
        requirePositive(newCapacity);
        gateway.tell(() -> tokens.resize(newCapacity));
    }

    private static int requirePositive(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("the capacity must be at least one: " + capacity
                    + "; with none, every acquire would wait for ever");
        }
        return capacity;
    }

    /** Returns a snapshot of its state. Waits only elsewhere, for the home's answer. */
    public Statistics statistics() {
        return gateway.isHome()
                ? snapshot()
                : new HomeQuery<>(gateway, this::snapshot, "statistics of " + this).await(null);
    }

    private Statistics snapshot() {
        return new Statistics(tokens.capacity(), tokens.held(), borrowers.size() - tokens.held());
    }

    @Override
    public String toString() {
        return "limiter (" + tokens.held() + " of " + tokens.capacity() + " tokens out)";
    }
}
