package dev.weft.sync;

import dev.weft.Awaitable;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Owners;
import dev.weft.spi.WaitQueue;
import dev.weft.spi.Waiter;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** The state of an {@link Event}. Confined to the thread of one loop, except where noted. */
final class Flag implements Awaitable<@Nullable Void> {
    private final WaitQueue<@Nullable Void> waiting = new WaitQueue<>();
    private final RecentUsers setBy = new RecentUsers();
    private final long creator = Suspension.callerId();
    private final String name;
    private boolean set; // in a form that other threads may read racily

    Flag(String name) {
        this.name = name;
    }

    /** As {@link #set()}, on behalf of the greenlet of the number {@code user}. */
    void set(long user) {
        setBy.note(user);
        set();
    }

    /** Sets the flag and wakes up all waiters. */
    @SuppressWarnings("NullAway") // a Void is always null
    void set() {
        VarHandle.releaseFence();
        set = true;
        Waiter<? super @Nullable Void> waiter;
        while ((waiter = waiting.poll()) != null) {
            waiter.succeed(null);
        }
    }

    void clear() {
        set = false;
    }

    /** Wakes up all waiters, and leaves the flag unset. */
    void pulse() {
        set();
        clear();
    }

    /** Returns whether it is set. Any thread; elsewhere than at home a snapshot. What preceded a seen {@code set} is visible. */
    boolean isSet() {
        boolean seen = set;
        VarHandle.acquireFence(); // also forces fresh reads in a polling loop
        return seen;
    }

    @Override
    @SuppressWarnings("NullAway") // a Void is always null
    public void subscribe(Waiter<? super @Nullable Void> waiter) {
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
    public Owners owners() {
        return Owners.recent(Owners.Kind.EVENT, this, setBy.all(), creator);
    }

    @Override
    public String toString() {
        return set ? name + " (set)" : name;
    }
}
