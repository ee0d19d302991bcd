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
 * A stream over a source whose reads may block forever and which no selector can watch: a console, a FIFO. A daemon
 * thread of its own, started with the first read, reads a chunk whenever one is asked for; greenlets of any loop and
 * threads wait for it.
 *
 * <p>A reader that is killed while it waits takes nothing: the chunk is there for the next reader. Nothing is read
 * before somebody asks, and at most one chunk of 64 KiB is kept.
 *
 * <pre>
 * EMPTY  -> ASKED    a reader finds nothing; the thread begins to read
 * ASKED  -> FILLED   it has read something
 * ASKED  -> ENDED    it has reached the end, or failed; the thread ends
 * FILLED -> EMPTY    readers have taken everything
 * </pre>
 */
public final class InputPump extends InputStream {
    private static final int CHUNK = 64 * 1024;

    /** What the thread reads from. */
    public interface Source extends Closeable {
        /** Blocks until there is something, and reads it; -1 at the end. */
        int read(byte[] target) throws IOException;

        /** Closes it; a read that is under way should end. Any thread. */
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
    private final Runnable announcement;
    private final Semaphore demand = new Semaphore(0);
    private byte[] chunk = {}; // this and the next four fields are published by the state
    private int next;
    private int limit;
    private @Nullable Throwable failure;
    private boolean started;
    private volatile ChunkState state = ChunkState.EMPTY;
    private volatile boolean closed;

    /** A stream over {@code source}; {@code name} appears in messages and in the name of the thread. */
    public InputPump(Source source, String name) {
        this.source = source;
        this.name = name;
        reading = new Exclusive(this);
        arrival = new SingleWaiterCondition(() -> state != ChunkState.ASKED || closed, "input from " + name);
        announcement = arrival::signal;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /**
     * Reads what is there, waiting until there is something.
     *
     * @throws dev.weft.Busy if another reads
     * @throws AsynchronousCloseException if it is closed meanwhile
     */
    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        return read(bytes, offset, length, null);
    }

    /**
     * As {@link #read(byte[], int, int)}, within {@code limit}, if there is one.
     *
     * @throws dev.weft.DeadlineExceeded when the time is up; nothing was taken then
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
                started = true; // or else the next reader tries
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

    /** An awaitable that is done when a read would not wait. One wait at a time. Asks for a chunk, as a read does. */
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

    /** The thread's work. */
    private void pump() {
        while (true) {
            demand.acquireUninterruptibly();
            if (closed) {
                return;
            }
            ChunkState now = fill();
            state = now;
            RuntimeThread.insist(announcement);
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
        } catch (Throwable t) { // the next reader is told
            failure = t;
            return ChunkState.ENDED;
        }
    }

    /** Whether it has not been closed. */
    public boolean isOpen() {
        return !closed;
    }

    /** Closes the source without waiting for it; a waiting reader gets an exception. */
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
