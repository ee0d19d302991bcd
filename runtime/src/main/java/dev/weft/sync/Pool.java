package dev.weft.sync;

import dev.weft.Action;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Scope;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Owners;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A limit on the number of concurrent greenlets (as gevent's {@code Pool}). {@link #spawn} waits while the pool is full,
 * which provides backpressure.
 *
 * <pre>{@code
 * try (Pool pool = new Pool(8); PoolResults<Page> pages = pool.mapUnordered(urls, Crawler::fetch, 16)) {
 *     for (Page page : pages) {
 *         index(page);
 *     }
 * }
 * }</pre>
 *
 * <p>Places are granted in the order of arrival. A greenlet of the pool keeps its place until it has ended, also while it
 * waits. If all members of a full pool spawn into it, they wait for each other for ever; that deadlock is reported with the
 * wait-for graph.
 *
 * <p>A failure in {@link #spawn} concerns that greenlet alone: its joiners get it, or the uncaught handler. In {@link #map},
 * {@link #imap} and {@link #mapUnordered} it is thrown to the reader of the results, and the rest of the work is killed.
 *
 * <p>A pool has a {@linkplain dev.weft.sync home}, and can be used from anywhere. Its greenlets run at home, whoever spawns
 * them: they share its plain state, and belong to its scope. It costs nothing while nobody waits. (To spread work over a
 * group, use a pool on each loop.)
 */
public final class Pool implements AutoCloseable {

    static {
        Suspension.spawnsForOthers(Pool.class);
    }

    private final HomeGateway gateway;
    private final @Nullable Scope scope;
    private final Permits places; // held by the members, and by callers that are about to spawn
    private final Set<Greenlet<?>> members = new LinkedHashSet<>();
    private final Set<PoolResults<?>> readers = new LinkedHashSet<>();
    private final Flag emptied = new Flag("the end of a pool's greenlets");
    private boolean closed;

    /**
     * Creates a pool on the caller's loop for {@code size} greenlets at a time.
     *
     * @throws IllegalArgumentException if {@code size} is less than one
     * @throws IllegalStateException outside any loop
     */
    public Pool(int size) {
        this(Loop.current(), size);
    }

    /** As {@link #Pool(int)}, on {@code home}. Any thread. */
    public Pool(Loop home, int size) {
        this(home, size, null);
    }

    /** Creates a pool whose greenlets are children of {@code scope}, which handles their failures and ends. */
    public Pool(Scope scope, int size) {
        this(Loop.current(), size, Objects.requireNonNull(scope, "scope"));
    }

    private Pool(Loop home, int size, @Nullable Scope scope) {
        if (size < 1) {
            throw new IllegalArgumentException("the size must be at least one: " + size);
        }
        gateway = new HomeGateway(Objects.requireNonNull(home, "home"), "pool");
        this.scope = scope;
        places = new Permits(Owners.Kind.POOL, size, "a place in", this, () -> members);
    }

    /** The function applied to each item; it may wait and may throw. */
    @FunctionalInterface
    public interface Mapper<T extends @Nullable Object, R extends @Nullable Object, X extends Exception> {
        /** Returns the result for {@code item}. */
        R map(T item) throws X;
    }

    /**
     * Waits for a place and queues a new greenlet that keeps it until it ends.
     *
     * @throws IllegalStateException if the pool is closed, before or during the wait
     */
    public <T extends @Nullable Object> Greenlet<T> spawn(Callable<T> body) {
        Objects.requireNonNull(body, "body");
        return inPlace(() -> queue(body));
    }

    /** As {@link #spawn(Callable)}, for a body without a result. */
    public Greenlet<@Nullable Void> spawn(Action body) {
        Objects.requireNonNull(body, "body");
        return inPlace(() -> scope == null ? gateway.home.spawn(body) : scope.spawn(body));
    }

    /** Queues a greenlet without a place. */
    <T extends @Nullable Object> Greenlet<T> queue(Callable<T> body) {
        return scope == null ? gateway.home.spawn(body) : scope.spawn(body);
    }

    private <T extends @Nullable Object> Greenlet<T> inPlace(Supplier<Greenlet<T>> spawn) {
        if (!gateway.isHome()) {
            return CallAtHome.call(gateway, () -> inPlace(spawn));
        }
        requireOpen();
        Suspension.await(places, null);
        try {
            requireOpen();
            Greenlet<T> member = spawn.get();
            members.add(member);
            Suspension.whenEnded(member, this::left);
            return member;
        } catch (Throwable t) {
            leave();
            throw t;
        }
    }

    private void left(Greenlet<?> member) {
        members.remove(member);
        leave();
    }

    private void leave() {
        places.release();
        if (places.held() == 0) {
            emptied.pulse();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw closedFailure();
        }
    }

    private IllegalStateException closedFailure() {
        return new IllegalStateException(this + " is closed; spawn before close, or into another pool");
    }

    /**
     * Applies {@code mapper} to all {@code items} and returns the results in the order of the items. The first failure kills
     * the rest of the work, and is thrown once that has ended. Another greenlet reads {@code items}, as places become free;
     * reading it may wait.
     */
    public <T extends @Nullable Object, R extends @Nullable Object, X extends Exception> List<R> map(
            Iterable<? extends T> items, Mapper<? super T, ? extends R, X> mapper) throws X {
        if (!gateway.isHome()) {
            return CallAtHome.call(gateway, () -> this.<T, R, Exception>map(items, mapper::map));
        }
        List<R> all = new ArrayList<>();
        try (PoolResults<R> results = imap(items, mapper, Integer.MAX_VALUE)) {
            results.forEach(all::add);
        }
        return all;
    }

    /**
     * As {@link #map}, but returns the results one by one, in the order of the items. Work starts at once and continues while
     * they are read.
     *
     * @param maxUnread the maximum number of items that have been started and whose results have not been read; a value below
     *     the pool's size also limits the concurrency
     */
    public <T extends @Nullable Object, R extends @Nullable Object> PoolResults<R> imap(
            Iterable<? extends T> items, Mapper<? super T, ? extends R, ?> mapper, int maxUnread) {
        return results(PoolResults.Order.OF_ITEMS, items, mapper, maxUnread);
    }

    /** As {@link #imap}, but returns the results in the order of completion. */
    public <T extends @Nullable Object, R extends @Nullable Object> PoolResults<R> mapUnordered(
            Iterable<? extends T> items, Mapper<? super T, ? extends R, ?> mapper, int maxUnread) {
        return results(PoolResults.Order.OF_COMPLETION, items, mapper, maxUnread);
    }

    private <T extends @Nullable Object, R extends @Nullable Object> PoolResults<R> results(
            PoolResults.Order order,
            Iterable<? extends T> items,
            Mapper<? super T, ? extends R, ?> mapper,
            int maxUnread) {
        Objects.requireNonNull(items, "items");
        Objects.requireNonNull(mapper, "mapper");
        if (maxUnread < 1) {
            throw new IllegalArgumentException("maxUnread must be at least one: " + maxUnread);
        }
        if (!gateway.isHome()) {
            return CallAtHome.call(gateway, () -> results(order, items, mapper, maxUnread));
        }
        requireOpen();
        PoolResults<R> results = new PoolResults<>(this, gateway, order, maxUnread);
        readers.add(results);
        results.begin(items, mapper);
        return results;
    }

    void ended(PoolResults<?> results) {
        readers.remove(results);
    }

    /** Waits until no place is taken. Greenlets spawned meanwhile are waited for too. */
    public void join() {
        if (!gateway.isHome()) {
            CallAtHome.run(gateway, this::join);
            return;
        }
        while (places.held() > 0) {
            Suspension.await(emptied, null);
        }
    }

    /**
     * As {@link #join()}, for at most {@code timeout}.
     *
     * @throws dev.weft.DeadlineExceeded if the time is up; the greenlets keep running
     */
    public void join(Duration timeout) {
        if (gateway.isHome()) {
            Weft.withTimeout(timeout, () -> join());
        } else {
            CallAtHome.run(gateway, () -> join(timeout));
        }
    }

    /** Kills all greenlets of the pool, including the work for unread results. Never waits; the pool stays open. Any thread. */
    public void kill() {
        gateway.tell(() -> {
            List.copyOf(readers).forEach(PoolResults::stop);
            List.copyOf(members).forEach(Greenlet::kill);
        });
    }

    /**
     * Closes the pool to new greenlets, ends the work for unread results, and waits for the greenlets. Waiters for a place
     * get an {@link IllegalStateException}. If the caller is killed or times out, the greenlets are killed, and the caller
     * waits until they have ended. Closing a closed pool only waits.
     */
    @Override
    public void close() {
        if (!gateway.isHome()) {
            CallAtHome.run(gateway, this::close);
            return;
        }
        closed = true;
        places.failWaiters(this::closedFailure);
        List.copyOf(readers).forEach(PoolResults::close);
        try {
            join();
        } catch (Throwable t) {
            kill();
            Weft.shield(() -> join());
            throw t;
        }
    }

    @Override
    public String toString() {
        return "pool (" + places.held() + " of " + places.capacity() + " places taken)";
    }
}
