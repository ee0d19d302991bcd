package dev.weft.sync;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
import dev.weft.lowlevel.Waiter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An awaitable whose events happen on one loop, its home, and that can be waited for on any loop, or by a thread: from
 * elsewhere a {@link Visit} stands there for the waiter. For one wait from elsewhere at a time.
 */
abstract class Homed<T extends @Nullable Object> implements Awaitable<T> {
    final Door door;
    private @Nullable Visit<T> visit; // belongs to the waiter's side

    Homed(Door door) {
        this.door = door;
    }

    /** As {@code subscribe}, at home; hands nothing over without asking the waiter's {@code tryClaim}. */
    abstract void arrive(Waiter<? super T> waiter);

    /** As {@code unsubscribe}, at home; does nothing for a waiter that is not there. */
    abstract void depart(Waiter<? super T> waiter);

    @Override
    public final void subscribe(Waiter<? super T> waiter) {
        if (door.isHome()) {
            arrive(waiter);
            return;
        }
        if (visit != null) {
            throw new Busy(this, visit);
        }
        Loop loop = Suspension.isOnLoop() ? Loop.current() : null;
        Visit<T> begun = new Visit<>(this, waiter, loop, waiter.share());
        door.enter(begun);
        visit = begun;
    }

    @Override
    public final boolean unsubscribe(Waiter<? super T> waiter) {
        Visit<T> present = visit;
        if (present == null) {
            if (door.isHome()) {
                depart(waiter);
            }
            return true;
        }
        if (present.withdraw()) {
            visit = null;
            return true;
        }
        return false;
    }

    /** The visit is over, as the waiter's side learns. */
    void returned() {
        visit = null;
    }

    /** Waits, whoever calls: a greenlet yields, a thread blocks. */
    final T await(@Nullable Duration timeout) {
        try {
            return Suspension.isOnLoop() ? Suspension.await(this, timeout) : BlockedThread.await(this, timeout);
        } catch (EndOfChannel | ChannelClosed | ChannelFailed there) {
            throw Trace.here(there);
        }
    }
}
