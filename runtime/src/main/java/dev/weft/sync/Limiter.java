package dev.weft.sync;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
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
 * <p>A limiter belongs to one loop; only {@link Lease#close} may be called from any thread. A wait allocates only its lease.
 * For a limit without borrowers, or between threads, use {@link java.util.concurrent.Semaphore}, which yields too.
 */
public final class Limiter {
    private final Loop home;
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
        this.home = Objects.requireNonNull(home, "home");
        tokens = new Permits(requirePositive(capacity), "a token of", this, this::holders);
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
            Suspension.tell(home, this::giveBack);
        }

        private void giveBack() {
            if (!returned) {
                returned = true;
                borrowers.remove(borrower);
                tokens.release();
            }
        }
    }

    /**
     * Waits for a token and borrows it for the calling greenlet.
     *
     * @throws IllegalStateException if the caller already holds one, or is not on the limiter's loop
     */
    public Lease acquire() {
        return acquire(Greenlet.current(), null);
    }

    /**
     * As {@link #acquire()}, but waits for at most {@code timeout}.
     *
     * @throws dev.weft.DeadlineExceeded if the time is up
     */
    public Lease acquire(Duration timeout) {
        return acquire(Greenlet.current(), Objects.requireNonNull(timeout, "timeout"));
    }

    /** As {@link #acquire()}, for a borrower other than the caller, such as a request. Borrowers are compared by equals. */
    public Lease acquireFor(Object borrower) {
        return acquire(Objects.requireNonNull(borrower, "borrower"), null);
    }

    private Lease acquire(Object borrower, @Nullable Duration timeout) {
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

    /** Borrows a token for the calling greenlet if one is available. Never waits. */
    public Optional<Lease> tryAcquire() {
        return tryAcquireFor(Greenlet.current());
    }

    /** As {@link #tryAcquire()}, for a borrower other than the caller. */
    public Optional<Lease> tryAcquireFor(Object borrower) {
        register(Objects.requireNonNull(borrower, "borrower"));
        if (tokens.tryTake()) {
            return Optional.of(new Lease(borrower));
        }
        borrowers.remove(borrower);
        return Optional.empty();
    }

    private void register(Object borrower) {
        Suspension.requireLoop(home, this);
        if (!borrowers.add(borrower)) {
            throw new IllegalStateException(borrower + " already holds or waits for a token of " + this + "; a borrower"
                    + " may have only one: close its lease first, or use acquireFor with another borrower");
        }
    }

    /** Returns the number of tokens. Must be called on its loop. */
    public int capacity() {
        Suspension.requireLoop(home, this);
        return tokens.capacity();
    }

    /**
     * Sets the number of tokens. Added tokens go to waiters; if there are fewer than are borrowed, none is granted until
     * enough have been returned. Must be called on its loop.
     *
     * @throws IllegalArgumentException if {@code newCapacity} is less than one
     */
    public void resize(int newCapacity) {
        Suspension.requireLoop(home, this);
        tokens.resize(requirePositive(newCapacity));
    }

    private static int requirePositive(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("the capacity must be at least one: " + capacity
                    + "; with none, every acquire would wait for ever");
        }
        return capacity;
    }

    /** Returns a snapshot of its state. Must be called on its loop. */
    public Statistics statistics() {
        Suspension.requireLoop(home, this);
        return new Statistics(tokens.capacity(), tokens.held(), borrowers.size() - tokens.held());
    }

    @Override
    public String toString() {
        return "limiter (" + tokens.held() + " of " + tokens.capacity() + " tokens out)";
    }
}
