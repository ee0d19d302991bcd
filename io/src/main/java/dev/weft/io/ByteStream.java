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
 * A bidirectional byte stream over a connection, either in the clear ({@link SocketStream}) or encrypted ({@code
 * dev.weft.io.tls.TlsStream}). Protocol implementations should use this type.
 *
 * <p>A stream belongs to the loop on which it was created. All methods except {@link #close} and {@link #isOpen} must be called
 * by greenlets of that loop, and throw {@link IllegalStateException} elsewhere. One greenlet may read while another writes; a
 * second one in the same direction gets {@link dev.weft.Busy}.
 *
 * <p>Failures are those of the JDK: {@link java.nio.channels.ClosedChannelException} if the stream is closed, {@link
 * java.nio.channels.AsynchronousCloseException} if it is closed while a greenlet waits, and another {@link IOException} if the
 * peer has reset the connection. A timeout throws {@link dev.weft.DeadlineExceeded}; the stream remains usable and no bytes are
 * lost. Likewise, killing a greenlet ({@link dev.weft.Cancelled}) loses no bytes.
 */
public interface ByteStream extends ByteChannel, ScatteringByteChannel, GatheringByteChannel {

    /**
     * Reads the available bytes, waiting until there are some. Returns the number of bytes read, or -1 at the end of the stream.
     *
     * <p>{@code target} belongs to the read until this returns: the loop may fill it some time before the greenlet continues. So
     * two greenlets must not wait with the same buffer; {@link #receive} lends the loop's own.
     */
    @Override
    int read(ByteBuffer target) throws IOException;

    /**
     * Does the same as {@link #read(ByteBuffer)}, with a timeout.
     *
     * @param timeout the maximum time to wait; null for no limit
     * @throws dev.weft.DeadlineExceeded if the timeout expires; nothing has been read
     */
    int read(ByteBuffer target, @Nullable Duration timeout) throws IOException;

    /**
     * A consumer of the bytes that {@link #receive} has read.
     *
     * @param <X> the checked exception that it may throw
     */
    @FunctionalInterface
    interface Receiver<X extends Exception> {
        /**
         * Consumes the bytes between the buffer's position and limit. The buffer must not be used after this returns. May wait.
         */
        void accept(ByteBuffer bytes) throws X;
    }

    /**
     * Waits until bytes are available, reads them into a buffer of the loop, and lends the buffer to {@code receiver}. Thus an
     * idle connection holds no buffer, and a busy one uses a buffer that is already in the CPU cache. An echo server is {@code
     * while (stream.receive(stream::write) >= 0) {}}.
     *
     * <p>The buffer is direct and is lent only for the duration of the call; bytes that {@code receiver} leaves in it are
     * discarded. While {@code receiver} waits, other connections use other buffers, so the number of buffers, of 64 KiB each,
     * is the number of receivers that wait at the same time. A few are kept for reuse.
     *
     * @return the number of bytes read, or -1 at the end of the stream, in which case {@code receiver} is not called
     */
    <X extends Exception> int receive(Receiver<X> receiver) throws IOException, X;

    /** Reads the available bytes into the buffers in order (scattering read), waiting until there are some. */
    @Override
    long read(ByteBuffer[] targets, int offset, int length) throws IOException;

    @Override
    default long read(ByteBuffer[] targets) throws IOException {
        return read(targets, 0, targets.length);
    }

    /** Returns the awaitable form of {@link #read(ByteBuffer)}. */
    Awaitable.Checked<Integer, IOException> reading(ByteBuffer target);

    /**
     * Writes all remaining bytes of {@code source}, waiting while the peer does not keep up. Returns the number of bytes
     * written.
     */
    @Override
    int write(ByteBuffer source) throws IOException;

    /**
     * Does the same as {@link #write(ByteBuffer)}, with a timeout.
     *
     * @param timeout the maximum total time to wait; null for no limit
     * @throws dev.weft.DeadlineExceeded if the timeout expires; the buffer's position shows how much has been written
     */
    int write(ByteBuffer source, @Nullable Duration timeout) throws IOException;

    /** Writes all remaining bytes of the buffers (gathering write), waiting while the peer does not keep up. */
    @Override
    long write(ByteBuffer[] sources, int offset, int length) throws IOException;

    @Override
    default long write(ByteBuffer[] sources) throws IOException {
        return write(sources, 0, sources.length);
    }

    /** Returns the awaitable form of {@link #write(ByteBuffer)}. It completes with the number of bytes when all are written. */
    Awaitable.Checked<Integer, IOException> writing(ByteBuffer source);

    /** Shuts down the output (half-close): the peer sees the end of the stream, but may continue to send. */
    void shutdownOutput() throws IOException;

    /**
     * Returns this connection as an {@link InputStream} whose reads wait as {@link #read(ByteBuffer)} does. Closing it closes
     * the connection.
     */
    default InputStream input() {
        return new StreamViews.InputView(this);
    }

    /** Returns this connection as an unbuffered {@link OutputStream}. Closing it closes the connection. */
    default OutputStream output() {
        return new StreamViews.OutputView(this);
    }

    /** Returns the peer's address. */
    SocketAddress remoteAddress() throws IOException;

    /** Returns the local address. */
    SocketAddress localAddress() throws IOException;

    /**
     * Closes the connection. Greenlets that wait on it get {@link java.nio.channels.AsynchronousCloseException}. Any thread;
     * never waits. If called outside the loop's thread, it takes effect in the loop's next iteration. Has no effect if already
     * closed.
     */
    @Override
    void close();
}
