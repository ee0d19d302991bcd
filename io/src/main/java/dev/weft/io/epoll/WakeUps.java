package dev.weft.io.epoll;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Who may wake a selector: one caller between two selects, as one is enough, and none once it is closed, as its descriptor may
 * then be somebody else's. Takes no lock: the selector's thread wakes up while the caller is still in its system call, and would
 * have to wait for it.
 *
 * <pre>
 * any thread:          if (begin()) try { wake } finally { end() }
 * selector's thread:   block;  permit();  ...  close()
 * </pre>
 */
final class WakeUps {
    private static final int CLOSED = Integer.MIN_VALUE;

    private final AtomicBoolean pending = new AtomicBoolean();
    private final AtomicInteger wakers = new AtomicInteger(); // between begin and end; negative from the close on

    /** Returns whether the caller is to wake the selector, and to call {@link #end} then. Any thread. */
    boolean begin() {
        return !pending.get() && pending.compareAndSet(false, true) && enter();
    }

    private boolean enter() {
        int present;
        do {
            present = wakers.get();
            if (present < 0) {
                return false;
            }
        } while (!wakers.compareAndSet(present, present + 1));
        return true;
    }

    /** The caller has woken the selector. */
    void end() {
        wakers.decrementAndGet();
    }

    /** The selector has woken up; the next one may wake it again. */
    void permit() {
        pending.set(false);
    }

    /** Permits nobody any more, and waits for those who are waking the selector, about as long as their system calls take. */
    void close() {
        wakers.addAndGet(CLOSED);
        while (wakers.get() != CLOSED) {
            Thread.onSpinWait();
        }
    }
}
