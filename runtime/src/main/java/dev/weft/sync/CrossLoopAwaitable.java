package dev.weft.sync;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Waiter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An awaitable whose events happen on one loop, its home, and that can be waited for on any loop, or by a thread: from
 * elsewhere a {@link CrossLoopWaiter} stands there for the waiter. For one wait from elsewhere at a time.
 */
abstract class CrossLoopAwaitable<T extends @Nullable Object> implements Awaitable<T> {
    final HomeGateway gateway;
    private @Nullable CrossLoopWaiter<T> remote; // belongs to the waiter's side

    CrossLoopAwaitable(HomeGateway gateway) {
        this.gateway = gateway;
    }

    /** As {@code subscribe}, at home; hands nothing over without asking the waiter's {@code tryClaim}. */
    abstract void subscribeAtHome(Waiter<? super T> waiter);

    /** As {@code unsubscribe}, at home; does nothing for a waiter that is not there. */
    abstract void unsubscribeAtHome(Waiter<? super T> waiter);

    @Override
    public final void subscribe(Waiter<? super T> waiter) {
        if (gateway.isHome()) {
            subscribeAtHome(waiter);
            return;
        }
        if (remote != null) {
            throw new Busy(this, remote);
        }
        Loop loop = Suspension.isOnLoop() ? Loop.current() : null;
        CrossLoopWaiter<T> begun = new CrossLoopWaiter<>(this, waiter, loop);
        gateway.post(begun);
        remote = begun;
    }

    @Override
    public final boolean unsubscribe(Waiter<? super T> waiter) {
        CrossLoopWaiter<T> present = remote;
        if (present == null) {
            if (gateway.isHome()) {
                unsubscribeAtHome(waiter);
            }
            return true;
        }
        if (present.leave()) {
            remote = null;
            return true;
        }
        return false;
    }

    /** The wait is over, as the waiter's side learns. */
    void returned() {
        remote = null;
    }

    /** Waits, whoever calls: a greenlet yields, a thread blocks. */
    final T await(@Nullable Duration timeout) {
        try {
            return Suspension.isOnLoop() ? Suspension.await(this, timeout) : BlockedThread.await(this, timeout);
        } catch (EndOfChannel | ChannelClosed | ChannelFailed there) {
            throw CallerTrace.here(there);
        }
    }
}
