package dev.weft.sync;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Waiter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An awaitable whose events happen on one loop, its home, and which can be awaited on any loop or by a plain thread. A {@link
 * CrossLoopWaiter} represents a remote waiter on the home loop. For one remote wait at a time.
 */
abstract class CrossLoopAwaitable<T extends @Nullable Object> implements Awaitable<T> {
    final HomeGateway gateway;
    private @Nullable CrossLoopWaiter<T> remote; // confined to the waiter's thread

    CrossLoopAwaitable(HomeGateway gateway) {
        this.gateway = gateway;
    }

    /** As {@code subscribe}, at home; must call the waiter's {@code tryClaim} before it hands anything over. */
    abstract void subscribeAtHome(Waiter<? super T> waiter);

    /** As {@code unsubscribe}, at home; has no effect for a waiter that is not queued. */
    abstract void unsubscribeAtHome(Waiter<? super T> waiter);

    /** The greenlet of the number {@code user} subscribes; see {@link Suspension#callerId}. Called at home, before that. */
    void usedBy(long user) {}

    @Override
    public final void subscribe(Waiter<? super T> waiter) {
        if (gateway.isHome()) {
            usedBy(Suspension.callerId());
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

    /** Called on the waiter's side once the wait is over. */
    void returned() {
        remote = null;
    }

    /** Waits. A calling greenlet yields; a calling thread blocks. */
    final T await(@Nullable Duration timeout) {
        try {
            return Suspension.isOnLoop() ? Suspension.await(this, timeout) : BlockedThread.await(this, timeout);
        } catch (EndOfChannel | ChannelClosed | ChannelFailed there) {
            throw CallerTrace.here(there);
        }
    }
}
