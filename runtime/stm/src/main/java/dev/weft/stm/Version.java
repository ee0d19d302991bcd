package dev.weft.stm;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** One version of a variable: its value, the commit that wrote it, and who waits for a later one. Any thread. */
final class Version<T extends @Nullable Object> {
    private static final ChangeWaiters REPLACED = new ChangeWaiters();
    private static final VarHandle WAITERS;

    static {
        try {
            WAITERS = MethodHandles.lookup().findVarHandle(Version.class, "waiters", ChangeWaiters.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final T value;
    private long number; // of the commit; assigned before the version is published
    private volatile ChangeWaiters waiters = ChangeWaiters.NONE;

    Version(T value) {
        this.value = value;
    }

    /** Assigns the number of the commit that is about to publish this version. */
    void number(long commit) {
        number = commit;
    }

    /** Returns the number of the commit that wrote this version; 0 for the initial one. */
    long number() {
        return number;
    }

    /** Wakes {@code waiter} when a later version replaces this one; at once if that has happened. */
    void watch(ChangeWaiter waiter) {
        while (true) {
            ChangeWaiters present = waiters;
            if (present == REPLACED) {
                waiter.wake();
                return;
            }
            if (WAITERS.compareAndSet(this, present, present.with(waiter))) {
                return;
            }
        }
    }

    /** A later version has replaced this one. */
    void replaced() {
        ((ChangeWaiters) WAITERS.getAndSet(this, REPLACED)).wakeAll();
    }
}
