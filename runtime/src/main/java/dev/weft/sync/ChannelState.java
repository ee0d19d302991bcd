package dev.weft.sync;

import dev.weft.spi.WaitQueue;
import dev.weft.spi.Waiter;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What happens in a channel: its buffer and those who wait on both sides, first in first out. Belongs to the thread of the
 * channel's home, but for {@link #seemsToHaveRoom}.
 *
 * <p>Whoever takes a value out or puts one in has claimed both sides first; all is in place before anybody is completed.
 */
final class ChannelState<T> {
    final InFlight inFlight = new InFlight();
    private final AtomicLong dropped = new AtomicLong(); // written by the home's thread alone
    private final String description;
    private final int capacity;
    private final WhenFull whenFull;
    private final ArrayDeque<T> buffer = new ArrayDeque<>();
    private final WaitQueue<T> receivers = new WaitQueue<>();
    private final WaitQueue<@Nullable Void> senders = new WaitQueue<>(); // pending sends, and nobody else

    private int buffered; // the size of the buffer, in a form that other threads may glance at
    private boolean closed;
    private @Nullable String closedBy;
    private @Nullable Throwable failure;

    ChannelState(String description, int capacity, WhenFull whenFull) {
        this.description = description;
        this.capacity = capacity;
        this.whenFull = whenFull;
    }

    // ---- receiving
    // ---------------------------------------------------------------------------------------------------

    /** Takes what is there; null if there is nothing yet. */
    @Nullable T poll() {
        T value = buffer.poll();
        if (value != null) {
            buffered--;
            refill();
            return value;
        }
        PendingSend<T> pending = pendingSend(senders.poll());
        if (pending != null) {
            pending.succeed(null);
            return pending.value;
        }
        if (isOver()) {
            throw ended();
        }
        return null;
    }

    /** Gives {@code receiver} a value, now or later. */
    void receive(Waiter<? super T> receiver) {
        if (buffered > 0) {
            if (receiver.tryClaim()) {
                T value = buffer.remove();
                buffered--;
                refill();
                receiver.succeed(value);
            }
            return;
        }
        PendingSend<T> pending = pendingSend(senders.pollWith(receiver));
        if (pending != null) {
            pending.succeed(null);
            receiver.succeed(pending.value);
        } else if (isOver()) {
            receiver.fail(ended());
        } else if (receiver.isOpen()) {
            receivers.add(receiver);
        }
    }

    void forget(Waiter<? super T> receiver) {
        receivers.remove(receiver);
    }

    private void refill() {
        while (buffered < capacity) {
            PendingSend<T> pending = pendingSend(senders.poll());
            if (pending == null) {
                return;
            }
            add(pending.value);
            pending.succeed(null);
        }
    }

    @SuppressWarnings("unchecked") // nobody else stands in the queue of senders
    private @Nullable PendingSend<T> pendingSend(@Nullable Waiter<? super @Nullable Void> sender) {
        return (PendingSend<T>) sender;
    }

    // ---- sending
    // -----------------------------------------------------------------------------------------------------

    /** Whether a sender has to wait when there is no room. */
    boolean makesWait() {
        return whenFull == WhenFull.WAIT;
    }

    /** Whether a value may be in the channel without a receiver. */
    boolean isBuffered() {
        return capacity > 0;
    }

    /** Takes {@code value} in without a wait; false: it is not in. */
    boolean put(T value) {
        requireOpen();
        return handOver(value) || putInBuffer(value);
    }

    /** Takes in the value of {@code pending}, now or later. */
    void send(PendingSend<T> pending) {
        if (closed) {
            pending.fail(refusal());
            return;
        }
        Waiter<? super T> receiver = receivers.pollWith(pending);
        if (receiver != null) {
            pending.succeed(null);
            receiver.succeed(pending.value);
        } else if (buffered < capacity || !makesWait()) {
            if (pending.tryClaim()) {
                putInBuffer(pending.value);
                pending.succeed(null);
            }
        } else if (pending.isOpen()) {
            senders.add(pending);
        }
    }

    void forget(PendingSend<T> pending) {
        senders.remove(pending);
    }

    /** From another thread, which thinks that there is room: takes {@code value} in, be it above the capacity. */
    void admit(T value) {
        if (!handOver(value) && !putInBuffer(value) && makesWait()) {
            add(value);
        }
        inFlight.arrived();
        endIfEmpty();
    }

    /** Any thread: whether a value would be taken in without a wait, by what is known there. */
    boolean seemsToHaveRoom() {
        int pending = inFlight.pending();
        VarHandle.acquireFence(); // a look from elsewhere, which must not be the same one each time
        return !makesWait() || buffered + pending < capacity || (pending == 0 && !receivers.isEmpty());
    }

    /** Any thread: how many values were dropped for want of room. */
    long dropped() {
        return dropped.getAcquire();
    }

    private boolean handOver(T value) {
        Waiter<? super T> receiver = receivers.poll();
        if (receiver == null) {
            return false;
        }
        receiver.succeed(value);
        return true;
    }

    private boolean putInBuffer(T value) {
        if (buffered >= capacity) {
            if (whenFull == WhenFull.WAIT) {
                return false;
            }
            dropped.setRelease(dropped.getPlain() + 1);
            if (whenFull == WhenFull.DROP_NEWEST) {
                return false;
            }
            buffer.remove();
            buffered--;
        }
        add(value);
        return true;
    }

    private void add(T value) {
        buffer.add(value);
        buffered++;
    }

    // ---- the end
    // -----------------------------------------------------------------------------------------------------

    /** No more is sent, because {@code who} said so. Senders that wait already keep their place. */
    void close(String who) {
        if (!closed) {
            closed = true;
            closedBy = who;
            inFlight.close();
            endIfEmpty();
        }
    }

    /** As {@link #close}, with a failure for both sides. */
    void fail(Throwable cause, String who) {
        if (closed) {
            return;
        }
        failure = cause;
        close(who);
        senders.failAll(this::refusal);
    }

    void requireOpen() {
        if (closed) {
            throw refusal();
        }
    }

    /** Nothing will ever be received again, unless a sender has waited since before the close. */
    private boolean isOver() {
        return closed && buffered == 0 && inFlight.pending() == 0;
    }

    /** Receivers that still wait have nothing to wait for, but the send clause of their own select. */
    private void endIfEmpty() {
        if (isOver()) {
            receivers.failAll(this::ended);
        }
    }

    private RuntimeException ended() {
        return failure == null ? new EndOfChannel(this, closedBy) : new ChannelFailed(this, failure);
    }

    /** What a sender is told. At home, or after a look at the inFlight that were closed: what is read here was set before. */
    RuntimeException refusal() {
        return failure == null ? new ChannelClosed(this, closedBy) : new ChannelFailed(this, failure);
    }

    @Override
    public String toString() {
        return description;
    }
}
