package dev.weft.sync;

import dev.weft.Awaitable;
import dev.weft.spi.Waiter;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One who watches a {@link Watch}, and remembers what he has seen. For one greenlet or thread at a time, of any loop or
 * none.
 *
 * @param <T> what is watched
 */
public final class Watcher<T> implements Iterable<T> {
    private static final long NOTHING = -1;

    private final Watch<T> watch;
    private long seen = NOTHING;

    Watcher(Watch<T> watch) {
        this.watch = watch;
    }

    /** Waits for a value later than the one seen last, and gives the latest. Throws {@link EndOfChannel} after the last. */
    public T next() {
        return next(null);
    }

    /**
     * As {@link #next()}, for {@code timeout} at the most; null: without limit.
     *
     * @throws dev.weft.DeadlineExceeded when the time is up; nothing counts as seen then
     */
    public T next(@Nullable Duration timeout) {
        Watch.Version<T> version = new Change<>(watch, seen).await(timeout);
        seen = version.number();
        return version.value();
    }

    /** As {@link #next()}; empty after the last. */
    public Optional<T> nextOrEnd() {
        try {
            return Optional.of(next());
        } catch (EndOfChannel end) {
            return Optional.empty();
        }
    }

    /** Gives the latest value whenever there is a new one, until the watch is closed. */
    @Override
    public Iterator<T> iterator() {
        return new ChannelIterator<>(watch, this::nextOrEnd);
    }

    /** {@link #next()} as something to be awaited, such as in a {@link Select}; the value counts as seen when it is chosen. */
    public Awaitable<T> changing() {
        return new Relay<Watch.Version<T>, T>(new Change<>(watch, seen)) {
            @Override
            void pass(Watch.Version<T> version, Waiter<? super T> waiter) {
                seen = version.number();
                waiter.succeed(version.value());
            }
        };
    }

    /** A later value than the one that was seen when the wait was planned. */
    private static final class Change<T> extends CrossLoopAwaitable<Watch.Version<T>> {
        private final Watch<T> watch;
        private final long seen;

        Change(Watch<T> watch, long seen) {
            super(watch.gateway);
            this.watch = watch;
            this.seen = seen;
        }

        @Override
        void subscribeAtHome(Waiter<? super Watch.Version<T>> waiter) {
            watch.awaitAfter(seen, waiter);
        }

        @Override
        void unsubscribeAtHome(Waiter<? super Watch.Version<T>> waiter) {
            watch.forget(waiter);
        }

        @Override
        public String toString() {
            return "change of " + watch;
        }
    }
}
