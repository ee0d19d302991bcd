package dev.weft.actor;

import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Measured;
import dev.weft.sync.Event;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** An intake with a capacity, and a policy for messages that exceed it. */
abstract class BoundedIntake<M> extends Intake<M> {
    private static final int LARGE = 1024; // one without a limit that holds so many messages is watched

    private final int capacity;
    private final Overflow overflow;
    private final AtomicLong dropped = new AtomicLong();
    private boolean isWatched; // confined to the home's thread
    private volatile @Nullable Event room; // for the senders that wait; set while the intake is at most half full

    BoundedIntake(Loop home, Measured resource, int capacity, Overflow overflow) {
        super(home, resource);
        this.capacity = capacity;
        this.overflow = overflow;
    }

    /** Returns {@code capacity}; throws {@link IllegalArgumentException} unless it is positive. */
    static int requirePositive(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException(
                    "the capacity must be at least one: " + capacity + "; a mailbox without room accepts nothing");
        }
        return capacity;
    }

    /** Drops the oldest message because of {@code why}; returns false if there is none. Home's thread. */
    abstract boolean dropOldest(MailboxFull why);

    /** Returns the exception for a sender to the closed intake. Any thread. */
    abstract RuntimeException refusal();

    /** Throws if the caller must not wait for room, as it is the one to make it. */
    abstract void requireOther();

    /** Adds {@code message} for a sender who may wait for room. */
    final void put(M message) {
        while (!tryPut(message)) {
            switch (overflow) {
                case WAIT -> awaitRoom();
                case FAIL -> throw full("nothing was sent");
                default -> {
                    return; // it was dropped
                }
            }
        }
    }

    /** Adds {@code message} for a sender who waits for its answer, and so can wait behind others here. */
    final void putQuestion(M message) {
        if (overflow == Overflow.WAIT) {
            putBeyond(message);
        } else if (!tryPut(message)) {
            throw full("the question was not sent");
        }
    }

    /** Adds {@code message}, even beyond the capacity. */
    final void putBeyond(M message) {
        admit(message, UNLIMITED);
    }

    /** Adds {@code message} if there is room; returns whether it was added. Never waits. */
    final boolean tryPut(M message) {
        if (overflow == Overflow.DROP_OLDEST) {
            putBeyond(message);
            if (size() > capacity) {
                Suspension.tell(home, this::trim);
            }
            return true;
        }
        boolean isAdmitted = admit(message, capacity);
        if (!isAdmitted && overflow == Overflow.DROP_NEWEST) {
            dropped.incrementAndGet();
        }
        return isAdmitted;
    }

    private boolean admit(M message, int limit) {
        Admission admission = offer(message, limit);
        if (admission == Admission.CLOSED) {
            throw refusal();
        }
        return admission == Admission.ACCEPTED;
    }

    @Override
    final void hasCollected() {
        if (capacity == UNLIMITED && !isWatched && size() >= LARGE) {
            isWatched = true;
            Suspension.hasGrown(resource);
        }
    }

    private MailboxFull full(String consequence) {
        return new MailboxFull(this, capacity, consequence);
    }

    private void trim() {
        while (size() > capacity && dropOldest(full("the oldest message was dropped"))) {
            dropped.incrementAndGet();
        }
    }

    private void awaitRoom() {
        requireOther();
        Event waited = room();
        Suspension.tell(home, this::settle); // arrives there before the wait
        try {
            waited.await();
        } catch (RejectedExecutionException e) {
            throw isClosed() ? refusal() : e;
        }
    }

    private Event room() {
        Event present = room;
        if (present == null) {
            synchronized (this) {
                present = room;
                if (present == null) {
                    room = present = new Event(home, "room in " + this);
                }
            }
        }
        return present;
    }

    /** Lets the waiting senders go on if there is room, and makes later ones wait if not. Home's thread. */
    private void settle() {
        Event waited = room;
        if (waited != null && waited.isSet() != hasRoom()) {
            if (hasRoom()) {
                waited.set();
            } else {
                waited.clear();
            }
        }
    }

    private boolean hasRoom() {
        return isClosed() || size() <= capacity / 2;
    }

    @Override
    final void release() {
        super.release();
        if (room != null) {
            settle();
        }
    }

    @Override
    final void close() {
        super.close();
        if (room != null) {
            Suspension.tell(home, this::settle);
        }
    }

    final int capacity() {
        return capacity;
    }

    /** Returns how many messages were dropped. Any thread. */
    final long dropped() {
        return dropped.get();
    }
}
