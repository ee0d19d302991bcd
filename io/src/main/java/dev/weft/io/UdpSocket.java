package dev.weft.io;

import dev.weft.Awaitable;
import dev.weft.Loop;
import dev.weft.io.selector.Operation;
import dev.weft.io.selector.PendingOperation;
import dev.weft.io.selector.SelectedChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A UDP socket on a loop. Threads and failures are as with {@link SocketStream}. */
public final class UdpSocket implements AutoCloseable {
    private static final Operation<UdpSocket, Datagram> RECEIVE = UdpSocket::tryReceive;

    private static final Operation<UdpSocket, Datagram> SEND = new Operation<>() {
        @Override
        public long attempt(UdpSocket socket, Datagram datagram) throws IOException {
            return socket.trySend(datagram);
        }

        @Override
        public boolean triesFirst(Datagram datagram) {
            return true;
        }
    };

    private final DatagramChannel channel;
    private final SelectedChannel selected;
    private final String description;

    private UdpSocket(Loop loop, DatagramChannel channel) throws IOException {
        this.channel = channel;
        description = "udp socket on " + channel.getLocalAddress();
        selected = new SelectedChannel(loop, channel, this, SelectionKey.OP_READ, SelectionKey.OP_WRITE);
    }

    /** A datagram to be sent or received: its contents, and its peer, which is unknown until it was received. */
    private static final class Datagram {
        private final ByteBuffer contents;
        private @Nullable SocketAddress peer;

        Datagram(ByteBuffer contents, @Nullable SocketAddress peer) {
            this.contents = contents;
            this.peer = peer;
        }

        SocketAddress peer() {
            return Objects.requireNonNull(peer, "nothing was received");
        }
    }

    /** A socket on a free port of the wildcard address. */
    public static UdpSocket open() throws IOException {
        return bind(new InetSocketAddress(0));
    }

    /** A socket on {@code address}; port 0 stands for a free one. */
    public static UdpSocket bind(InetSocketAddress address) throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        try {
            channel.configureBlocking(false);
            channel.bind(address);
            return new UdpSocket(Loop.current(), channel);
        } catch (Throwable t) {
            channel.close();
            throw t;
        }
    }

    /** Waits for a datagram, puts it into {@code target} (what does not fit is dropped), and returns the sender. */
    public SocketAddress receive(ByteBuffer target) throws IOException {
        return receive(target, null);
    }

    /**
     * As {@link #receive(ByteBuffer)}.
     *
     * @param timeout how long to wait; null: without limit
     * @throws dev.weft.DeadlineExceeded when the time is up
     */
    public SocketAddress receive(ByteBuffer target, @Nullable Duration timeout) throws IOException {
        Datagram datagram = new Datagram(target, null);
        selected.in().perform(this, datagram, RECEIVE, timeout);
        return datagram.peer();
    }

    /** The explicit form of {@link #receive(ByteBuffer)}. */
    public Awaitable.Checked<SocketAddress, IOException> receiving(ByteBuffer target) {
        Datagram datagram = new Datagram(target, null);
        return new PendingOperation<>(
                selected.in(), "datagram on " + this, this, datagram, RECEIVE, done -> datagram.peer());
    }

    private long tryReceive(Datagram datagram) throws IOException {
        datagram.peer = channel.receive(datagram.contents);
        if (datagram.peer == null) {
            selected.in().noteDrained();
            return Operation.AGAIN;
        }
        selected.in().noteProgress();
        return 1;
    }

    /** Sends what remains in {@code source} as one datagram, waiting while the socket's buffer is full. */
    public void send(ByteBuffer source, SocketAddress receiver) throws IOException {
        send(source, receiver, null);
    }

    /**
     * As {@link #send(ByteBuffer, SocketAddress)}.
     *
     * @param timeout how long to wait; null: without limit
     * @throws dev.weft.DeadlineExceeded when the time is up; nothing was sent
     */
    public void send(ByteBuffer source, SocketAddress receiver, @Nullable Duration timeout) throws IOException {
        selected.out().perform(this, new Datagram(source, receiver), SEND, timeout);
    }

    /** The explicit form of {@link #send}; its result is the number of bytes sent. */
    public Awaitable.Checked<Integer, IOException> sending(ByteBuffer source, SocketAddress receiver) {
        return new PendingOperation<>(
                selected.out(), "send by " + this, this, new Datagram(source, receiver), SEND, size -> (int) size);
    }

    private long trySend(Datagram datagram) throws IOException {
        int size = datagram.contents.remaining();
        if (channel.send(datagram.contents, datagram.peer()) > 0 || size == 0) {
            selected.out().noteProgress();
            return size;
        }
        selected.out().noteDrained();
        return Operation.AGAIN;
    }

    /** An awaitable that is done when there is a datagram to receive. */
    public Awaitable.Checked<@Nullable Void, IOException> readable() {
        return selected.in();
    }

    /** An awaitable that is done when a datagram can be sent without waiting. */
    public Awaitable.Checked<@Nullable Void, IOException> writable() {
        return selected.out();
    }

    /** Sets an option of the socket. */
    public <T> void setOption(SocketOption<T> option, T value) throws IOException {
        selected.requireUsable();
        channel.setOption(option, value);
    }

    /** The value of an option of the socket. */
    public <T> T option(SocketOption<T> option) throws IOException {
        selected.requireUsable();
        return channel.getOption(option);
    }

    /** The address on which it receives. */
    public InetSocketAddress localAddress() throws IOException {
        return (InetSocketAddress) channel.getLocalAddress();
    }

    /** Whether it has not been closed. */
    public boolean isOpen() {
        return selected.isOpen();
    }

    /** Closes it, as {@link SocketStream#close} does. */
    @Override
    public void close() {
        selected.close();
    }

    @Override
    public String toString() {
        return description;
    }
}
