package dev.weft.io;

import dev.weft.Awaitable;
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
 * A connection that carries bytes in both directions, in the clear ({@link SocketStream}) or encrypted ({@code
 * dev.weft.io.tls.TlsStream}). Protocols are written against it.
 *
 * <p>It belongs to the loop on which it was made. All methods except {@link #close} and {@link #isOpen} must be called
 * by greenlets of that loop, and throw {@link IllegalStateException} elsewhere. One greenlet may read while another
 * writes; a second one in the same direction gets {@link dev.weft.Busy}.
 *
 * <p>Failures are those of the JDK: {@link java.nio.channels.ClosedChannelException} once it is closed, {@link
 * java.nio.channels.AsynchronousCloseException} if it is closed while a greenlet waits, another {@link IOException} if
 * the peer has reset the connection. A timeout is a {@link dev.weft.DeadlineExceeded}; afterwards the stream is usable
 * and no byte is lost. Likewise a killed greenlet ({@link dev.weft.Cancelled}) loses no byte.
 */
public interface ByteStream extends ByteChannel, ScatteringByteChannel, GatheringByteChannel {

    /**
     * Reads what is there, waiting until there is something. Returns the number of bytes, or -1 at the end of the
     * stream.
     */
    @Override
    int read(ByteBuffer target) throws IOException;

    /**
     * As {@link #read(ByteBuffer)}.
     *
     * @param timeout how long to wait; null: without limit
     * @throws dev.weft.DeadlineExceeded when the time is up; nothing was read
     */
    int read(ByteBuffer target, @Nullable Duration timeout) throws IOException;

    /**
     * Takes the bytes that {@link #receive} has read.
     *
     * @param <X> a checked exception that it may throw
     */
    @FunctionalInterface
    interface Receiver<X extends Exception> {
        /**
         * Called with the bytes between the position and the limit of the buffer, which must not be used afterwards.
         * May wait.
         */
        void accept(ByteBuffer bytes) throws X;
    }

    /**
     * Reads what is there, waiting until there is something, into a buffer of the loop, and lends it to {@code
     * receiver}. So an idle connection holds no buffer, and a busy one uses a buffer that is in the core's cache. An
     * echo is {@code while (stream.receive(stream::write) >= 0) {}}.
     *
     * <p>The buffer is direct, and lent for the call only; what {@code receiver} leaves in it is dropped. If {@code
     * receiver} waits, other connections get other buffers: there are as many, of 64 KiB each, as receivers wait at the
     * same time, and a few of them are kept.
     *
     * @return the number of bytes; -1 at the end of the stream, in which case {@code receiver} is not called
     */
    <X extends Exception> int receive(Receiver<X> receiver) throws IOException, X;

    /** Scattering read: fills the buffers in order with what is there, waiting until there is something. */
    @Override
    long read(ByteBuffer[] targets, int offset, int length) throws IOException;

    @Override
    default long read(ByteBuffer[] targets) throws IOException {
        return read(targets, 0, targets.length);
    }

    /** The explicit form of {@link #read(ByteBuffer)}. */
    Awaitable.Checked<Integer, IOException> reading(ByteBuffer target);

    /**
     * Writes all that remains in {@code source}, waiting while the peer does not keep up. Returns the number of bytes.
     */
    @Override
    int write(ByteBuffer source) throws IOException;

    /**
     * As {@link #write(ByteBuffer)}.
     *
     * @param timeout how long to wait, all waits together; null: without limit
     * @throws dev.weft.DeadlineExceeded when the time is up; the position of the buffer tells how much was written
     */
    int write(ByteBuffer source, @Nullable Duration timeout) throws IOException;

    /** Gathering write of all that remains in the buffers, waiting while the peer does not keep up. */
    @Override
    long write(ByteBuffer[] sources, int offset, int length) throws IOException;

    @Override
    default long write(ByteBuffer[] sources) throws IOException {
        return write(sources, 0, sources.length);
    }

    /** The explicit form of {@link #write(ByteBuffer)}: done when all is written. Its result is the number of bytes. */
    Awaitable.Checked<Integer, IOException> writing(ByteBuffer source);

    /** Half-close: the peer sees the end of the stream, and may go on sending. */
    void shutdownOutput() throws IOException;

    /**
     * This connection as an {@link InputStream}, whose reads wait as {@link #read(ByteBuffer)} does. Closing it closes
     * the connection.
     */
    default InputStream input() {
        return new StreamViews.InputView(this);
    }

    /** This connection as an unbuffered {@link OutputStream}. Closing it closes the connection. */
    default OutputStream output() {
        return new StreamViews.OutputView(this);
    }

    /** The peer's address. */
    SocketAddress remoteAddress() throws IOException;

    /** The local address. */
    SocketAddress localAddress() throws IOException;

    /**
     * Closes the connection; greenlets that wait for it get {@link java.nio.channels.AsynchronousCloseException}. Any
     * thread; never waits. On another thread than the loop's it takes effect with the loop's next turn. Closing again
     * does nothing.
     */
    @Override
    void close();
}
