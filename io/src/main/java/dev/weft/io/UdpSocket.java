package dev.weft.io;

import dev.weft.Awaitable;
import dev.weft.Loop;
import dev.weft.io.blocking.TimeLimit;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A UDP socket on a loop. Threads and failures are as with {@link SocketStream}. */
public final class UdpSocket implements AutoCloseable {
    private final DatagramChannel channel;
    private final Interest interest;
    private final String description;

    private UdpSocket(Loop loop, DatagramChannel channel) throws IOException {
        this.channel = channel;
        description = "udp socket on " + channel.getLocalAddress();
        interest = new Interest(loop, channel, this, SelectionKey.OP_READ, SelectionKey.OP_WRITE);
    }

    /** A socket on a free port of all addresses. */
    public static UdpSocket open() throws IOException {
        return bind(new InetSocketAddress(0));
    }

    /** A socket on {@code address}; port 0: one that is free. */
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

    /** Waits for a datagram, puts it into {@code target} (what does not fit is dropped), and gives the sender. */
    public SocketAddress receive(ByteBuffer target) throws IOException {
        return receive(target, null);
    }

    /**
     * As {@link #receive(ByteBuffer)}.
     *
     * @param timeout for how long at the most; null: without limit
     * @throws dev.weft.DeadlineExceeded when the time is up
     */
    public SocketAddress receive(ByteBuffer target, @Nullable Duration timeout) throws IOException {
        interest.begin(interest.in);
        if (interest.in.isWorthATry()) {
            SocketAddress sender = tryReceive(target);
            if (sender != null) {
                return sender;
            }
        }
        interest.in.occupy();
        try {
            TimeLimit limit = TimeLimit.of(timeout);
            SocketAddress sender;
            do {
                SocketStream.await(interest.in, limit);
                sender = tryReceive(target);
            } while (sender == null);
            return sender;
        } finally {
            interest.in.vacate();
        }
    }

    /** The explicit form of {@link #receive(ByteBuffer)}. */
    public Awaitable.Checked<SocketAddress, IOException> receiving(ByteBuffer target) {
        return new Transfer<>(interest.in, "datagram on " + this, null, () -> tryReceive(target));
    }

    private @Nullable SocketAddress tryReceive(ByteBuffer target) throws IOException {
        SocketAddress sender = channel.receive(target);
        if (sender == null) {
            interest.in.drained();
        } else {
            interest.in.used();
        }
        return sender;
    }

    /** Sends what remains in {@code source} as one datagram, waiting while the socket's buffer is full. */
    public void send(ByteBuffer source, SocketAddress receiver) throws IOException {
        send(source, receiver, null);
    }

    /**
     * As {@link #send(ByteBuffer, SocketAddress)}.
     *
     * @param timeout for how long at the most; null: without limit
     * @throws dev.weft.DeadlineExceeded when the time is up; nothing was sent
     */
    public void send(ByteBuffer source, SocketAddress receiver, @Nullable Duration timeout) throws IOException {
        interest.begin(interest.out);
        if (!trySend(source, receiver)) {
            interest.out.occupy();
            try {
                TimeLimit limit = TimeLimit.of(timeout);
                do {
                    SocketStream.await(interest.out, limit);
                } while (!trySend(source, receiver));
            } finally {
                interest.out.vacate();
            }
        }
    }

    /** The explicit form of {@link #send}: gives how many bytes were sent. */
    public Awaitable.Checked<Integer, IOException> sending(ByteBuffer source, SocketAddress receiver) {
        int size = source.remaining();
        return new Transfer<>(interest.out, "send by " + this, null, () -> trySend(source, receiver) ? size : null);
    }

    private boolean trySend(ByteBuffer source, SocketAddress receiver) throws IOException {
        boolean empty = !source.hasRemaining();
        if (channel.send(source, receiver) > 0 || empty) {
            interest.out.used();
            return true;
        }
        interest.out.drained();
        return false;
    }

    /** A datagram is there. */
    public Awaitable.Checked<@Nullable Void, IOException> readable() {
        return interest.in;
    }

    /** A datagram can be sent without waiting. */
    public Awaitable.Checked<@Nullable Void, IOException> writable() {
        return interest.out;
    }

    /** Sets an option of the socket. */
    public <T> void setOption(SocketOption<T> option, T value) throws IOException {
        interest.requireUsable();
        channel.setOption(option, value);
    }

    /** An option of the socket. */
    public <T> T option(SocketOption<T> option) throws IOException {
        interest.requireUsable();
        return channel.getOption(option);
    }

    /** Where it receives. */
    public InetSocketAddress localAddress() throws IOException {
        return (InetSocketAddress) channel.getLocalAddress();
    }

    /** Whether it has not been closed. */
    public boolean isOpen() {
        return interest.isOpen();
    }

    /** Closes it, as {@link SocketStream#close} does. */
    @Override
    public void close() {
        interest.close();
    }

    @Override
    public String toString() {
        return description;
    }
}
