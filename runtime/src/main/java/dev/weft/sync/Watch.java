package dev.weft.sync;

import dev.weft.Loop;
import dev.weft.spi.WaitQueue;
import dev.weft.spi.Waiter;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;

/**
 * A value that changes, and those who want to know (as tokio's {@code watch}): a {@linkplain #watcher watcher} gets the
 * latest value, and then waits until there is a later one. Values in between may be missed, the last one never.
 *
 * <pre>{@code
 * Watch<Config> config = Watch.of(initial);
 * for (Config latest : config.watcher()) apply(latest); // in one greenlet
 * config.set(changed);                                  // in another
 * }</pre>
 *
 * <p>It lives on one loop, the one on which it was made or the one that was named. All methods may be called from any
 * thread, and none waits.
 *
 * @param <T> what is watched
 */
public final class Watch<T> {
    final HomeGateway gateway;
    private final String description;
    private final WaitQueue<Version<T>> waiting = new WaitQueue<>(); // belongs to the home's thread
    private volatile Version<T> latest;
    private boolean closed;

    /** A value, and how many there were before it. */
    record Version<T>(T value, long number) {}

    private Watch(Loop home, T initial) {
        description = "watch on " + home.name();
        gateway = new HomeGateway(home, description);
        latest = new Version<>(Objects.requireNonNull(initial, "null cannot be watched"), 0);
    }

    /** A watch of the caller's loop; throws {@link IllegalStateException} outside any. */
    public static <T> Watch<T> of(T initial) {
        return new Watch<>(Loop.current(), initial);
    }

    /** A watch that lives on {@code home}. */
    public static <T> Watch<T> on(Loop home, T initial) {
        return new Watch<>(home, initial);
    }

    /** The latest value. */
    public T value() {
        return latest.value();
    }

    /**
     * Changes the value; from elsewhere than the home with its next turn, in the order of the calls.
     *
     * @throws ChannelClosed at home, if it is closed; from elsewhere the change is dropped then
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

    /** A watcher that has seen nothing yet: its first {@code next()} gives the present value at once. */
    public Watcher<T> watcher() {
        return new Watcher<>(this);
    }

    /** The value does not change any more: watchers see the last one, then the end. Closing again does nothing. */
    public void close() {
        gateway.tell(() -> {
            closed = true;
            Waiter<? super Version<T>> waiter;
            while ((waiter = waiting.poll()) != null) {
                waiter.fail(ended());
            }
        });
    }

    /** At home: completes {@code waiter} with what comes after {@code seen}. */
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

    /** At home. */
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
