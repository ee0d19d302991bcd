package dev.weft.scheduler;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The handshake between a loop that is about to sleep and the threads that hand work to it. No wake-up is lost, and a
 * producer makes the system call only for a loop that has said that it sleeps, once a sleep.
 *
 * <pre>
 * loop:      advertise();  if (nothing in the inbox) block;  arise();
 * producer:  put into the inbox;  if (claimWakeUp()) wake the poller;
 * </pre>
 *
 * <p>Each side writes, fences, then reads what the other wrote (Dekker's pattern), so at least one of them sees the other:
 * the loop its work, or the producer the sleeper. Proven by {@code SleepGateStress}.
 */
final class SleepGate {
    private static final int AWAKE = 0;
    private static final int ASLEEP = 1;
    private static final int WOKEN = 2;

    private final AtomicInteger state = new AtomicInteger(AWAKE);

    /** Loop's thread: from now on producers wake it. The volatile store is also the fence before it looks again. */
    void advertise() {
        state.set(ASLEEP);
    }

    /** Loop's thread: it is up again. Returns whether somebody woke it. */
    boolean arise() {
        return state.getAndSet(AWAKE) == WOKEN;
    }

    /** Any thread: a snapshot. */
    boolean isAsleep() {
        return state.get() == ASLEEP;
    }

    /** Any thread, after its work is in the inbox: whether the caller has to wake the poller. */
    boolean claimWakeUp() {
        VarHandle.fullFence(); // the look must not move before the caller's offer
        return state.getOpaque() == ASLEEP && state.compareAndSet(ASLEEP, WOKEN);
    }
}
