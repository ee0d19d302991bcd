package dev.weft.bench.rival.bare;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A socket on a loop, with one read per event and one write per message. Its interest changes only while a peer does not keep
 * up. Must be called on the loop's thread.
 */
abstract class Connection implements SelectorLoop.Selected {
    private final SelectorLoop loop;
    private final SocketChannel channel;
    private @Nullable SelectionKey key;
    private @Nullable ByteBuffer unsent;

    Connection(SelectorLoop loop, SocketChannel channel) {
        this.loop = loop;
        this.channel = channel;
    }

    /** Called with the bytes that have been read; the buffer belongs to the loop. */
    abstract void received(ByteBuffer bytes) throws IOException;

    /** Called at the end of the peer's stream. */
    void ended() throws IOException {
        close();
    }

    /** Called once when this connection has been closed, by a call of {@link #close} or a failure. */
    void closed() {}

    /** Called when an outgoing connection is established. */
    void connected() throws IOException {}

    /** Returns the connection to stop reading while this one's peer does not keep up. */
    Connection source() {
        return this;
    }

    final SelectorLoop loop() {
        return loop;
    }

    final boolean isOpen() {
        return channel.isOpen();
    }

    final void register(int interest) throws IOException {
        key = channel.register(loop.selector(), interest, this);
    }

    /** Opens a channel that is connecting to {@code address}. */
    static SocketChannel connecting(InetSocketAddress address) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        if (channel.connect(address)) {
            throw new IOException("connected at once: " + address); // Linux never does, for TCP
        }
        return channel;
    }

    @Override
    public final void ready(SelectionKey key) {
        try {
            if (key.isConnectable()) {
                channel.finishConnect();
                key.interestOps(SelectionKey.OP_READ);
                connected();
            }
            if (key.isValid() && key.isWritable()) {
                flush();
            }
            if (key.isValid() && key.isReadable()) {
                read();
            }
        } catch (IOException e) {
            close();
        }
    }

    private void read() throws IOException {
        ByteBuffer input = loop.input();
        if (channel.read(input) < 0) {
            interest(SelectionKey.OP_READ, 0);
            ended();
        } else {
            received(input.flip());
        }
    }

    /** Sends {@code bytes}, now or when the peer accepts them. The caller may reuse the buffer when this returns. */
    final void send(ByteBuffer bytes) {
        try {
            if (unsent == null) {
                channel.write(bytes);
            }
            if (bytes.hasRemaining()) {
                keep(bytes);
            }
        } catch (IOException e) {
            close();
        }
    }

    private void keep(ByteBuffer bytes) {
        ByteBuffer before = unsent == null ? ByteBuffer.allocate(0) : unsent;
        unsent = ByteBuffer.allocate(before.remaining() + bytes.remaining())
                .put(before)
                .put(bytes)
                .flip();
        interest(0, SelectionKey.OP_WRITE);
        source().pause();
    }

    private void flush() throws IOException {
        if (unsent != null) {
            channel.write(unsent);
            if (unsent.hasRemaining()) {
                return;
            }
            unsent = null;
            source().resume();
        }
        interest(SelectionKey.OP_WRITE, 0);
    }

    /** Sends an end of stream. Nothing is unsent at this point, because the {@link #source} is not read until all is sent. */
    final void finish() throws IOException {
        channel.shutdownOutput();
    }

    final void pause() {
        interest(SelectionKey.OP_READ, 0);
    }

    final void resume() {
        interest(0, SelectionKey.OP_READ);
    }

    private void interest(int without, int with) {
        if (key != null && key.isValid()) {
            key.interestOps((key.interestOps() & ~without) | with);
        }
    }

    final void close() {
        if (channel.isOpen()) {
            closeQuietly(channel);
            closed();
        }
    }

    static void closeQuietly(Channel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // The channel is closed anyway.
        }
    }
}
