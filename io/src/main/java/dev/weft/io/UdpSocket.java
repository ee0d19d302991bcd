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

/** A UDP socket on a loop. The rules for threads and failures are those of {@link SocketStream}. */
public final class UdpSocket implements AutoCloseable {
    private static final Operation.InPass<UdpSocket, Datagram> RECEIVE = UdpSocket::tryReceive;

    private static final Operation<UdpSocket, Datagram> SEND = new Operation.InPass<>() {
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

    /** A datagram to send or receive: its contents, and its peer, which is unknown until a datagram has been received. */
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

    /** Opens a socket on a free port of the wildcard address. */
    public static UdpSocket open() throws IOException {
        return bind(new InetSocketAddress(0));
    }

    /** Opens a socket bound to {@code address}; port 0 selects a free port. */
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

    /** Waits for a datagram, copies it into {@code target} (discarding what does not fit), and returns the sender's address. */
    public SocketAddress receive(ByteBuffer target) throws IOException {
        return receive(target, null);
    }

    /**
     * Does the same as {@link #receive(ByteBuffer)}, with a timeout.
     *
     * @param timeout the maximum time to wait; null for no limit
     * @throws dev.weft.DeadlineExceeded if the timeout expires
     */
    public SocketAddress receive(ByteBuffer target, @Nullable Duration timeout) throws IOException {
        Datagram datagram = new Datagram(target, null);
        selected.in().perform(this, datagram, RECEIVE, timeout);
        return datagram.peer();
    }

    /** Returns the awaitable form of {@link #receive(ByteBuffer)}. */
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

    /** Sends the remaining bytes of {@code source} as one datagram, waiting while the socket's send buffer is full. */
    public void send(ByteBuffer source, SocketAddress receiver) throws IOException {
        send(source, receiver, null);
    }

    /**
     * Does the same as {@link #send(ByteBuffer, SocketAddress)}, with a timeout.
     *
     * @param timeout the maximum time to wait; null for no limit
     * @throws dev.weft.DeadlineExceeded if the timeout expires; nothing has been sent
     */
    public void send(ByteBuffer source, SocketAddress receiver, @Nullable Duration timeout) throws IOException {
        selected.out().perform(this, new Datagram(source, receiver), SEND, timeout);
    }

    /** Returns the awaitable form of {@link #send}. It completes with the number of bytes sent. */
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

    /** Returns an awaitable that completes when a datagram is available. */
    public Awaitable.Checked<@Nullable Void, IOException> readable() {
        return selected.in();
    }

    /** Returns an awaitable that completes when a datagram can be sent without waiting. */
    public Awaitable.Checked<@Nullable Void, IOException> writable() {
        return selected.out();
    }

    /** Sets a socket option. */
    public <T> void setOption(SocketOption<T> option, T value) throws IOException {
        selected.requireUsable();
        channel.setOption(option, value);
    }

    /** Returns the value of a socket option. */
    public <T> T option(SocketOption<T> option) throws IOException {
        selected.requireUsable();
        return channel.getOption(option);
    }

    /** Returns the local address to which this socket is bound. */
    public InetSocketAddress localAddress() throws IOException {
        return (InetSocketAddress) channel.getLocalAddress();
    }

    /** Returns whether this socket is open. */
    public boolean isOpen() {
        return selected.isOpen();
    }

    /** Closes this socket, as {@link SocketStream#close} does. */
    @Override
    public void close() {
        selected.close();
    }

    @Override
    public String toString() {
        return description;
    }
}
