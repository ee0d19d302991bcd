package dev.weft.workers;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.sync.Channel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.SequencedSet;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The results of {@link Workers#imap}, read one by one while the work continues. It is its own iterator, for one reader, once.
 * Each read submits as many further items as {@code maxUnread} allows.
 *
 * <p>The first failure to be read kills the rest of the work, and is thrown once that has ended. Close it if you do not read to
 * the end; otherwise what was submitted still runs, for nothing.
 *
 * @param <R> the results of the function
 */
@SuppressWarnings("IterableAndIterator") // it can be read only once, and says so
public final class TaskResults<R extends @Nullable Object> implements Iterable<R>, Iterator<R>, AutoCloseable {

    enum Order {
        OF_ITEMS,
        OF_COMPLETION
    }

    /** Applies a function to several items; the code that travels. */
    private record Chunk<T extends @Nullable Object, R extends @Nullable Object>(
            TaskFunction<? super T, ? extends R> function, ArrayList<T> items) implements Task<List<R>> {
        @Override
        public List<R> call() throws Exception {
            List<R> results = new ArrayList<>(items.size());
            for (T item : items) {
                results.add(function.apply(item));
            }
            return results;
        }
    }

    private final Order order;
    private final Workers workers;
    private final int maxUnread;
    private final Iterator<? extends Task<List<R>>> source;
    private final SequencedSet<Greenlet<List<R>>> submitted = new LinkedHashSet<>(); // and not read
    private @Nullable Channel<Greenlet<List<R>>> ended; // in the order of completion, if that is wanted
    private Iterator<R> ready = Collections.emptyIterator();
    private boolean closed;

    private TaskResults(Order order, Workers workers, Iterator<? extends Task<List<R>>> source, int maxUnread) {
        this.order = order;
        this.workers = workers;
        this.source = source;
        this.maxUnread = maxUnread;
    }

    static <T extends @Nullable Object, R extends @Nullable Object> TaskResults<R> of(
            Order order,
            Workers workers,
            Iterable<? extends T> items,
            TaskFunction<? super T, ? extends R> function,
            int maxUnread,
            int chunk) {
        Objects.requireNonNull(function, "function");
        requirePositive("maxUnread", maxUnread);
        requirePositive("chunk", chunk);
        Iterator<? extends T> each = items.iterator();
        TaskResults<R> results =
                new TaskResults<>(order, workers, TaskResults.<T, R>chunks(each, function, chunk), maxUnread);
        results.submitMore();
        return results;
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least one: " + value);
        }
    }

    private static <T extends @Nullable Object, R extends @Nullable Object> Iterator<Task<List<R>>> chunks(
            Iterator<? extends T> items, TaskFunction<? super T, ? extends R> function, int size) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return items.hasNext();
            }

            @Override
            public Task<List<R>> next() {
                ArrayList<T> chunk = new ArrayList<>();
                while (chunk.size() < size && items.hasNext()) {
                    chunk.add(items.next());
                }
                return new Chunk<>(function, chunk);
            }
        };
    }

    private void submitMore() {
        try {
            while (!closed && submitted.size() < maxUnread && source.hasNext()) {
                submit(source.next());
            }
        } catch (Throwable t) {
            close();
            throw t;
        }
    }

    private void submit(Task<List<R>> chunk) {
        Greenlet<List<R>> task = workers.submit(chunk);
        submitted.add(task);
        if (order == Order.OF_COMPLETION) {
            Channel<Greenlet<List<R>>> channel = ended;
            if (channel == null) {
                ended = channel = Channel.on(task.loop()).unbounded();
            }
            Channel<Greenlet<List<R>>> notified = channel;
            task.toFuture().whenComplete((result, failure) -> notified.trySend(task));
        }
    }

    /** Returns whether there is another result, or a failure to be thrown. Never waits, unless the items' iterator does. */
    @Override
    public boolean hasNext() {
        return ready.hasNext() || !submitted.isEmpty() || (!closed && source.hasNext());
    }

    /**
     * Returns the next result, waiting until it is there.
     *
     * @throws NoSuchElementException if all have been read
     */
    @Override
    public R next() {
        while (!ready.hasNext()) {
            submitMore();
            if (submitted.isEmpty()) {
                throw new NoSuchElementException("all results have been read");
            }
            ready = nextChunk().iterator();
            submitMore();
        }
        return ready.next();
    }

    private List<R> nextChunk() {
        try {
            Greenlet<List<R>> task = ended == null ? submitted.getFirst() : ended.receive();
            List<R> results = task.join();
            submitted.remove(task);
            return results;
        } catch (Throwable t) {
            close();
            throw t;
        }
    }

    /** Returns this: the results can be read only once. */
    @Override
    public Iterator<R> iterator() {
        return this;
    }

    /** Returns the unread results as a sequential stream, which reads this. Closing it closes this. */
    public Stream<R> stream() {
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(this, Spliterator.ORDERED), false)
                .onClose(this::close);
    }

    /** Kills the work that has not been read, and waits until it has ended, even if the caller is cancelled. */
    @Override
    public void close() {
        closed = true;
        List<Greenlet<List<R>>> unread = List.copyOf(submitted);
        submitted.clear();
        ready = Collections.emptyIterator();
        unread.forEach(task -> task.kill("its result is no longer wanted"));
        if (!unread.isEmpty()) {
            Calls.shielded(() -> Weft.joinAll(unread));
        }
    }

    @Override
    public String toString() {
        return "results (" + submitted.size() + " submitted and not read)";
    }
}
