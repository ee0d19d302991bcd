package dev.weft.spi;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A FIFO queue of the waiters of one thing. It is intrusive: adding does not allocate, removal from the middle is O(1). Must
 * be used on the loop's thread; not thread-safe.
 */
public final class WaitQueue<T extends @Nullable Object> {
    private @Nullable Waiter<? super T> head;
    private @Nullable Waiter<? super T> tail;

    /** Creates an empty queue. */
    public WaitQueue() {}

    /**
     * Appends {@code waiter}.
     *
     * @throws IllegalStateException if it is in a queue already
     */
    @SuppressWarnings("unchecked") // the link is only ever followed by this queue, whose waiters all accept a T
    public void add(Waiter<? super T> waiter) {
        if (waiter.queue != null) {
            throw new IllegalStateException("waiter is already in a queue: " + waiter);
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

    /** Removes {@code waiter} from anywhere in the queue; returns whether it was in this queue. */
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

    /** Removes, claims and returns the longest-waiting waiter, which the caller must complete; null if there is none. */
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
     * As {@link #poll()}, and also claims {@code counterpart}, which hands over what the polled waiter takes, or the reverse.
     * The caller must complete both. Returns null if no waiter can be matched with it, or if it has been claimed elsewhere
     * itself, which {@link Waiter#isOpen} tells.
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

    /** Removes all waiters and fails each with its own {@code failure}. */
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

    /** Returns whether nobody waits. */
    public boolean isEmpty() {
        return head == null;
    }
}
