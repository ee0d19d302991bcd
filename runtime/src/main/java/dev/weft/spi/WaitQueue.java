package dev.weft.spi;

import java.util.function.Supplier;
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

    /** Removes, claims and returns the one that has waited longest; null if nobody waits. It must be completed then. */
    public @Nullable Waiter<? super T> poll() {
        Waiter<? super T> first;
        while ((first = head) != null) {
            remove(first);
            if (first.tryClaim()) {
                return first;
            }
        }
        return null;
    }

    /**
     * As {@link #poll()}, and claims {@code counterpart} too: the one that hands over what the polled one takes, or the
     * other way round. Both must be completed then. Null if nobody waits that it could be matched with, or if it has been
     * claimed by others itself, which {@link Waiter#isOpen} tells.
     */
    public @Nullable Waiter<? super T> pollWith(Waiter<?> counterpart) {
        Waiter<? super T> candidate = head;
        while (candidate != null && counterpart.isOpen()) {
            Waiter<? super T> next = after(candidate);
            if (candidate.tryClaimWith(counterpart)) {
                remove(candidate);
                return candidate;
            }
            if (!candidate.isOpen()) {
                remove(candidate);
            }
            candidate = next;
        }
        return null;
    }

    /** Removes all who wait; each gets a {@code failure} of its own. */
    public void failAll(Supplier<? extends Throwable> failure) {
        Waiter<? super T> first;
        while ((first = poll()) != null) {
            first.fail(failure.get());
        }
    }

    @SuppressWarnings("unchecked") // as in add
    private @Nullable Waiter<? super T> after(Waiter<? super T> waiter) {
        return ((Waiter<Object>) waiter).nextInQueue;
    }

    /** Whether nobody waits. */
    public boolean isEmpty() {
        return head == null;
    }
}
