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
 * A bound on how many may do something at a time, which knows who does (after trio's {@code CapacityLimiter}). A borrower
 * holds at most one token; asking for a second one is an error at once, where a semaphore would wait for itself for ever.
 *
 * <pre>{@code
 * Limiter queries = new Limiter(4);
 * try (Limiter.Lease lease = queries.acquire()) {
 *     return database.query(sql);
 * }
 * }</pre>
 *
 * <p>It is fair: tokens go to those who wait in the order in which they came. A token that is handed over is never lost:
 * whoever is killed or timed out first does not get it, and whoever got it gives it back by closing its lease.
 *
 * <p>If all who hold a token wait for others who wait for one, nobody goes on, and that is reported with who waits for whom.
 * Whoever acquires is taken for the one who will close the lease.
 *
 * <p>It belongs to one loop; only {@link Lease#close} may be called from any thread. A wait allocates nothing but its
 * lease. For a bound without borrowers, or between threads, {@link java.util.concurrent.Semaphore} yields as well.
 */
public final class Limiter {
    private final Loop home;
    private final Permits tokens;
    private final Set<Object> borrowers = new HashSet<>(); // who hold a token or wait for one
    private final Set<Object> waiting = new HashSet<>(); // those of them who had to wait, until they have gone on

    /**
     * A limiter of the caller's loop with {@code capacity} tokens.
     *
     * @throws IllegalArgumentException if {@code capacity} is less than one
     * @throws IllegalStateException outside any loop
     */
    public Limiter(int capacity) {
        this(Loop.current(), capacity);
    }

    /** As {@link #Limiter(int)}, for {@code home}. Any thread. */
    public Limiter(Loop home, int capacity) {
        this.home = Objects.requireNonNull(home, "home");
        tokens = new Permits(requirePositive(capacity), "a token of", this, this::holders);
    }

    /** What a limiter was doing: how many tokens there are, how many are out, and how many wait for one. */
    public record Statistics(int capacity, int borrowed, int waiting) {}

    /** A borrowed token. Closing it gives the token back; closing it again does nothing. Any thread; never waits. */
    public final class Lease implements AutoCloseable {
        private final Object borrower;
        private boolean returned;

        private Lease(Object borrower) {
            this.borrower = borrower;
        }

        /** Who holds the token. */
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
     * @throws IllegalStateException if the caller holds one already, or is not on the limiter's loop
     */
    public Lease acquire() {
        return acquire(Greenlet.current(), null);
    }

    /**
     * As {@link #acquire()}, for {@code timeout} at the most.
     *
     * @throws dev.weft.DeadlineExceeded when the time is up
     */
    public Lease acquire(Duration timeout) {
        return acquire(Greenlet.current(), Objects.requireNonNull(timeout, "timeout"));
    }

    /** As {@link #acquire()}, for a borrower other than the caller: a request, a peer's address. Told apart by equals. */
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

    /** Those greenlets of which it is known that they have a token. */
    private Collection<Greenlet<?>> holders() {
        List<Greenlet<?>> holders = new ArrayList<>();
        for (Object borrower : borrowers) {
            if (borrower instanceof Greenlet<?> greenlet && !waiting.contains(borrower)) {
                holders.add(greenlet);
            }
        }
        return holders;
    }

    /** A token for the calling greenlet, if one is there now. Never waits. */
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
            throw new IllegalStateException(borrower + " holds a token of " + this + ", or waits for one, already; a"
                    + " borrower may have one: close its lease first, or use acquireFor with a borrower of its own");
        }
    }

    /** How many tokens there are. Only on its loop. */
    public int capacity() {
        Suspension.requireLoop(home, this);
        return tokens.capacity();
    }

    /**
     * Sets how many tokens there are. More go to those who wait; if there are fewer than are out, nobody gets one until
     * enough have come back. Only on its loop.
     *
     * @throws IllegalArgumentException if {@code newCapacity} is less than one
     */
    public void resize(int newCapacity) {
        Suspension.requireLoop(home, this);
        tokens.resize(requirePositive(newCapacity));
    }

    private static int requirePositive(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException(
                    "a limiter needs a capacity of at least one: " + capacity + "; with none, all would wait for ever");
        }
        return capacity;
    }

    /** What it is doing. Only on its loop. */
    public Statistics statistics() {
        Suspension.requireLoop(home, this);
        return new Statistics(tokens.capacity(), tokens.held(), borrowers.size() - tokens.held());
    }

    @Override
    public String toString() {
        return "limiter (" + tokens.held() + " of " + tokens.capacity() + " tokens out)";
    }
}
