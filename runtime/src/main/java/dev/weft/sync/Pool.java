package dev.weft.sync;

import dev.weft.Action;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Scope;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
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
 * A bound on how many greenlets do something at a time (as gevent's {@code Pool}): {@link #spawn} waits while the pool is
 * full, and that is the backpressure.
 *
 * <pre>{@code
 * try (Pool pool = new Pool(8); PoolResults<Page> pages = pool.mapUnordered(urls, Crawler::fetch, 16)) {
 *     for (Page page : pages) {
 *         index(page);
 *     }
 * }
 * }</pre>
 *
 * <p>Permits are given in the order in which they were asked for. A greenlet of the pool has a place until it has ended,
 * and asks for none when it waits; one that spawns into its own full pool, and waits for that, waits for ever. If
 * all members do so, that is reported, with who waits for whom.
 *
 * <p>What fails in {@link #spawn} is the failure of that greenlet alone: its joiners get it, or the uncaught handler. In
 * {@link #map} and its kind it is thrown at whoever reads the results, and the rest of the work is killed.
 *
 * <p>A pool belongs to one loop, and only greenlets of that loop use it. It costs nothing while nobody waits.
 */
public final class Pool implements AutoCloseable {

    static {
        Suspension.spawnsForOthers(Pool.class);
    }

    private final Loop home;
    private final @Nullable Scope scope;
    private final Permits places; // held by the members, and by those who are about to spawn
    private final Set<Greenlet<?>> members = new LinkedHashSet<>();
    private final Set<PoolResults<?>> readers = new LinkedHashSet<>();
    private final Event emptied;
    private boolean closed;

    /**
     * A pool of the caller's loop for {@code size} greenlets at a time.
     *
     * @throws IllegalArgumentException if {@code size} is less than one
     * @throws IllegalStateException outside any loop
     */
    public Pool(int size) {
        this(size, null);
    }

    /** A bound within {@code scope}: its greenlets are children of the scope, which sees to their failures and ends. */
    public Pool(Scope scope, int size) {
        this(size, Objects.requireNonNull(scope, "scope"));
    }

    private Pool(int size, @Nullable Scope scope) {
        if (size < 1) {
            throw new IllegalArgumentException("a pool needs room for at least one greenlet: " + size);
        }
        this.home = Loop.current();
        this.scope = scope;
        places = new Permits(size, "a place in", this, () -> members);
        emptied = new Event(home, "the end of a pool's greenlets");
    }

    /** What is done with each item; it may wait, and may throw. */
    @FunctionalInterface
    public interface Mapper<T extends @Nullable Object, R extends @Nullable Object, X extends Exception> {
        /** The result for {@code item}. */
        R map(T item) throws X;
    }

    // ---- greenlets
    // ---------------------------------------------------------------------------------------------------

    /**
     * Waits for a place and queues a new greenlet that has it until it ends.
     *
     * @throws IllegalStateException if the pool is closed, also while waiting; or if not called on its loop
     */
    public <T extends @Nullable Object> Greenlet<T> spawn(Callable<T> body) {
        Objects.requireNonNull(body, "body");
        return inPlace(() -> queue(body));
    }

    /** As {@link #spawn(Callable)}, for a body without a result. */
    public Greenlet<@Nullable Void> spawn(Action body) {
        Objects.requireNonNull(body, "body");
        return inPlace(() -> scope == null ? home.spawn(body) : scope.spawn(body));
    }

    /** Queues a greenlet that has no place. */
    <T extends @Nullable Object> Greenlet<T> queue(Callable<T> body) {
        return scope == null ? home.spawn(body) : scope.spawn(body);
    }

    private <T extends @Nullable Object> Greenlet<T> inPlace(Supplier<Greenlet<T>> spawn) {
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
            emptied.set();
            emptied.clear();
        }
    }

    private void requireOpen() {
        Suspension.requireLoop(home, this);
        if (closed) {
            throw closedFailure();
        }
    }

    private IllegalStateException closedFailure() {
        return new IllegalStateException(this + " is closed; spawn before close, or into another pool");
    }

    // ---- items
    // -------------------------------------------------------------------------------------------------------

    /**
     * The results for all {@code items}, in the order of the items. The first failure kills the rest of the work and is
     * thrown when it has ended. {@code items} is read by another greenlet, as places get free; reading it may wait.
     */
    public <T extends @Nullable Object, R extends @Nullable Object, X extends Exception> List<R> map(
            Iterable<? extends T> items, Mapper<? super T, ? extends R, X> mapper) throws X {
        List<R> all = new ArrayList<>();
        try (PoolResults<R> results = imap(items, mapper, Integer.MAX_VALUE)) {
            results.forEach(all::add);
        }
        return all;
    }

    /**
     * As {@link #map}, but gives the results one by one, in the order of the items. Work begins at once and goes on while
     * they are read.
     *
     * @param maxUnread how many items at the most are begun whose results have not been read; less than the pool's size
     *     also lowers how many are worked on at a time
     */
    public <T extends @Nullable Object, R extends @Nullable Object> PoolResults<R> imap(
            Iterable<? extends T> items, Mapper<? super T, ? extends R, ?> mapper, int maxUnread) {
        return results(PoolResults.Order.OF_ITEMS, items, mapper, maxUnread);
    }

    /** As {@link #imap}, but gives the results in the order in which they are there. */
    public <T extends @Nullable Object, R extends @Nullable Object> PoolResults<R> mapUnordered(
            Iterable<? extends T> items, Mapper<? super T, ? extends R, ?> mapper, int maxUnread) {
        return results(PoolResults.Order.OF_COMPLETION, items, mapper, maxUnread);
    }

    private <T extends @Nullable Object, R extends @Nullable Object> PoolResults<R> results(
            PoolResults.Order order,
            Iterable<? extends T> items,
            Mapper<? super T, ? extends R, ?> mapper,
            int maxUnread) {
        requireOpen();
        Objects.requireNonNull(items, "items");
        Objects.requireNonNull(mapper, "mapper");
        if (maxUnread < 1) {
            throw new IllegalArgumentException("with no result allowed to lie unread, none can be made: " + maxUnread);
        }
        PoolResults<R> results = new PoolResults<>(this, home, order, maxUnread);
        readers.add(results);
        results.begin(items, mapper);
        return results;
    }

    void ended(PoolResults<?> results) {
        readers.remove(results);
    }

    // ---- the end
    // -----------------------------------------------------------------------------------------------------

    /** Waits until no greenlet has a place. New ones may come in meanwhile and are waited for too. */
    public void join() {
        Suspension.requireLoop(home, this);
        while (places.held() > 0) {
            emptied.await();
        }
    }

    /**
     * As {@link #join()}, for {@code timeout} at the most.
     *
     * @throws dev.weft.DeadlineExceeded when the time is up; what runs goes on
     */
    public void join(Duration timeout) {
        Weft.withTimeout(timeout, () -> join());
    }

    /** Kills all that are in the pool, and the work for results that are being read. Never waits; the pool stays open. */
    public void kill() {
        Suspension.requireLoop(home, this);
        List.copyOf(readers).forEach(PoolResults::stop);
        List.copyOf(members).forEach(Greenlet::kill);
    }

    /**
     * Lets nothing new in, ends the work for results that are still being read, and waits for the greenlets. Whoever waits
     * for a place gets an {@link IllegalStateException}. If the caller is killed or its time is over, they are killed, and it
     * waits until they have ended. Closing a closed pool only waits.
     */
    @Override
    public void close() {
        Suspension.requireLoop(home, this);
        closed = true;
        places.turnAway(this::closedFailure);
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
