package dev.weft.workers;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** For tests that wait for what nothing tells of when it happens. */
public final class Poll {
    private Poll() {}

    /** Returns once {@code condition} holds, at which it looks every millisecond; others run meanwhile. */
    public static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(1_000_000);
        }
    }
}
