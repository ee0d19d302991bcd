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
import org.jspecify.annotations.Nullable;

/**
 * A bounded pool of resources that are expensive to create and used by one greenlet at a time, such as connections.
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
 * <p>The most recently returned idle resource is leased first. If all are leased, {@link #lease} waits, in the order of
 * arrival; if a waiter is killed or times out, the resource goes to the next one. Creation, checks and disposal run in the
 * greenlet that leases or returns the resource, and may wait while others run; calls that would block the loop should use
 * {@link Weft#offload}.
 *
 * <p>If all resources are leased and all holders wait for greenlets that wait for one, that is a deadlock, and is reported
 * with the wait-for graph. The greenlet that leased a resource is assumed to return it, until another greenlet calls {@link
 * Lease#value}.
 *
 * <p>A pool has a {@linkplain dev.weft.sync home}. Its resources are created there and never leave it, as connections belong to
 * a loop. So {@link #lease} works only at home; {@link #use} works from anywhere and takes the work to the resource. (To
 * spread the work over a group, open a pool on each loop.) Leasing an idle resource allocates at most two objects and costs no
 * switch.
 *
 * @param <R> the type of resource
 */
public final class ResourcePool<R> implements AutoCloseable {
    static {
        Suspension.spawnsForOthers(ResourcePool.class);
    }

    static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    private static final System.Logger LOGGER = System.getLogger("dev.weft");

    private final HomeGateway gateway;
    private final Builder<R> config;
    private final PoolEntries<R> entries;
    private boolean closed;

    private ResourcePool(Loop home, Builder<R> config) {
        gateway = new HomeGateway(home, "resource pool");
        this.config = config;
        entries = new PoolEntries<>(config.size, config.idleLifetime, this, this::disposeOfStale);
    }

    /** A check of whether a resource that has been idle can still be used; an exception counts as no. */
    @FunctionalInterface
    public interface Check<R> {
        /** Returns whether {@code resource} can still be used. */
        boolean isUsable(R resource) throws Exception;
    }

    /** The disposal of a resource; exceptions are logged. */
    @FunctionalInterface
    public interface Disposal<R> {
        /** Disposes of {@code resource}. */
        void dispose(R resource) throws Exception;
    }

    /** The work that is done with a resource; it may wait, and must not keep the resource. */
    @FunctionalInterface
    public interface Work<R, T extends @Nullable Object, X extends Exception> {
        /** Does the work with {@code resource} and returns its result. */
        T with(R resource) throws X;
    }

    /** A snapshot of a pool: its size, how many resources are leased or being created, and how many are idle. */
    public record Statistics(int size, int leased, int idle) {}

    /** Exclusive use of a resource until the lease is closed. */
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

        /** Returns the resource; throws {@link IllegalStateException} once the lease is closed. */
        public R value() {
            if (over) {
                throw new IllegalStateException("the lease of " + resource + " has been closed; lease again");
            }
            Greenlet<?> holder = entry.holder;
            if (holder != null && holder.thread() != Thread.currentThread()) {
                entry.holder = null; // it was passed on
            }
            return resource;
        }

        /** Ends the lease of a broken resource: it is disposed of, and its place becomes free. Any thread. */
        public void discard() {
            end(() -> {
                entry.resource = null;
                pool.dispose(resource);
            });
        }

        /**
         * Returns the resource to the pool. Closing again, or after {@link #discard}, has no effect. Any thread. Waits only
         * for the disposal, if the pool is closed.
         */
        @Override
        public void close() {
            end(() -> {});
        }

        private void end(Runnable first) {
            pool.gateway.tell(() -> {
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

    /** Returns a builder of a pool; {@code creation} creates a resource in the greenlet that leases it, and may wait. */
    public static <R> Builder<R> builder(Callable<? extends R> creation) {
        return new Builder<>(creation);
    }

    /**
     * Waits for a resource: an idle one that is still usable, or a new one. Exceptions of the creation are thrown here as
     * they are, and the place becomes free again.
     *
     * @throws IllegalStateException if the pool is closed, before or during the wait, or if not called on its loop;
     *     call {@link #use} elsewhere
     */
    public Lease<R> lease() {
        if (!gateway.isHome()) {
            throw new IllegalStateException("the resources of " + this + " stay on loop " + gateway.home.name()
                    + " and cannot be leased in " + Thread.currentThread()
                    + "; let the pool run the work there with use(...), or open a pool on each loop");
        }
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

    /**
     * Leases a resource for {@code work}, which is called with it on the pool's loop: in the calling greenlet if it is there,
     * otherwise in a new one, which the caller waits for. If the caller is killed or times out, so is the work, and the caller
     * waits until it has ended.
     *
     * @throws IllegalStateException if the pool is closed, before or during the wait
     * @throws X if the work threw it
     */
    public <T extends @Nullable Object, X extends Exception> T use(Work<? super R, ? extends T, X> work) throws X {
        Objects.requireNonNull(work, "work");
        return gateway.isHome() ? useAtHome(work) : CallAtHome.call(gateway, () -> useAtHome(work));
    }

    private <T extends @Nullable Object, X extends Exception> T useAtHome(Work<? super R, ? extends T, X> work)
            throws X {
        try (Lease<R> lease = lease()) {
            return work.with(lease.value());
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
            present = Objects.requireNonNull(config.creation.call(), "the creation of a resource returned null");
            entry.resource = present;
        }
        requireOpen();
        return present;
    }

    private boolean isUsable(R resource) throws Exception {
        try {
            return config.check.isUsable(resource);
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

    /** Disposes of {@code resource} now, shielded, or in a new greenlet if called in a callback, which cannot wait. */
    private void dispose(R resource) {
        if (!Thread.currentThread().isVirtual()) {
            gateway.home.spawn("disposal of a resource", () -> dispose(resource));
            return;
        }
        try {
            Weft.shield(() -> config.disposal.dispose(resource));
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
        gateway.home.spawn("disposal of an idle resource", () -> {
            if (entries.takeStale(entry)) {
                empty(entry);
                takeBack(entry);
            }
        });
    }

    private void requireOpen() {
        if (closed) {
            throw closedFailure();
        }
    }

    private IllegalStateException closedFailure() {
        return new IllegalStateException(this + " is closed: no more leases");
    }

    /** Returns a snapshot of its state. Waits only elsewhere, for the home's answer. */
    public Statistics statistics() {
        return gateway.isHome()
                ? snapshot()
                : new HomeQuery<>(gateway, this::snapshot, "statistics of " + this).await(null);
    }

    private Statistics snapshot() {
        return new Statistics(config.size, entries.out(), entries.idle());
    }

    /**
     * Closes the pool: waiters get an {@link IllegalStateException}, idle resources are disposed of now, and the others when
     * they are returned. Waits only for the disposals. Closing a closed pool has no effect.
     */
    @Override
    public void close() {
        if (!gateway.isHome()) {
            CallAtHome.run(gateway, this::close);
            return;
        }
        closed = true;
        entries.failWaiters(this::closedFailure);
        while (entries.idle() > 0) {
            takeBack(entries.takeIdle());
        }
    }

    @Override
    public String toString() {
        return "resource pool (" + entries.out() + " of " + config.size + " out, " + entries.idle() + " idle)";
    }

    /** A builder of resource pools. Not thread-safe; must not be changed once the pool is open. */
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

        /** Sets the maximum number of resources; 10 by default. */
        public Builder<R> size(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("the size must be at least one: " + count);
            }
            size = count;
            return this;
        }

        /** Sets the check made before an idle resource is leased again; by default all are considered usable. */
        public Builder<R> check(Check<? super R> isUsable) {
            check = Objects.requireNonNull(isUsable, "isUsable");
            return this;
        }

        /** Sets how long a resource may be idle before it is disposed of; unlimited by default. */
        public Builder<R> idleLifetime(Duration lifetime) {
            if (lifetime.isNegative() || lifetime.isZero()) {
                throw new IllegalArgumentException("the idle lifetime must be positive: " + lifetime);
            }
            idleLifetime = lifetime;
            return this;
        }

        /** Sets the disposal of a resource; by default an {@link AutoCloseable} is closed. */
        public Builder<R> disposal(Disposal<? super R> end) {
            disposal = Objects.requireNonNull(end, "end");
            return this;
        }

        /** Opens the pool on the caller's loop. Resources are created on demand. */
        public ResourcePool<R> open() {
            return new ResourcePool<>(Loop.current(), this);
        }
    }
}
