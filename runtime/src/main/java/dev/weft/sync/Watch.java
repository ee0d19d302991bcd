package dev.weft.sync;

import dev.weft.Loop;
import dev.weft.spi.WaitQueue;
import dev.weft.spi.Waiter;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;

/**
 * An observable value (as tokio's {@code watch}). A {@linkplain #watcher watcher} gets the latest value, then waits for a
 * later one. It may miss values in between, but never the last one.
 *
 * <pre>{@code
 * Watch<Config> config = Watch.of(initial);
 * for (Config latest : config.watcher()) apply(latest); // in one greenlet
 * config.set(changed);                                  // in another
 * }</pre>
 *
 * <p>It has a {@linkplain dev.weft.sync home}. All methods may be called from any thread; none waits.
 *
 * @param <T> the watched value
 */
public final class Watch<T> {
    final HomeGateway gateway;
    private final String description;
    private final WaitQueue<Version<T>> waiting = new WaitQueue<>(); // confined to the home's thread
    private volatile Version<T> latest;
    private boolean closed;

    /** A value and the number of values before it. */
    record Version<T>(T value, long number) {}

    private Watch(Loop home, T initial) {
        description = "watch on " + home.name();
        gateway = new HomeGateway(home, description);
        latest = new Version<>(Objects.requireNonNull(initial, "null cannot be watched"), 0);
    }

    /** Creates a watch on the caller's loop; throws {@link IllegalStateException} outside any loop. */
    public static <T> Watch<T> of(T initial) {
        return new Watch<>(Loop.current(), initial);
    }

    /** Creates a watch that lives on {@code home}. */
    public static <T> Watch<T> on(Loop home, T initial) {
        return new Watch<>(home, initial);
    }

    /** Returns the latest value. */
    public T value() {
        return latest.value();
    }

    /**
     * Changes the value.
     *
     * @throws ChannelClosed if it is closed and the caller is on its loop; from elsewhere the change is dropped then
     * @throws RejectedExecutionException if its loop is closed
     */
    public void set(T value) {
        Objects.requireNonNull(value, "null cannot be watched");
        if (!gateway.isHome()) {
            gateway.post(() -> {
                if (gateway.isHome() && !closed) {
                    change(value);
                }
            });
        } else if (closed) {
            throw new ChannelClosed(this, "its close");
        } else {
            change(value);
        }
    }

    private void change(T value) {
        Version<T> next = new Version<>(value, latest.number() + 1);
        latest = next;
        Waiter<? super Version<T>> waiter;
        while ((waiter = waiting.poll()) != null) {
            waiter.succeed(next);
        }
    }

    /** Creates a watcher that has seen nothing yet: its first {@code next()} returns the current value at once. */
    public Watcher<T> watcher() {
        return new Watcher<>(this);
    }

    /** Ends the changes: watchers see the last value, then the end. Closing again has no effect. */
    public void close() {
        gateway.tell(() -> {
            closed = true;
            Waiter<? super Version<T>> waiter;
            while ((waiter = waiting.poll()) != null) {
                waiter.fail(ended());
            }
        });
    }

    /** Completes {@code waiter} with a value later than version {@code seen}. Must be called at home. */
    void awaitAfter(long seen, Waiter<? super Version<T>> waiter) {
        Version<T> present = latest;
        if (present.number() > seen) {
            if (waiter.tryClaim()) {
                waiter.succeed(present);
            }
        } else if (closed) {
            waiter.fail(ended());
        } else {
            waiting.add(waiter);
        }
    }

    /** Removes {@code waiter}. Must be called at home. */
    void forget(Waiter<? super Version<T>> waiter) {
        waiting.remove(waiter);
    }

    private EndOfChannel ended() {
        return new EndOfChannel(this, "its close");
    }

    @Override
    public String toString() {
        return description;
    }
}
