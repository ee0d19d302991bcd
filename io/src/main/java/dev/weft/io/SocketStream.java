package dev.weft.io;

import dev.weft.Awaitable;
import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ByteChannel;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ScatteringByteChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A connected socket on a loop. Reading and writing make the greenlet yield until they are done.
 *
 * <p>It belongs to the loop on which it was made: all methods but {@link #close} and {@link #isOpen} are for greenlets of
 * that loop, and throw {@link IllegalStateException} elsewhere. One greenlet may read while another writes; a second one in
 * the same direction gets {@link dev.weft.Busy}.
 *
 * <p>Failures are the JDK's: {@link java.nio.channels.ClosedChannelException} once it is closed, {@link
 * AsynchronousCloseException} when it is closed under a waiting greenlet, another {@link IOException} when the peer has
 * reset it. A timeout is a {@link dev.weft.DeadlineExceeded}, after which the stream is usable and no byte is lost.
 *
 * <p>A buffer may be direct or on the heap; direct ones save a copy. Waiting allocates nothing.
 */
public abstract sealed class SocketStream implements ByteChannel, ScatteringByteChannel, GatheringByteChannel
        permits TcpStream, UnixStream {
    private static final int LARGEST_COPY = 128 * 1024; // a heap buffer is copied into a cached direct one of this size

    final SocketChannel channel;
    final Interest interest;

    SocketStream(Loop loop, SocketChannel channel) {
        this.channel = channel;
        interest = new Interest(loop, channel, this, SelectionKey.OP_READ, SelectionKey.OP_WRITE);
    }

    // ---- reading
    // -----------------------------------------------------------------------------------------------------

    /** Reads what is there, waiting until there is something. Returns how many bytes; -1 at the end of the stream. */
    @Override
    public int read(ByteBuffer target) throws IOException {
        return read(target, null);
    }

    /**
     * As {@link #read(ByteBuffer)}.
     *
     * @param timeout for how long at the most; null: without limit
     * @throws dev.weft.DeadlineExceeded when the time is up; nothing was read then
     */
    public int read(ByteBuffer target, @Nullable Duration timeout) throws IOException {
        interest.begin(interest.in);
        if (interest.in.isWorthATry() || !target.hasRemaining()) {
            int count = tryRead(target);
            if (count != 0 || !target.hasRemaining()) {
                return count;
            }
        }
        interest.in.occupy();
        try {
            int count;
            do {
                await(interest.in, timeout);
                count = tryRead(target);
            } while (count == 0);
            return count;
        } finally {
            interest.in.vacate();
        }
    }

    @Override
    public long read(ByteBuffer[] targets) throws IOException {
        return read(targets, 0, targets.length);
    }

    /** Scattering read: fills the buffers in turn with what is there, waiting until there is something. */
    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        long room = remaining(targets, offset, length);
        interest.begin(interest.in);
        if (interest.in.isWorthATry() || room == 0) {
            long count = tryRead(targets, offset, length, room);
            if (count != 0 || room == 0) {
                return count;
            }
        }
        interest.in.occupy();
        try {
            long count;
            do {
                await(interest.in, null);
                count = tryRead(targets, offset, length, room);
            } while (count == 0);
            return count;
        } finally {
            interest.in.vacate();
        }
    }

    private long tryRead(ByteBuffer[] targets, int offset, int length, long room) throws IOException {
        long count = channel.read(targets, offset, length);
        noteRead(count, room);
        return count;
    }

    /** The explicit form of {@link #read(ByteBuffer)}. */
    public Awaitable.Checked<Integer, IOException> reading(ByteBuffer target) {
        return new Transfer<>(interest.in, "read from " + this, target, () -> {
            int count = tryRead(target);
            return count == 0 && target.hasRemaining() ? null : count;
        });
    }

    /** Something can be read, or the end was reached: a read would not wait. */
    public Awaitable.Checked<@Nullable Void, IOException> readable() {
        return interest.in;
    }

    private int tryRead(ByteBuffer target) throws IOException {
        int room = target.remaining();
        int count = channel.read(target);
        noteRead(count, room);
        return count;
    }

    /** A short read has emptied the socket: the next one would find nothing, and need not be tried before a wait. */
    private void noteRead(long count, long room) {
        if (count >= 0 && count < room) {
            interest.in.drained();
        } else if (count > 0) {
            interest.in.used();
        }
    }

    // ---- writing
    // -----------------------------------------------------------------------------------------------------

    /** Writes all that remains in {@code source}, waiting whenever the peer does not keep up. Returns how many bytes. */
    @Override
    public int write(ByteBuffer source) throws IOException {
        return write(source, null);
    }

    /**
     * As {@link #write(ByteBuffer)}.
     *
     * @param timeout for how long at the most each wait may last; null: without limit
     * @throws dev.weft.DeadlineExceeded when the time is up; the buffer's position tells how much was written
     */
    public int write(ByteBuffer source, @Nullable Duration timeout) throws IOException {
        interest.begin(interest.out);
        int total = source.remaining();
        if (!tryWrite(source)) {
            interest.out.occupy();
            try {
                do {
                    await(interest.out, timeout);
                } while (!tryWrite(source));
            } finally {
                interest.out.vacate();
            }
        }
        return total;
    }

    @Override
    public long write(ByteBuffer[] sources) throws IOException {
        return write(sources, 0, sources.length);
    }

    /** Gathering write of all that remains in the buffers. */
    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        long total = remaining(sources, offset, length);
        interest.begin(interest.out);
        long left = total - channel.write(sources, offset, length);
        interest.out.used();
        if (left > 0) {
            interest.out.occupy();
            try {
                do {
                    interest.out.drained();
                    await(interest.out, null);
                    left -= channel.write(sources, offset, length);
                } while (left > 0);
            } finally {
                interest.out.vacate();
            }
        }
        return total;
    }

    /** The explicit form of {@link #write(ByteBuffer)}: done when all is written, and gives how much that was. */
    public Awaitable.Checked<Integer, IOException> writing(ByteBuffer source) {
        int total = source.remaining();
        return new Transfer<>(interest.out, "write to " + this, source, () -> tryWrite(source) ? total : null);
    }

    /** Something can be written without waiting. */
    public Awaitable.Checked<@Nullable Void, IOException> writable() {
        return interest.out;
    }

    /** Whether all is written; if not, the socket's buffer is full. */
    private boolean tryWrite(ByteBuffer source) throws IOException {
        while (source.hasRemaining()) {
            int wanted = source.remaining();
            int count;
            if (source.isDirect() || wanted <= LARGEST_COPY) {
                count = channel.write(source);
            } else {
                int limit = source.limit();
                wanted = LARGEST_COPY;
                source.limit(source.position() + wanted);
                try {
                    count = channel.write(source);
                } finally {
                    source.limit(limit);
                }
            }
            if (count < wanted) {
                interest.out.drained();
                return !source.hasRemaining();
            }
        }
        interest.out.used();
        return true;
    }

    // ---- the rest
    // ----------------------------------------------------------------------------------------------------

    /** A view for code that wants a stream; a read waits as {@link #read(ByteBuffer)} does. Closing it closes the socket. */
    public InputStream input() {
        return new StreamViews.Input(this);
    }

    /** A view for code that wants a stream; unbuffered. Closing it closes the socket. */
    public OutputStream output() {
        return new StreamViews.Output(this);
    }

    /** Half-close: no more is read here; what the peer sends is dropped, and reads give -1. */
    public void shutdownInput() throws IOException {
        requireUsable();
        channel.shutdownInput();
        interest.in.report(false); // so that a waiting reader sees the end
    }

    /**
     * Half-close: the peer sees the end of the stream, and may go on sending. Writes, also one that waits, end with {@link
     * java.nio.channels.ClosedChannelException}.
     */
    public void shutdownOutput() throws IOException {
        requireUsable();
        channel.shutdownOutput();
        interest.out.report(false); // the system tells a writer that waits for a full Unix-domain peer nothing
    }

    /** Sets an option of the socket, such as {@link java.net.StandardSocketOptions#TCP_NODELAY}. */
    public <T> void setOption(SocketOption<T> option, T value) throws IOException {
        requireUsable();
        channel.setOption(option, value);
    }

    /** An option of the socket. */
    public <T> T option(SocketOption<T> option) throws IOException {
        requireUsable();
        return channel.getOption(option);
    }

    /** The peer's address. */
    public SocketAddress remoteAddress() throws IOException {
        return channel.getRemoteAddress();
    }

    /** This side's address. */
    public SocketAddress localAddress() throws IOException {
        return channel.getLocalAddress();
    }

    @Override
    public boolean isOpen() {
        return interest.isOpen();
    }

    /**
     * Closes it; whoever waits for it gets {@link AsynchronousCloseException}. Any thread; never waits. From elsewhere than
     * its loop it takes effect with the loop's next turn. Closing it again does nothing.
     */
    @Override
    public void close() {
        interest.close();
    }

    private void requireUsable() throws IOException {
        interest.requireUsable();
    }

    private static long remaining(ByteBuffer[] buffers, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, buffers.length);
        long sum = 0;
        for (int i = offset; i < offset + length; i++) {
            sum += buffers[i].remaining();
        }
        return sum;
    }

    /** Waits; a close by another shows both stacks: the closer's is the cause. */
    static void await(Readiness direction, @Nullable Duration timeout) throws IOException {
        try {
            Suspension.await(direction, timeout);
        } catch (AsynchronousCloseException closedThere) {
            AsynchronousCloseException here = new AsynchronousCloseException();
            here.initCause(closedThere);
            throw here;
        }
    }

    @Override
    public abstract String toString();
}
