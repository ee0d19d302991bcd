package dev.weft.lowlevel;

import org.jspecify.annotations.Nullable;

/**
 * The waiters of one thing, first in first out. Intrusive: adding allocates nothing, removing from the middle is O(1).
 * Belongs to the thread of its loop; not thread-safe.
 */
public final class WaitQueue<T extends @Nullable Object> {
    private @Nullable Waiter<? super T> head;
    private @Nullable Waiter<? super T> tail;

    /** Makes an empty queue. */
    public WaitQueue() {}

    /**
     * Appends {@code waiter}.
     *
     * @throws IllegalStateException if it stands in a queue already
     */
    @SuppressWarnings("unchecked") // the link is only ever followed by this queue, whose waiters all accept a T
    public void add(Waiter<? super T> waiter) {
        if (waiter.queue != null) {
            throw new IllegalStateException("waiter stands in a queue already: " + waiter);
        }
        waiter.queue = this;
        Waiter<Object> added = (Waiter<Object>) waiter;
        added.previousInQueue = (Waiter<Object>) tail;
        if (tail == null) {
            head = waiter;
        } else {
            ((Waiter<Object>) tail).nextInQueue = added;
        }
        tail = waiter;
    }

    /** Removes {@code waiter}, wherever it stands; returns whether it stood in this queue. */
    @SuppressWarnings("unchecked") // as in add
    public boolean remove(Waiter<? super T> waiter) {
        if (waiter.queue != this) {
            return false;
        }
        Waiter<Object> removed = (Waiter<Object>) waiter;
        Waiter<? super Object> before = removed.previousInQueue;
        Waiter<? super Object> after = removed.nextInQueue;
        if (before == null) {
            head = after;
        } else {
            before.nextInQueue = after;
        }
        if (after == null) {
            tail = before;
        } else {
            after.previousInQueue = before;
        }
        removed.previousInQueue = null;
        removed.nextInQueue = null;
        removed.queue = null;
        return true;
    }

    /** Removes and returns the one that has waited longest; null if nobody waits. */
    public @Nullable Waiter<? super T> poll() {
        Waiter<? super T> first = head;
        if (first != null) {
            remove(first);
        }
        return first;
    }

    /** Whether nobody waits. */
    public boolean isEmpty() {
        return head == null;
    }
}
