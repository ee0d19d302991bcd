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
 * A connected socket on a loop. Reading and writing make the greenlet yield until they are done. Threads and failures are as
 * with every {@link ByteStream}.
 *
 * <p>A buffer may be direct or on the heap; a direct one saves a copy. Waiting allocates nothing.
 */
@SuppressWarnings("exports") // the superclass is internal, and has no members for users
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
            ByteBuffer buffer = buffers.takeFilled();
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

    /** An awaitable that is done when a read would not wait: there are bytes, or the end of the stream. */
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

    /** An awaitable that is done when something can be written without waiting. */
    public Awaitable.Checked<@Nullable Void, IOException> writable() {
        return stream.out();
    }

    /** Half-close: nothing more is read here. What the peer still sends is dropped, and reads return -1. */
    public void shutdownInput() throws IOException {
        stream.requireUsable();
        channel().shutdownInput();
        stream.in().wake(); // so that a waiting reader sees the end
    }

    /**
     * Half-close: the peer sees the end of the stream, and may go on sending. Writes, including one that waits, fail with {@link
     * java.nio.channels.ClosedChannelException}.
     */
    @Override
    public void shutdownOutput() throws IOException {
        stream.requireUsable();
        channel().shutdownOutput();
        stream.out().wake(); // the system does not tell a writer that waits for a full Unix-domain peer
    }

    /** Sets an option of the socket, such as {@link java.net.StandardSocketOptions#TCP_NODELAY}. */
    public <T> void setOption(SocketOption<T> option, T value) throws IOException {
        stream.requireUsable();
        channel().setOption(option, value);
    }

    /** The value of an option of the socket. */
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
