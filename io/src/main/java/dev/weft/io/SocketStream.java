package dev.weft.io;

import dev.weft.Awaitable;
import dev.weft.Loop;
import dev.weft.io.blocking.TimeLimit;
import dev.weft.lowlevel.Suspension;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A connected socket on a loop. Reading and writing make the greenlet yield until they are done. Threads and failures are as
 * with every {@link ByteStream}.
 *
 * <p>A buffer may be direct or on the heap; direct ones save a copy. Waiting allocates nothing.
 */
public abstract sealed class SocketStream implements ByteStream permits TcpStream, UnixStream {
    private static final int LARGEST_COPY = 128 * 1024; // a heap buffer is copied into a cached direct one of this size

    final SocketChannel channel;
    final Interest interest;

    SocketStream(Loop loop, SocketChannel channel) {
        this.channel = channel;
        interest = new Interest(loop, channel, this, SelectionKey.OP_READ, SelectionKey.OP_WRITE);
    }

    // ---- reading
    // -----------------------------------------------------------------------------------------------------

    @Override
    public int read(ByteBuffer target) throws IOException {
        return read(target, null);
    }

    @Override
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
            TimeLimit limit = TimeLimit.of(timeout);
            int count;
            do {
                await(interest.in, limit);
                count = tryRead(target);
            } while (count == 0);
            return count;
        } finally {
            interest.in.vacate();
        }
    }

    @Override
    public <X extends Exception> int receive(Receiver<X> receiver) throws IOException, X {
        return LentBuffers.receive(this, interest, SocketStream::tryRead, receiver);
    }

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

    @Override
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

    @Override
    public int write(ByteBuffer source) throws IOException {
        return write(source, null);
    }

    @Override
    public int write(ByteBuffer source, @Nullable Duration timeout) throws IOException {
        interest.begin(interest.out);
        int total = source.remaining();
        if (!tryWrite(source)) {
            interest.out.occupy();
            try {
                TimeLimit limit = TimeLimit.of(timeout);
                do {
                    await(interest.out, limit);
                } while (!tryWrite(source));
            } finally {
                interest.out.vacate();
            }
        }
        return total;
    }

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

    @Override
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
    @Override
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

    @Override
    public SocketAddress remoteAddress() throws IOException {
        return channel.getRemoteAddress();
    }

    @Override
    public SocketAddress localAddress() throws IOException {
        return channel.getLocalAddress();
    }

    @Override
    public boolean isOpen() {
        return interest.isOpen();
    }

    @Override
    public void close() {
        interest.close();
    }

    private void requireUsable() throws IOException {
        interest.requireUsable();
    }

    static long remaining(ByteBuffer[] buffers, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, buffers.length);
        long sum = 0;
        for (int i = offset; i < offset + length; i++) {
            sum += buffers[i].remaining();
        }
        return sum;
    }

    /** Waits; a close by another shows both stacks: the closer's is the cause. */
    static void await(Readiness direction, @Nullable TimeLimit limit) throws IOException {
        try {
            if (limit == null) {
                Suspension.await(direction, null);
            } else {
                limit.await(direction);
            }
        } catch (AsynchronousCloseException closedThere) {
            AsynchronousCloseException here = new AsynchronousCloseException();
            here.initCause(closedThere);
            throw here;
        }
    }

    @Override
    public abstract String toString();
}
