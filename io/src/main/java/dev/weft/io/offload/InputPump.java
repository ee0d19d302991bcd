package dev.weft.io.offload;

import dev.weft.Awaitable;
import dev.weft.io.internal.TimeLimit;
import dev.weft.spi.RuntimeThread;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A stream over a source whose reads may block indefinitely and which no selector can watch, such as a console or a FIFO. Its
 * daemon thread, started on the first read, reads a chunk whenever one is requested. Greenlets of any loop and other threads wait
 * for it.
 *
 * <p>A reader that is killed while waiting consumes nothing; the chunk is kept for the next reader. Nothing is read before a
 * reader requests it, and at most one chunk of 64 KiB is kept.
 *
 * <pre>
 * EMPTY  -> ASKED    a reader found no data; the thread starts to read
 * ASKED  -> FILLED   the thread has read data
 * ASKED  -> ENDED    the thread has reached the end, or failed, and ends
 * FILLED -> EMPTY    readers have consumed all data
 * </pre>
 */
public final class InputPump extends InputStream {
    private static final int CHUNK = 64 * 1024;

    /** The source from which the thread reads. */
    public interface Source extends Closeable {
        /** Reads the available bytes, blocking until there are some. Returns their number, or -1 at the end. */
        int read(byte[] target) throws IOException;

        /** Closes the source. A read in progress should end. Any thread. */
        @Override
        void close() throws IOException;
    }

    private enum ChunkState {
        EMPTY,
        ASKED,
        FILLED,
        ENDED
    }

    private final Source source;
    private final String name;
    private final Exclusive reading;
    private final SingleWaiterCondition arrival;
    private final Runnable signalArrival;
    private final Semaphore demand = new Semaphore(0);
    private byte[] chunk = {}; // this and the next four fields are published by writes of state
    private int next;
    private int limit;
    private @Nullable Throwable failure;
    private boolean started;
    private volatile ChunkState state = ChunkState.EMPTY;
    private volatile boolean closed;

    /** Creates a stream over {@code source}. {@code name} appears in messages and in the thread's name. */
    public InputPump(Source source, String name) {
        this.source = source;
        this.name = name;
        reading = new Exclusive(this);
        arrival = new SingleWaiterCondition(() -> state != ChunkState.ASKED || closed, "input from " + name);
        signalArrival = arrival::signal;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /**
     * Reads the available bytes, waiting until there are some.
     *
     * @throws dev.weft.Busy if another reader is active
     * @throws AsynchronousCloseException if the stream is closed during the wait
     */
    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        return read(bytes, offset, length, null);
    }

    /**
     * Reads as {@link #read(byte[], int, int)} does, within {@code limit} if it is not null.
     *
     * @throws dev.weft.DeadlineExceeded if the limit expires; nothing has been consumed
     */
    public int read(byte[] bytes, int offset, int length, @Nullable TimeLimit limit) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        reading.enter();
        try {
            if (closed) {
                throw new ClosedChannelException();
            }
            if (length == 0) {
                return 0;
            }
            awaitChunk(limit);
            return state == ChunkState.ENDED ? atEnd() : take(bytes, offset, length);
        } finally {
            reading.leave();
        }
    }

    private void awaitChunk(@Nullable TimeLimit limit) throws IOException {
        do {
            ask();
            while (state == ChunkState.ASKED) {
                arrival.await(limit);
                if (closed) {
                    throw new AsynchronousCloseException();
                }
            }
        } while (state == ChunkState.EMPTY); // the source returned 0 bytes
    }

    private void ask() {
        if (state == ChunkState.EMPTY) {
            if (!started) {
                new RuntimeThread("weft-input " + name, this::pump).start();
                started = true; // if start() throws, the next reader tries again
            }
            state = ChunkState.ASKED;
            demand.release();
        }
    }

    private int take(byte[] bytes, int offset, int length) {
        int count = Math.min(length, limit - next);
        System.arraycopy(chunk, next, bytes, offset, count);
        next += count;
        if (next == limit) {
            state = ChunkState.EMPTY;
        }
        return count;
    }

    private int atEnd() throws IOException {
        Throwable cause = failure;
        if (cause != null) {
            throw new IOException("reading " + name + " failed: " + cause.getMessage(), cause);
        }
        return -1;
    }

    /** Returns an awaitable that completes when a read would not wait. One wait at a time. Requests a chunk, as a read does. */
    public Awaitable.Checked<@Nullable Void, IOException> readable() {
        reading.enter();
        try {
            ask();
        } finally {
            reading.leave();
        }
        return arrival.awaiting();
    }

    @Override
    public int available() {
        return state == ChunkState.FILLED ? limit - next : 0;
    }

    /** The body of the thread. */
    private void pump() {
        while (true) {
            demand.acquireUninterruptibly();
            if (closed) {
                return;
            }
            ChunkState now = fill();
            state = now;
            RuntimeThread.insist(signalArrival);
            if (now == ChunkState.ENDED) {
                return;
            }
        }
    }

    private ChunkState fill() {
        try {
            if (chunk.length == 0) {
                chunk = new byte[CHUNK];
            }
            next = 0;
            limit = source.read(chunk);
            return limit < 0 ? ChunkState.ENDED : limit == 0 ? ChunkState.EMPTY : ChunkState.FILLED;
        } catch (Throwable t) { // reported to the next reader
            failure = t;
            return ChunkState.ENDED;
        }
    }

    /** Returns whether this stream is open. */
    public boolean isOpen() {
        return !closed;
    }

    /** Closes the source in the background, without waiting. A waiting reader gets an exception. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            demand.release();
            OffloadedCalls.closeInBackground(source);
            arrival.signal();
        }
    }

    @Override
    public String toString() {
        return "input from " + name;
    }
}
