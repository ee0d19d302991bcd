package dev.weft.bench.load;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/**
 * The event loop of the load generator. Each turn performs the duties, then handles the events that the kernel reports. If a
 * duty is due within a millisecond, the finest timeout of the kernel, the loop spins on the poll instead of blocking.
 */
final class EventLoop {
    /** The delay of a duty that has nothing scheduled. */
    static final long NEVER = Long.MAX_VALUE;

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long LONGEST_POLL_MILLIS = 50;

    /** Time-driven work, for which the kernel reports no event. */
    @FunctionalInterface
    interface Duty {
        /** Does what is due at {@code now}. Returns the longest delay until the next call, in nanoseconds. */
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

    /** Runs until {@code isOver} returns true. It is polled once per turn, at least every 50 ms. */
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

    /** Returns the time spent in spinning polls that reported nothing, which was not useful work. */
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
