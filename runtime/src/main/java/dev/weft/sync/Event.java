package dev.weft.sync;

import dev.weft.Awaitable;
import dev.weft.Loop;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.WaitQueue;
import dev.weft.spi.Waiter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A flag that greenlets wait for (as gevent's {@code Event}). {@link #set} wakes up all current waiters, even if the flag is
 * cleared again before they run.
 *
 * <p>An event belongs to one loop; only its greenlets may wait for it and clear it. {@link #set} may be called from any
 * thread. For a flag that is set once, {@link java.util.concurrent.CountDownLatch} also works. A thread that will set it
 * while all greenlets of the loop wait should hold {@link Loop#keepAlive}, or the loop is reported as stalled.
 *
 * <pre>{@code
 * Event configured = new Event();
 * Weft.spawn(() -> { configured.await(); serve(); });
 * configured.set();
 * }</pre>
 *
 * <p>A wait allocates nothing.
 */
public final class Event implements Awaitable<@Nullable Void> {
    private final Loop home;
    private final WaitQueue<@Nullable Void> waiting = new WaitQueue<>();
    private final String name;
    private boolean set;

    /** Creates an unset event on the caller's loop; throws {@link IllegalStateException} outside any loop. */
    public Event() {
        this(Loop.current());
    }

    /** Creates an unset event on {@code home}. Any thread. */
    public Event(Loop home) {
        this(home, "event");
    }

    /** As {@link #Event(Loop)}, with a {@code name} for descriptions of waiting greenlets. */
    public Event(Loop home, String name) {
        this.home = Objects.requireNonNull(home, "home");
        this.name = Objects.requireNonNull(name, "name");
    }

    /** Waits until it is set. For a timeout, use {@code Weft.await(event, timeout)}. */
    public void await() {
        Weft.await(this);
    }

    /**
     * Sets the event and wakes up all waiters. Any thread. Takes effect at once on the loop, and otherwise in the loop's next
     * turn, in the order of the calls.
     */
    public void set() {
        Suspension.tell(home, this::wakeAll);
    }

    @SuppressWarnings("NullAway") // a Void is always null
    private void wakeAll() {
        set = true;
        Waiter<? super @Nullable Void> waiter;
        while ((waiter = waiting.poll()) != null) {
            waiter.succeed(null);
        }
    }

    /** Clears the event: later waits wait for the next {@link #set}. Must be called on its loop. */
    public void clear() {
        Suspension.requireLoop(home, this);
        set = false;
    }

    /** Returns whether it is set. Must be called on its loop. */
    public boolean isSet() {
        Suspension.requireLoop(home, this);
        return set;
    }

    @Override
    @SuppressWarnings("NullAway") // a Void is always null
    public void subscribe(Waiter<? super @Nullable Void> waiter) {
        Suspension.requireLoop(home, this);
        if (set) {
            waiter.succeed(null);
        } else {
            waiting.add(waiter);
        }
    }

    @Override
    public boolean unsubscribe(Waiter<? super @Nullable Void> waiter) {
        waiting.remove(waiter);
        return true;
    }

    @Override
    public String toString() {
        return set ? name + " (set)" : name;
    }
}
