package dev.weft.io;

import dev.weft.Awaitable;
import dev.weft.Loop;
import dev.weft.io.selector.ReceiveBuffers;
import dev.weft.io.selector.SelectedStream;
import dev.weft.io.selector.SelectedStreamOwner;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A connected socket on a loop. Reads and writes suspend the calling greenlet until they complete. The rules for threads and
 * failures are those of {@link ByteStream}.
 *
 * <p>Buffers may be direct or on the heap; a direct buffer saves a copy. Waiting does not allocate.
 */
@SuppressWarnings("exports") // the superclass is internal and has no public members
public abstract sealed class SocketStream extends SelectedStreamOwner implements ByteStream
        permits TcpStream, UnixStream {
    final SelectedStream stream;

    SocketStream(Loop loop, SocketChannel channel) {
        super(loop, channel);
        stream = SelectedStream.below(this);
    }

    final SocketChannel channel() {
        return (SocketChannel) stream.channel();
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return stream.read(target, null);
    }

    @Override
    public int read(ByteBuffer target, @Nullable Duration timeout) throws IOException {
        return stream.read(target, timeout);
    }

    @Override
    public <X extends Exception> int receive(Receiver<X> receiver) throws IOException, X {
        ReceiveBuffers buffers = stream.receiveBuffers();
        int count = stream.receive(buffers);
        if (count > 0) {
            ByteBuffer buffer = stream.takeReceived();
            try {
                receiver.accept(buffer);
            } finally {
                buffers.giveBack(buffer);
            }
        }
        return count;
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        return stream.read(targets, offset, length);
    }

    @Override
    public Awaitable.Checked<Integer, IOException> reading(ByteBuffer target) {
        return stream.reading(target);
    }

    /** Returns an awaitable that completes when a read would not wait: bytes are available, or the stream has ended. */
    public Awaitable.Checked<@Nullable Void, IOException> readable() {
        return stream.in();
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        return stream.write(source, null);
    }

    @Override
    public int write(ByteBuffer source, @Nullable Duration timeout) throws IOException {
        return stream.write(source, timeout);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        return stream.write(sources, offset, length);
    }

    @Override
    public Awaitable.Checked<Integer, IOException> writing(ByteBuffer source) {
        return stream.writing(source);
    }

    /** Returns an awaitable that completes when some bytes can be written without waiting. */
    public Awaitable.Checked<@Nullable Void, IOException> writable() {
        return stream.out();
    }

    /** Shuts down the input (half-close). Anything the peer still sends is discarded, and reads return -1. */
    public void shutdownInput() throws IOException {
        stream.requireUsable();
        stream.halfClosing();
        channel().shutdownInput();
        stream.in().wake(); // so that a waiting reader sees the end of the stream
    }

    /**
     * Shuts down the output (half-close): the peer sees the end of the stream, but may continue to send. Writes, including one
     * in progress, fail with {@link java.nio.channels.ClosedChannelException}.
     */
    @Override
    public void shutdownOutput() throws IOException {
        stream.requireUsable();
        stream.flush();
        stream.halfClosing();
        channel().shutdownOutput();
        stream.endGathering(); // so that a later write fails at once
        stream.out().wake(); // the system does not notify a writer blocked by a full Unix-domain peer
    }

    /**
     * Gathers writes from now on: a write of at most 16 KiB is copied and returns at once, and the bytes leave with those of the
     * loop's other streams, at the latest when all greenlets that can run have run. That serves up to a tenth more requests per
     * second if many connections are busy. Order is kept. A TLS stream over this one gathers its records. A write waits, as always,
     * while the socket is full. A failure is thrown by all later writes, {@link #flush} and {@link #shutdownOutput}. {@link #close}
     * sends what was written before it closes the socket, in the background if the socket is full. Bytes are lost only if the
     * connection fails, the loop closes, or the peer does not take them within a minute of the close.
     */
    public void gatherWrites() throws IOException {
        stream.requireUsable();
        stream.gatherWrites();
    }

    /** Waits until the kernel has accepted all bytes that were written; only {@link #gatherWrites} leaves any. */
    public void flush() throws IOException {
        stream.requireUsable();
        stream.flush();
    }

    /** Sets a socket option such as {@link java.net.StandardSocketOptions#TCP_NODELAY}. */
    public <T> void setOption(SocketOption<T> option, T value) throws IOException {
        stream.requireUsable();
        channel().setOption(option, value);
    }

    /** Returns the value of a socket option. */
    public <T> T option(SocketOption<T> option) throws IOException {
        stream.requireUsable();
        return channel().getOption(option);
    }

    @Override
    public SocketAddress remoteAddress() throws IOException {
        return channel().getRemoteAddress();
    }

    @Override
    public SocketAddress localAddress() throws IOException {
        return channel().getLocalAddress();
    }

    @Override
    public boolean isOpen() {
        return stream.isOpen();
    }

    @Override
    public void close() {
        stream.close();
    }

    @Override
    public abstract String toString();
}
