package dev.weft.sync;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Sneaky;
import dev.weft.sync.PoolEntries.Entry;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * Things that are dear to make and are used by one at a time, such as connections: at most so many, lent out and taken
 * back.
 *
 * <pre>{@code
 * ResourcePool<Connection> pool = ResourcePool.builder(Connection::open)
 *         .size(8).check(Connection::isAlive).idleLifetime(Duration.ofMinutes(1)).disposal(Connection::close)
 *         .open();
 * try (ResourcePool.Lease<Connection> lease = pool.lease()) {
 *     return lease.value().query(sql);
 * }
 * }</pre>
 *
 * <p>Of the idle ones, the last that came back is lent first. When all are out, {@link #lease} waits, in the order of
 * arrival; what comes back for one who was killed or timed out meanwhile goes to the next. Creating, checking and
 * disposing run in the greenlet that wants the resource or gives it back, and may wait while others go on; what blocks
 * without knowing of Weft belongs into {@link Weft#offload}.
 *
 * <p>If all resources are out, and all who leased one wait for others who wait for one, that is reported with who waits for
 * whom. Whoever leases is taken for the one who gives it back, until another greenlet asks the lease for its value.
 *
 * <p>A pool belongs to one loop; only {@link Lease#close} and {@link Lease#discard} may be called from any thread. A lease
 * of an idle resource costs two objects' allocation at the most, and no switch.
 *
 * @param <R> the kind of resource
 */
public final class ResourcePool<R> implements AutoCloseable {
    static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    private static final System.Logger LOGGER = System.getLogger("dev.weft");

    private final Loop home;
    private final Builder<R> how;
    private final PoolEntries<R> entries;
    private boolean closed;

    private ResourcePool(Loop home, Builder<R> how) {
        this.home = home;
        this.how = how;
        entries = new PoolEntries<>(how.size, how.idleLifetime, this, this::disposeOfStale);
    }

    /** Whether a resource that has lain idle can still be used; what it throws counts as no. */
    @FunctionalInterface
    public interface Check<R> {
        /** Looks at {@code resource}. */
        boolean isUsable(R resource) throws Exception;
    }

    /** The end of a resource; what it throws is logged. */
    @FunctionalInterface
    public interface Disposal<R> {
        /** Lets go of {@code resource}. */
        void dispose(R resource) throws Exception;
    }

    /** What a pool holds: its bound, how many are lent out or being made, and how many lie idle. */
    public record Statistics(int size, int leased, int idle) {}

    /** A resource that is the holder's alone until the lease is closed. */
    public static final class Lease<R> implements AutoCloseable {
        private final ResourcePool<R> pool;
        private final Entry<R> entry;
        private final R resource;
        private boolean over;

        private Lease(ResourcePool<R> pool, Entry<R> entry, R resource) {
            this.pool = pool;
            this.entry = entry;
            this.resource = resource;
        }

        /** The resource; throws {@link IllegalStateException} once the lease is closed, as another may have it then. */
        public R value() {
            if (over) {
                throw new IllegalStateException("the lease of " + resource + " is over; lease again");
            }
            Greenlet<?> holder = entry.holder;
            if (holder != null && holder.thread() != Thread.currentThread()) {
                entry.holder = null; // it was handed on
            }
            return resource;
        }

        /** Gives the resource up as broken: it is disposed of, and its place is free. Any thread. */
        public void discard() {
            end(() -> {
                entry.resource = null;
                pool.dispose(resource);
            });
        }

        /** Gives the resource back. Closing again, or after {@link #discard}, does nothing. Any
         * thread; waits for nothing, but for the disposal if the pool is closed. */
        @Override
        public void close() {
            end(() -> {});
        }

        private void end(Runnable first) {
            Suspension.tell(pool.home, () -> {
                if (!over) {
                    over = true;
                    try {
                        first.run();
                    } finally {
                        pool.takeBack(entry);
                    }
                }
            });
        }
    }

    /** For a pool whose resources {@code creation} makes: in the greenlet that wants one; it may wait. */
    public static <R> Builder<R> builder(Callable<? extends R> creation) {
        return new Builder<>(creation);
    }

    /**
     * Waits for a resource: an idle one that is still usable, or a new one. What the creation throws is thrown here as it
     * is, and the place is free for the next.
     *
     * @throws IllegalStateException if the pool is closed, also while waiting; or if not called on its loop
     */
    public Lease<R> lease() {
        requireOpen();
        Entry<R> entry = Suspension.await(entries, null);
        entry.holder = Greenlet.current();
        try {
            return new Lease<>(this, entry, fill(entry));
        } catch (Throwable t) {
            empty(entry);
            takeBack(entry);
            throw Sneaky.rethrow(t);
        }
    }

    private R fill(Entry<R> entry) throws Exception {
        R present = entry.resource;
        if (present != null && !isUsable(present)) {
            empty(entry);
            present = null;
        }
        if (present == null) {
            requireOpen();
            present = Objects.requireNonNull(how.creation.call(), "the creation gave null for a resource");
            entry.resource = present;
        }
        requireOpen();
        return present;
    }

    private boolean isUsable(R resource) throws Exception {
        try {
            return how.check.isUsable(resource);
        } catch (dev.weft.Cancelled | dev.weft.DeadlineExceeded | InterruptedException ended) {
            throw ended;
        } catch (Exception broken) {
            return false;
        }
    }

    private void empty(Entry<R> entry) {
        R old = entry.resource;
        entry.resource = null;
        if (old != null) {
            dispose(old);
        }
    }

    /** In a greenlet: now, cancelled or not. In a callback, which cannot wait: in a greenlet of its own. */
    private void dispose(R resource) {
        if (!Thread.currentThread().isVirtual()) {
            home.spawn("disposal of a resource", () -> dispose(resource));
            return;
        }
        try {
            Weft.shield(() -> how.disposal.dispose(resource));
        } catch (Exception e) {
            LOGGER.log(System.Logger.Level.WARNING, "the disposal of " + resource + " failed", e);
        }
    }

    private void takeBack(Entry<R> entry) {
        entry.holder = null;
        if (closed) {
            empty(entry);
        }
        entries.takeBack(entry);
    }

    private void disposeOfStale(Entry<R> entry) {
        home.spawn("disposal of an idle resource", () -> {
            if (entries.takeStale(entry)) {
                empty(entry);
                takeBack(entry);
            }
        });
    }

    private void requireOpen() {
        Suspension.requireLoop(home, this);
        if (closed) {
            throw closedFailure();
        }
    }

    private IllegalStateException closedFailure() {
        return new IllegalStateException(this + " is closed: no more leases");
    }

    /** What it holds. Only on its loop. */
    public Statistics statistics() {
        Suspension.requireLoop(home, this);
        return new Statistics(how.size, entries.out(), entries.idle());
    }

    /**
     * Ends lending: who waits gets an {@link IllegalStateException}, idle resources are disposed of now, the others as they
     * come back. Waits only for the disposals. Closing a closed pool does nothing.
     */
    @Override
    public void close() {
        Suspension.requireLoop(home, this);
        closed = true;
        entries.turnAway(this::closedFailure);
        while (entries.idle() > 0) {
            takeBack(entries.takeIdle());
        }
    }

    @Override
    public String toString() {
        return "resource pool (" + entries.out() + " of " + how.size + " out, " + entries.idle() + " idle)";
    }

    /** How a pool is to be. Not thread-safe, and not to be changed once the pool is open. */
    public static final class Builder<R> {
        private final Callable<? extends R> creation;
        private int size = 10;
        private Check<? super R> check = resource -> true;
        private Duration idleLifetime = FOREVER;
        private Disposal<? super R> disposal = Builder::closeIfCloseable;

        private Builder(Callable<? extends R> creation) {
            this.creation = Objects.requireNonNull(creation, "creation");
        }

        private static void closeIfCloseable(Object resource) throws Exception {
            if (resource instanceof AutoCloseable closeable) {
                closeable.close();
            }
        }

        /** How many there may be at a time; 10 unless said. */
        public Builder<R> size(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("a pool needs room for at least one resource: " + count);
            }
            size = count;
            return this;
        }

        /** Asked before an idle resource is lent again; all are taken for usable unless said. */
        public Builder<R> check(Check<? super R> isUsable) {
            check = Objects.requireNonNull(isUsable, "isUsable");
            return this;
        }

        /** How long a resource may lie idle before it is disposed of; for ever unless said. */
        public Builder<R> idleLifetime(Duration lifetime) {
            if (lifetime.isNegative() || lifetime.isZero()) {
                throw new IllegalArgumentException("an idle lifetime must be positive: " + lifetime);
            }
            idleLifetime = lifetime;
            return this;
        }

        /** How a resource ends; it is closed, if it is {@link AutoCloseable}, unless said. */
        public Builder<R> disposal(Disposal<? super R> end) {
            disposal = Objects.requireNonNull(end, "end");
            return this;
        }

        /** Opens the pool, on the caller's loop. Nothing is created before it is wanted. */
        public ResourcePool<R> open() {
            return new ResourcePool<>(Loop.current(), this);
        }
    }
}
