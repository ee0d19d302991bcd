package dev.weft.sync;

import dev.weft.Awaitable;
import dev.weft.spi.Owners;
import dev.weft.spi.Waiter;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An observer of a {@link Watch} that remembers which value it has seen. For one greenlet or thread at a time, on any loop
 * or none.
 *
 * @param <T> the watched value
 */
public final class Watcher<T> implements Iterable<T> {
    private static final long NOTHING = -1;

    private final Watch<T> watch;
    private long seen = NOTHING;

    Watcher(Watch<T> watch) {
        this.watch = watch;
    }

    /** Waits for a value later than the last seen, and returns the latest; throws {@link EndOfChannel} after the last. */
    public T next() {
        return next(null);
    }

    /**
     * As {@link #next()}, for at most {@code timeout}, or without limit if that is null.
     *
     * @throws dev.weft.DeadlineExceeded if the time is up; no value counts as seen
     */
    public T next(@Nullable Duration timeout) {
        Watch.Version<T> version = new Change<>(watch, seen).await(timeout);
        seen = version.number();
        return version.value();
    }

    /** As {@link #next()}, but returns empty after the last value. */
    public Optional<T> nextOrEnd() {
        try {
            return Optional.of(next());
        } catch (EndOfChannel end) {
            return Optional.empty();
        }
    }

    /** Returns an iterator that yields the latest value whenever there is a new one, until the watch is closed. */
    @Override
    public Iterator<T> iterator() {
        return new ChannelIterator<>(watch, this::nextOrEnd);
    }

    /** Returns an awaitable {@link #next()}, for use in a {@link Select}; its value counts as seen if it is chosen. */
    public Awaitable<T> changing() {
        return new Relay<Watch.Version<T>, T>(new Change<>(watch, seen)) {
            @Override
            void pass(Watch.Version<T> version, Waiter<? super T> waiter) {
                seen = version.number();
                waiter.succeed(version.value());
            }
        };
    }

    /** A value later than the one last seen when this was created. */
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
        public Owners owners() {
            return Owners.unknown(Owners.Kind.EVENT, watch);
        }

        @Override
        public String toString() {
            return "change of " + watch;
        }
    }
}
