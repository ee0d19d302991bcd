package dev.weft.io.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The implementation of a {@link java.net.ServerSocket}. */
sealed class ListenSocket extends NetSocket permits ForeignFactory.Seeing {
    private static final int BACKLOG = 50;

    private @Nullable ServerSocketChannel channel;
    private @Nullable InetSocketAddress toBind; // binding and listening are one for a channel

    @Override
    ServerSocketChannel channel() {
        return Objects.requireNonNull(channel, "the socket has been created");
    }

    @Override
    protected void create(boolean stream) throws IOException {
        if (!stream) {
            throw new IOException("Datagram socket creation not supported");
        }
        synchronized (this) {
            if (state != State.NEW) {
                throw new IOException("Already created");
            }
            ServerSocketChannel opened = ServerSocketChannel.open();
            try {
                adopt(opened, SelectionKey.OP_ACCEPT, 0);
            } catch (Throwable t) {
                opened.close();
                throw t;
            }
            channel = opened;
            state = State.UNCONNECTED;
        }
    }

    /** Takes effect with {@link #listen}, which {@link java.net.ServerSocket} calls next. */
    @Override
    protected void bind(InetAddress host, int wanted) throws IOException {
        synchronized (this) {
            requireOpen();
            if (toBind != null) {
                throw new SocketException("Already bound");
            }
            toBind = new InetSocketAddress(host, wanted);
        }
    }

    @Override
    protected void listen(int backlog) throws IOException {
        synchronized (this) {
            requireOpen();
            InetSocketAddress wanted = toBind;
            if (wanted == null) {
                throw new SocketException("Not bound");
            }
            try {
                channel().bind(wanted, backlog < 1 ? BACKLOG : backlog);
                localport = ((InetSocketAddress) channel().getLocalAddress()).getPort();
            } catch (IOException e) {
                toBind = null; // another try with another address may do
                throw translated(e);
            }
            address = wanted.getAddress();
        }
    }

    @Override
    protected void accept(SocketImpl connection) throws IOException {
        if (!(connection instanceof StreamSocket accepted) || accepted.state != State.NEW) {
            throw new SocketException("Not a newly created SocketImpl");
        }
        long nanos = Station.FOREVER;
        int millis = timeoutMillis;
        if (millis > 0) {
            nanos = in.take(TimeUnit.MILLISECONDS.toNanos(millis));
            if (nanos == 0) {
                throw new SocketTimeoutException("Accept timed out");
            }
        } else {
            in.take();
        }
        try {
            requireListening();
            accepted.accepted(accept(nanos));
        } catch (IOException e) {
            throw translated(e);
        } finally {
            in.end();
        }
    }

    private SocketChannel accept(long nanos) throws IOException {
        Station station = station();
        station.checkpoint();
        long begin = nanos == Station.FOREVER ? 0 : System.nanoTime();
        long left = nanos;
        if (station.isWorthATry(Way.IN)) {
            SocketChannel accepted = tryAccept(station);
            if (accepted != null) {
                return accepted;
            }
        }
        while (left > 0 && station.await(Way.IN, left)) {
            SocketChannel accepted = tryAccept(station);
            if (accepted != null) {
                return accepted;
            }
            left = nanos == Station.FOREVER ? nanos : nanos - (System.nanoTime() - begin);
        }
        throw new SocketTimeoutException("Accept timed out");
    }

    private @Nullable SocketChannel tryAccept(Station station) throws IOException {
        SocketChannel accepted = channel().accept();
        if (accepted == null) {
            station.drained(Way.IN);
        } else {
            station.used(Way.IN);
        }
        return accepted;
    }

    private void requireListening() throws SocketException {
        requireOpen();
        if (localport == 0) {
            throw new SocketException("Not bound");
        }
    }

    @Override
    protected Set<SocketOption<?>> supportedOptions() {
        return channel().supportedOptions();
    }

    // ---- what only a stream has
    // -----------------------------------------------------------------------------------

    @Override
    protected void connect(String host, int toPort) throws IOException {
        throw noStream("connect");
    }

    @Override
    protected void connect(InetAddress host, int toPort) throws IOException {
        throw noStream("connect");
    }

    @Override
    protected void connect(SocketAddress remote, int millis) throws IOException {
        throw noStream("connect");
    }

    @Override
    protected InputStream getInputStream() throws IOException {
        throw noStream("be read");
    }

    @Override
    protected OutputStream getOutputStream() throws IOException {
        throw noStream("be written");
    }

    @Override
    protected int available() throws IOException {
        throw noStream("be read");
    }

    @Override
    protected void sendUrgentData(int data) throws IOException {
        throw noStream("be written");
    }

    @Override
    boolean isUrgentDataInline() throws IOException {
        throw noStream("be read");
    }

    @Override
    void setUrgentDataInline(Boolean inline) throws IOException {
        throw noStream("be read");
    }

    private static SocketException noStream(String operation) {
        return new SocketException("a server socket cannot " + operation + "; its accepted connections can");
    }
}
