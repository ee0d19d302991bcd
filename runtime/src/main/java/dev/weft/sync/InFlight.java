package dev.weft.sync;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the values that other threads have put into a channel without waiting and that have not arrived there yet, so that
 * a close does not overtake them. Any thread; the home of the channel touches it only for what comes from elsewhere, and to
 * close.
 */
final class InFlight {
    private static final int CLOSED = 1;
    private static final int ONE = 2;

    private final AtomicInteger state = new AtomicInteger();

    /** One is on its way from now on; false if the channel is closed. */
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

    /** One has arrived. */
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
