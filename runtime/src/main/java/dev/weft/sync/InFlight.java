package dev.weft.sync;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A count of the values that other threads have posted to a channel and that have not arrived there yet, so that a close does
 * not overtake them. Any thread. The channel's home updates it only for remote values and for the close.
 */
final class InFlight {
    private static final int CLOSED = 1;
    private static final int ONE = 2;

    private final AtomicInteger state = new AtomicInteger();

    /** Counts a value as on its way; returns false if the channel is closed. */
    boolean tryAdmit() {
        int now = state.get();
        while ((now & CLOSED) == 0) {
            int seen = state.compareAndExchange(now, now + ONE);
            if (seen == now) {
                return true;
            }
            now = seen;
        }
        return false;
    }

    /** Counts a value as arrived. */
    void arrived() {
        state.getAndAdd(-ONE);
    }

    int pending() {
        return state.get() >>> 1;
    }

    void close() {
        state.getAndUpdate(now -> now | CLOSED);
    }

    boolean isClosed() {
        return (state.get() & CLOSED) != 0;
    }
}
