package dev.weft.scheduler;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The handshake between a loop that is about to sleep and the threads that give it work. No wakeup is lost, and producers make
 * the system call only for a loop that has announced its sleep, once per sleep.
 *
 * <pre>
 * loop:      advertise();  if (nothing in the inbox) block;  arise();
 * producer:  put into the inbox;  if (claimWakeUp()) wake the poller;
 * </pre>
 *
 * <p>Each side writes, fences, then reads what the other wrote (Dekker's pattern), so at least one of them sees the other:
 * the loop its work, or the producer the sleeper. Verified by {@code SleepGateStress}.
 */
final class SleepGate {
    private static final int AWAKE = 0;
    private static final int ASLEEP = 1;
    private static final int WOKEN = 2;

    private final AtomicInteger state = new AtomicInteger(AWAKE);

    /** Makes producers wake the loop. The volatile store is also the fence before the inbox is checked. Loop's thread. */
    void advertise() {
        state.set(ASLEEP);
    }

    /** Ends a sleep; returns whether the loop was woken. Loop's thread. */
    boolean arise() {
        return state.getAndSet(AWAKE) == WOKEN;
    }

    /** Returns whether the loop sleeps. Any thread; a snapshot. */
    boolean isAsleep() {
        return state.get() == ASLEEP;
    }

    /** Returns whether the caller, whose work is in the inbox, has to wake the poller. Any thread. */
    boolean claimWakeUp() {
        VarHandle.fullFence(); // the read must not move before the caller's offer
        return state.getOpaque() == ASLEEP && state.compareAndSet(ASLEEP, WOKEN);
    }
}
