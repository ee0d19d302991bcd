package dev.weft.io.javanet;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The wait of platform threads and ordinary virtual threads, which park until the {@link SelectorThread} unparks them.
 *
 * <p>As in the JDK, an interrupt ends the wait of a virtual thread. It does not end that of a platform thread, but stays pending.
 */
final class ThreadWait extends ReadinessWait {
    private final SelectableChannel channel;
    private final SelectorThreads selectorThreads;
    private final WaitingThread in;
    private final WaitingThread out;
    private volatile boolean closed;

    /** A supplier of the selector thread. */
    @FunctionalInterface
    interface SelectorThreads {
        SelectorThread current() throws IOException;
    }

    /** The waiting thread of one direction. */
    private static final class WaitingThread {
        volatile int operation;
        volatile boolean ready;
        volatile @Nullable Thread waiting;

        WaitingThread(int operation) {
            this.operation = operation;
        }

        void report() {
            ready = true;
            LockSupport.unpark(waiting);
        }
    }

    ThreadWait(SelectableChannel channel, int inOperation, int outOperation) {
        this(channel, inOperation, outOperation, SelectorThread::current);
    }

    ThreadWait(SelectableChannel channel, int inOperation, int outOperation, SelectorThreads selectorThreads) {
        this.channel = channel;
        this.selectorThreads = selectorThreads;
        in = new WaitingThread(inOperation);
        out = new WaitingThread(outOperation);
    }

    private WaitingThread waitingThread(Direction direction) {
        return direction == Direction.IN ? in : out;
    }

    @Override
    void checkpoint() {}

    @Override
    boolean isWorthATry(Direction direction) {
        return true;
    }

    @Override
    void noteDrained(Direction direction) {}

    @Override
    void noteProgress(Direction direction) {}

    @Override
    void noteTransfer(Direction direction, long count, long room) {}

    @Override
    void become(Direction direction, int operation) {
        waitingThread(direction).operation = operation;
    }

    @Override
    boolean await(Direction direction, long nanos) throws IOException {
        WaitingThread waiting = waitingThread(direction);
        waiting.ready = false;
        waiting.waiting = Thread.currentThread();
        try {
            selectorThreads.current().watch(channel, waiting.operation, this);
            return park(waiting, nanos);
        } finally {
            waiting.waiting = null;
        }
    }

    private boolean park(WaitingThread waiting, long nanos) throws IOException {
        long begin = nanos == FOREVER ? 0 : System.nanoTime();
        boolean interrupted = false;
        try {
            while (!waiting.ready) {
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
                    interrupted = true; // while the status is set, park returns immediately
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

    /** Called by the selector thread when the {@code ready} operations are possible. */
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
    }
}
