package dev.weft.io;

import dev.weft.Awaitable;
import dev.weft.io.tls.TlsStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ScatteringByteChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A connection through which bytes go in both directions, in the clear ({@link SocketStream}) or not ({@link TlsStream}):
 * what a protocol is written on.
 *
 * <p>It belongs to the loop on which it was made: all methods but {@link #close} and {@link #isOpen} are for greenlets of
 * that loop, and throw {@link IllegalStateException} elsewhere. One greenlet may read while another writes; a second one in
 * the same direction gets {@link dev.weft.Busy}.
 *
 * <p>Failures are the JDK's: {@link java.nio.channels.ClosedChannelException} once it is closed, {@link
 * java.nio.channels.AsynchronousCloseException} when it is closed under a waiting greenlet, another {@link IOException} when
 * the peer has reset it. A timeout is a {@link dev.weft.DeadlineExceeded}, after which the stream is usable and no byte is
 * lost.
 */
public interface ByteStream extends ByteChannel, ScatteringByteChannel, GatheringByteChannel {

    /** Reads what is there, waiting until there is something. Returns how many bytes; -1 at the end of the stream. */
    @Override
    int read(ByteBuffer target) throws IOException;

    /**
     * As {@link #read(ByteBuffer)}.
     *
     * @param timeout for how long at the most; null: without limit
     * @throws dev.weft.DeadlineExceeded when the time is up; nothing was read then
     */
    int read(ByteBuffer target, @Nullable Duration timeout) throws IOException;

    /**
     * Takes what {@link #receive} has read.
     *
     * @param <X> what it may throw besides
     */
    @FunctionalInterface
    interface Receiver<X extends Exception> {
        /** {@code bytes} lie between its position and its limit. Afterwards others use the buffer. May wait. */
        void accept(ByteBuffer bytes) throws X;
    }

    /**
     * Reads what is there, waiting until there is something, into a buffer that belongs to the loop, and lends it to {@code
     * receiver}: so a connection that waits holds no buffer, and one that is busy uses a buffer which is in the core's cache.
     * An echo is {@code while (stream.receive(stream::write) >= 0) {}}.
     *
     * <p>The buffer is direct and lent for the call alone: {@code receiver} takes all that it wants of it, as what it leaves is
     * dropped. While {@code receiver} waits, as in a write to a peer that does not keep up, the buffer stays its own and others get
     * another one; the loop makes as many of 64 KiB as receivers wait at the same time, and keeps a few.
     *
     * @return how many bytes there were; -1 at the end of the stream, and then {@code receiver} is not called
     */
    <X extends Exception> int receive(Receiver<X> receiver) throws IOException, X;

    /** Scattering read: fills the buffers in turn with what is there, waiting until there is something. */
    @Override
    long read(ByteBuffer[] targets, int offset, int length) throws IOException;

    @Override
    default long read(ByteBuffer[] targets) throws IOException {
        return read(targets, 0, targets.length);
    }

    /** The explicit form of {@link #read(ByteBuffer)}. */
    Awaitable.Checked<Integer, IOException> reading(ByteBuffer target);

    /** Writes all that remains in {@code source}, waiting whenever the peer does not keep up. Returns how many bytes. */
    @Override
    int write(ByteBuffer source) throws IOException;

    /**
     * As {@link #write(ByteBuffer)}.
     *
     * @param timeout for how long at the most, all waits together; null: without limit
     * @throws dev.weft.DeadlineExceeded when the time is up; the buffer's position tells how much was written
     */
    int write(ByteBuffer source, @Nullable Duration timeout) throws IOException;

    /** Gathering write of all that remains in the buffers. */
    @Override
    long write(ByteBuffer[] sources, int offset, int length) throws IOException;

    @Override
    default long write(ByteBuffer[] sources) throws IOException {
        return write(sources, 0, sources.length);
    }

    /** The explicit form of {@link #write(ByteBuffer)}: done when all is written, and gives how much that was. */
    Awaitable.Checked<Integer, IOException> writing(ByteBuffer source);

    /** Half-close: the peer sees the end of the stream, and may go on sending. */
    void shutdownOutput() throws IOException;

    /** A view for code that wants a stream; a read waits as {@link #read(ByteBuffer)} does. Closing it closes the stream. */
    default InputStream input() {
        return new StreamViews.Input(this);
    }

    /** A view for code that wants a stream; unbuffered. Closing it closes the stream. */
    default OutputStream output() {
        return new StreamViews.Output(this);
    }

    /** The peer's address. */
    SocketAddress remoteAddress() throws IOException;

    /** This side's address. */
    SocketAddress localAddress() throws IOException;

    /**
     * Closes it; whoever waits for it gets {@link java.nio.channels.AsynchronousCloseException}. Any thread; never waits.
     * From elsewhere than its loop it takes effect with the loop's next turn. Closing it again does nothing.
     */
    @Override
    void close();
}
