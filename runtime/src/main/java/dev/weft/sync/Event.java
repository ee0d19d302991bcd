package dev.weft.sync;

import dev.weft.Awaitable;
import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Owners;
import dev.weft.spi.Waiter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A flag that greenlets wait for (as gevent's {@code Event}). {@link #set} wakes up all current waiters, even if the flag is
 * cleared again before they run.
 *
 * <p>An event has a {@linkplain dev.weft.sync home}, and can be used from anywhere. For a flag that is set once, {@link
 * java.util.concurrent.CountDownLatch} also works. A thread that will set it while all greenlets of the loop wait should hold
 * {@link Loop#keepAlive}, or the loop is reported as stalled.
 *
 * <pre>{@code
 * Event configured = new Event();
 * Weft.spawn(() -> { configured.await(); serve(); });
 * configured.set();
 * }</pre>
 *
 * <p>A wait at home allocates nothing.
 */
public final class Event implements Awaitable<@Nullable Void> {
    private final Loop home;
    private final Flag flag;
    private volatile @Nullable RemoteWaits<@Nullable Void> remote; // created by the first wait from elsewhere

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
        flag = new Flag(Objects.requireNonNull(name, "name"));
    }

    /** Waits until it is set. For a timeout, use {@code Weft.await(event, timeout)}. */
    public void await() {
        if (Suspension.isOn(home)) {
            Suspension.await(flag, null);
        } else {
            remote().await();
        }
    }

    /** Sets the event and wakes up all waiters. Any thread; never waits. */
    public void set() {
        long user = Suspension.callerId();
        Suspension.tell(home, () -> flag.set(user));
    }

    /** Clears the event: later waits wait for the next {@link #set}. Any thread; never waits. */
    public void clear() {
        Suspension.tell(home, flag::clear);
    }

    /** Returns whether it is set. Any thread; elsewhere than at home a snapshot, in which the caller's last {@code set} may be missing. */
    public boolean isSet() {
        return flag.isSet();
    }

    @Override
    public void subscribe(Waiter<? super @Nullable Void> waiter) {
        if (Suspension.isOn(home)) {
            flag.subscribe(waiter);
        } else {
            remote().subscribe(waiter);
        }
    }

    @Override
    public boolean unsubscribe(Waiter<? super @Nullable Void> waiter) {
        return Suspension.isOn(home) ? flag.unsubscribe(waiter) : remote().unsubscribe(waiter);
    }

    private RemoteWaits<@Nullable Void> remote() {
        RemoteWaits<@Nullable Void> present = remote;
        if (present == null) {
            synchronized (flag) {
                present = remote;
                if (present == null) {
                    remote = present = new RemoteWaits<>(home, flag);
                }
            }
        }
        return present;
    }

    @Override
    public Owners owners() {
        return flag.owners();
    }

    @Override
    public String toString() {
        return flag.toString();
    }
}
