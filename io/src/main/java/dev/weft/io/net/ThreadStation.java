package dev.weft.io.net;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The station of platform threads and ordinary virtual threads, which park until the {@link Lookout} tells them.
 *
 * <p>An interrupt ends the wait of a virtual thread; that of a platform thread it does not, and stays pending, as the JDK
 * has it.
 */
final class ThreadStation extends Station {
    private final SelectableChannel channel;
    private final Lookouts lookouts;
    private final Slot in;
    private final Slot out;
    private volatile boolean closed;

    /** Who looks out. */
    @FunctionalInterface
    interface Lookouts {
        Lookout current() throws IOException;
    }

    /** Who waits in one direction. */
    private static final class Slot {
        volatile int operation;
        volatile boolean ready;
        volatile @Nullable Thread waiting;

        Slot(int operation) {
            this.operation = operation;
        }

        void report() {
            ready = true;
            LockSupport.unpark(waiting);
        }
    }

    ThreadStation(SelectableChannel channel, int inOperation, int outOperation) {
        this(channel, inOperation, outOperation, Lookout::current);
    }

    ThreadStation(SelectableChannel channel, int inOperation, int outOperation, Lookouts lookouts) {
        this.channel = channel;
        this.lookouts = lookouts;
        in = new Slot(inOperation);
        out = new Slot(outOperation);
    }

    private Slot slot(Way way) {
        return way == Way.IN ? in : out;
    }

    @Override
    void checkpoint() {}

    @Override
    boolean isWorthATry(Way way) {
        return true;
    }

    @Override
    void drained(Way way) {}

    @Override
    void used(Way way) {}

    @Override
    void become(Way way, int operation) {
        slot(way).operation = operation;
    }

    @Override
    boolean await(Way way, long nanos) throws IOException {
        Slot slot = slot(way);
        slot.ready = false;
        slot.waiting = Thread.currentThread();
        try {
            lookouts.current().watch(channel, slot.operation, this);
            return park(slot, nanos);
        } finally {
            slot.waiting = null;
        }
    }

    private boolean park(Slot slot, long nanos) throws IOException {
        long begin = nanos == FOREVER ? 0 : System.nanoTime();
        boolean interrupted = false;
        try {
            while (!slot.ready) {
                if (closed) {
                    throw new ClosedChannelException();
                }
                if (nanos == FOREVER) {
                    LockSupport.park(this);
                } else {
                    long left = nanos - (System.nanoTime() - begin);
                    if (left <= 0) {
                        return false;
                    }
                    LockSupport.parkNanos(this, left);
                }
                if (Thread.interrupted()) {
                    interrupted = true; // while it is set, parking ends at once
                    if (Thread.currentThread().isVirtual()) {
                        throw new InterruptedIOException("interrupted");
                    }
                }
            }
            return true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** From the lookout: these operations are possible now. */
    void report(int ready) {
        if ((ready & in.operation) != 0) {
            in.report();
        }
        if ((ready & (out.operation | SelectionKey.OP_CONNECT)) != 0) {
            out.report();
        }
    }

    @Override
    void close() {
        closed = true;
        LockSupport.unpark(in.waiting);
        LockSupport.unpark(out.waiting);
        Lookout.forget(channel);
    }
}
