package dev.weft.sync;

import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Measured;
import dev.weft.spi.Owners;
import dev.weft.spi.WaitQueue;
import dev.weft.spi.Waiter;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The state of a channel: its buffer and the waiters on both sides, first in, first out. Confined to the thread of the
 * channel's home, except where noted.
 *
 * <p>A transfer first claims both sides, and all state is updated before any waiter is completed.
 */
final class ChannelState<T> implements Measured {
    private static final int LARGE = 1024; // an unbounded channel that holds so many values is watched

    final InFlight inFlight = new InFlight();
    private final AtomicLong dropped = new AtomicLong(); // written only by the home's thread
    private final String description;
    private final int capacity;
    private final WhenFull whenFull;
    private final ArrayDeque<T> buffer = new ArrayDeque<>();
    private final WaitQueue<T> receivers = new WaitQueue<>();
    private final WaitQueue<@Nullable Void> senders = new WaitQueue<>(); // holds only PendingSends

    /** Who has sent. Includes those who have tried to, and is written at home. */
    final RecentUsers sentBy = new RecentUsers();

    /** Who has received, likewise. */
    final RecentUsers receivedBy = new RecentUsers();

    private final long creator = Suspension.callerId();
    private int watchedAt; // the size at which it is reported as large
    private int buffered; // the size of the buffer, in a form that other threads may read racily
    private boolean closed;
    private @Nullable String closedBy;
    private @Nullable Throwable failure;

    ChannelState(String description, int capacity, WhenFull whenFull) {
        this.description = description;
        this.capacity = capacity;
        this.whenFull = whenFull;
        watchedAt = capacity == UNBOUNDED ? LARGE : UNBOUNDED;
    }

    /** Takes the next value; null if there is none yet. */
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

    @SuppressWarnings("unchecked") // the queue of senders holds nothing else
    private @Nullable PendingSend<T> pendingSend(@Nullable Waiter<? super @Nullable Void> sender) {
        return (PendingSend<T>) sender;
    }

    /** Returns the number of values in the buffer. Any thread; a snapshot. */
    @Override
    public int size() {
        return buffered;
    }

    @Override
    public int capacity() {
        return capacity;
    }

    /** Returns who could end a wait for a value. Any thread. */
    Owners ownersOfReceive() {
        return inFlight.pending() > 0
                ? Owners.unknown(Owners.Kind.CHANNEL, this)
                : Owners.recent(Owners.Kind.CHANNEL, this, sentBy.all(), creator);
    }

    /** Returns who could end a wait for room. Any thread. */
    Owners ownersOfSend() {
        return Owners.recent(Owners.Kind.CHANNEL, this, receivedBy.all(), creator);
    }

    /** Returns whether senders wait when there is no room. */
    boolean makesWait() {
        return whenFull == WhenFull.WAIT;
    }

    /** Returns whether the channel can hold a value without a receiver. */
    boolean isBuffered() {
        return capacity > 0;
    }

    /** Adds {@code value} if that needs no wait; returns whether it was added. */
    boolean put(T value) {
        requireOpen();
        return handOver(value) || putInBuffer(value);
    }

    /** Adds the value of {@code pending}, now or later. */
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

    /** Adds a {@code value} from another thread that found room, even if it now exceeds the capacity. */
    void admit(T value) {
        if (!handOver(value) && !putInBuffer(value) && makesWait()) {
            add(value);
        }
        inFlight.arrived();
        endIfEmpty();
    }

    /** Returns whether a value could probably be added without a wait. Any thread. */
    boolean seemsToHaveRoom() {
        int pending = inFlight.pending();
        VarHandle.acquireFence(); // forces fresh reads in a polling loop on another thread
        return !makesWait() || buffered + pending < capacity || (pending == 0 && !receivers.isEmpty());
    }

    /** Returns how many values were dropped for lack of room. Any thread. */
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
        if (++buffered == watchedAt) {
            watchedAt = UNBOUNDED; // once
            Suspension.hasGrown(this);
        }
    }

    /** Closes the channel on behalf of {@code who}. Senders that already wait keep their place in the queue. */
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

    /** Returns whether nothing more can be received, except from senders that have waited since before the close. */
    private boolean isOver() {
        return closed && buffered == 0 && inFlight.pending() == 0;
    }

    /** At the end, fails the waiting receivers: only send clauses of their own selects could still complete them. */
    private void endIfEmpty() {
        if (isOver()) {
            receivers.failAll(this::ended);
        }
    }

    private RuntimeException ended() {
        return failure == null ? new EndOfChannel(this, closedBy) : new ChannelFailed(this, failure);
    }

    /** Returns the failure for a sender. Call at home, or after {@code inFlight} was seen closed, which is written last. */
    RuntimeException refusal() {
        return failure == null ? new ChannelClosed(this, closedBy) : new ChannelFailed(this, failure);
    }

    @Override
    public String toString() {
        return description;
    }
}
