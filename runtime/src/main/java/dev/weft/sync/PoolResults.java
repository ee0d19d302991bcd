package dev.weft.sync;

import dev.weft.Greenlet;
import dev.weft.Outcome;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Owners;
import dev.weft.spi.Sneaky;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The results of a {@link Pool}'s work on many items, read one by one while the work continues. It is its own iterator, for
 * one reader, once. Reading waits; elsewhere than on the pool's loop each call costs two wake-ups.
 *
 * <p>When an item fails, the rest of the work is killed. Results that are already available can still be read; then the
 * failure is thrown as it is, and the sequence ends. Close it if you do not read to the end; otherwise the work waits for a
 * reader until the pool is closed.
 *
 * @param <R> the results of the mapper
 */
@SuppressWarnings("IterableAndIterator") // it can be read only once, and says so
public final class PoolResults<R extends @Nullable Object> implements Iterable<R>, Iterator<R>, AutoCloseable {

    static {
        Suspension.spawnsForOthers(PoolResults.class);
    }

    enum Order {
        OF_ITEMS,
        OF_COMPLETION
    }

    /** An item in progress, later its result. */
    private static final class Task<R extends @Nullable Object> {
        private @Nullable R result;
        private boolean done;
    }

    private final Pool pool;
    private final HomeGateway gateway;
    private final Order order;
    private final int maxUnread;
    private final Flag room; // pulsed when there is room for another item
    private final News news = new News();
    private final ArrayDeque<Task<R>> queue = new ArrayDeque<>(); // in the order of reading
    private final Set<Greenlet<?>> workers = new LinkedHashSet<>(); // including the greenlet that feeds them
    private int unread;
    private boolean stopped;
    private @Nullable Throwable failure;

    PoolResults(Pool pool, HomeGateway gateway, Order order, int maxUnread) {
        this.pool = pool;
        this.gateway = gateway;
        this.order = order;
        this.maxUnread = maxUnread;
        room = new Flag("the reading of a pool's results");
    }

    <T extends @Nullable Object> void begin(
            Iterable<? extends T> items, Pool.Mapper<? super T, ? extends R, ?> mapper) {
        watch(pool.queue(() -> {
            try {
                feed(items.iterator(), mapper);
            } catch (Throwable t) {
                fail(t);
            }
            return null;
        }));
    }

    private <T extends @Nullable Object> void feed(
            Iterator<? extends T> items, Pool.Mapper<? super T, ? extends R, ?> mapper) {
        while (true) {
            while (unread >= maxUnread) {
                Suspension.await(room, null);
            }
            if (!items.hasNext()) {
                return;
            }
            T item = items.next();
            Task<R> task = new Task<>();
            unread++;
            if (order == Order.OF_ITEMS) {
                queue.add(task);
            }
            watch(pool.spawn(() -> work(task, item, mapper)));
        }
    }

    private <T extends @Nullable Object> void work(
            Task<R> task, T item, Pool.Mapper<? super T, ? extends R, ?> mapper) {
        try {
            task.result = mapper.map(item);
        } catch (Throwable t) {
            fail(t);
            return;
        }
        task.done = true;
        if (order == Order.OF_COMPLETION) {
            queue.add(task);
        }
        news.signal();
    }

    private void watch(Greenlet<?> worker) {
        workers.add(worker);
        Suspension.whenEnded(worker, this::ended);
        if (stopped) {
            worker.kill();
        }
    }

    private void ended(Greenlet<?> worker) {
        workers.remove(worker);
        if (worker.outcome() instanceof Outcome.Cancelled<?> killed) { // before it could run
            fail(killed.cause());
        }
        if (workers.isEmpty()) {
            pool.ended(this);
        }
        news.signal();
    }

    private void fail(Throwable cause) {
        if (!stopped) {
            failure = cause;
            stop();
        }
    }

    /** Kills the workers. Never waits. */
    void stop() {
        stopped = true;
        List.copyOf(workers).forEach(worker -> worker.kill("the results it works for are no longer wanted"));
    }

    /** The event that the reader waits for: a result, or the end of a worker. Only the workers signal it. */
    private final class News extends Pulse {
        @Override
        public Owners owners() {
            return Owners.holders(Owners.Kind.POOL, this, workers);
        }

        @Override
        public String toString() {
            return "a result of " + pool;
        }
    }

    /** Returns whether there is another result, or a failure to be thrown. Waits until that is known. */
    @Override
    public boolean hasNext() {
        return gateway.isHome() ? hasNextAtHome() : CallAtHome.call(gateway, this::hasNextAtHome);
    }

    private boolean hasNextAtHome() {
        while (!isReady()) {
            if (workers.isEmpty()) {
                return failure != null;
            }
            Suspension.await(news, null);
        }
        return true;
    }

    private boolean isReady() {
        Task<R> first = queue.peek();
        return first != null && first.done;
    }

    /**
     * Returns the next result. Waits until it is available.
     *
     * @throws NoSuchElementException if all have been read
     */
    @Override
    public R next() {
        return gateway.isHome() ? nextAtHome() : CallAtHome.call(gateway, this::nextAtHome);
    }

    @SuppressWarnings("NullAway") // the mapper's own result type, which may be nullable
    private R nextAtHome() {
        Suspension.checkpoint();
        if (!hasNextAtHome()) {
            throw new NoSuchElementException("all results have been read");
        }
        if (!isReady()) {
            throw failure();
        }
        unread--;
        room.pulse();
        return queue.remove().result;
    }

    /** Throws the failure, once. There must be one. */
    private RuntimeException failure() {
        Throwable thrown = Objects.requireNonNull(failure);
        failure = null;
        throw Sneaky.rethrow(thrown);
    }

    /** Returns this: the results can be read only once. */
    @Override
    public Iterator<R> iterator() {
        return this;
    }

    /** Kills the workers and waits until they have ended, even if the caller is cancelled. Drops unread results. */
    @Override
    public void close() {
        if (!gateway.isHome()) {
            CallAtHome.run(gateway, this::close);
            return;
        }
        stop();
        queue.clear();
        failure = null;
        if (!workers.isEmpty()) {
            Weft.shield(() -> {
                while (!workers.isEmpty()) {
                    Suspension.await(news, null);
                }
            });
        }
    }

    @Override
    public String toString() {
        return "results (" + unread + " begun and not read, " + workers.size() + " greenlets at work)";
    }
}
