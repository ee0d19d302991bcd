package dev.weft.bench.load;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/**
 * The one thread's work, turn by turn: what is due, then what the kernel reports. When something is due within a
 * millisecond it polls without waiting, as no timeout of the kernel is finer than that; so the core is then never idle.
 */
final class EventLoop {
    /** Of a duty that has nothing coming up. */
    static final long NEVER = Long.MAX_VALUE;

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long LONGEST_POLL_MILLIS = 50;

    /** Something that is due at times that nothing in the kernel reports. */
    @FunctionalInterface
    interface Duty {
        /** Does what is due at {@code now}; returns in how many nanoseconds it wants to be called at the latest. */
        long perform(long now) throws IOException;
    }

    private final Sockets sockets;
    private Duty[] duties = {};
    private long spinNanos;

    EventLoop(Sockets sockets) {
        this.sockets = sockets;
    }

    void add(Duty duty) {
        duties = Arrays.copyOf(duties, duties.length + 1);
        duties[duties.length - 1] = duty;
    }

    void remove(Duty duty) {
        duties = Arrays.stream(duties).filter(other -> other != duty).toArray(Duty[]::new);
    }

    /** Goes on until {@code isOver}, which is asked once a turn, at least every 50 ms. */
    void runUntil(BooleanSupplier isOver) throws IOException {
        while (!isOver.getAsBoolean()) {
            turn(System.nanoTime(), NEVER);
        }
    }

    void runFor(long nanos) throws IOException {
        long end = System.nanoTime() + nanos;
        for (long now = System.nanoTime(); end - now > 0; now = System.nanoTime()) {
            turn(now, end - now);
        }
    }

    /** How long it has polled in vain because something was nearly due: time of the CPU that was not needed. */
    long spinNanos() {
        return spinNanos;
    }

    private void turn(long now, long atMostNanos) throws IOException {
        long rest = atMostNanos;
        for (Duty duty : duties) {
            rest = Math.min(rest, duty.perform(now));
        }
        int millis = (int) Math.clamp(rest / NANOS_PER_MILLI, 0, LONGEST_POLL_MILLIS);
        if (millis > 0) {
            sockets.poll(millis);
            return;
        }
        long polling = System.nanoTime();
        if (sockets.poll(0) == 0) {
            spinNanos += System.nanoTime() - polling;
        }
    }
}
