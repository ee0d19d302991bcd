package dev.weft.io.net;

import dev.weft.Cancelled;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The implementation of a {@link java.net.Socket}: how it comes to be connected, and its options. */
final class StreamSocket extends ConnectedSocket {
    private static volatile @Nullable Set<SocketOption<?>> supported; // the same for all; known with the first channel

    // ---- making
    // ---------------------------------------------------------------------------------------------------

    @Override
    protected void create(boolean stream) throws IOException {
        if (!stream) {
            throw new IOException("Datagram socket creation not supported");
        }
        synchronized (this) {
            if (state != State.NEW) {
                throw new IOException("Already created");
            }
            hold(SocketChannel.open());
            state = State.UNCONNECTED;
        }
    }

    /** This is the socket of a connection that was accepted. */
    void accepted(SocketChannel connection) throws IOException {
        synchronized (this) {
            hold(connection);
            InetSocketAddress peer = (InetSocketAddress) connection.getRemoteAddress();
            InetSocketAddress local = (InetSocketAddress) connection.getLocalAddress();
            address = peer.getAddress();
            port = peer.getPort();
            localport = local.getPort();
            state = State.CONNECTED;
        }
    }

    private void hold(SocketChannel held) throws IOException {
        try {
            adopt(held, SelectionKey.OP_READ, SelectionKey.OP_WRITE);
            use(held);
        } catch (Throwable t) {
            held.close();
            throw t;
        }
    }

    @Override
    protected void bind(InetAddress host, int wanted) throws IOException {
        synchronized (this) {
            requireOpen();
            if (localport != 0) {
                throw new SocketException("Already bound");
            }
            try {
                channel().bind(new InetSocketAddress(host, wanted));
                localport = ((InetSocketAddress) channel().getLocalAddress()).getPort();
            } catch (IOException e) {
                throw translated(e);
            }
            address = host;
        }
    }

    // ---- connecting
    // -----------------------------------------------------------------------------------------------

    @Override
    protected void connect(String host, int toPort) throws IOException {
        connect(new InetSocketAddress(InetAddress.getByName(host), toPort), 0);
    }

    @Override
    protected void connect(InetAddress host, int toPort) throws IOException {
        connect(new InetSocketAddress(host, toPort), 0);
    }

    @Override
    protected void connect(SocketAddress remote, int millis) throws IOException {
        if (!(remote instanceof InetSocketAddress target)) {
            throw new IOException("Unsupported address type");
        }
        if (target.isUnresolved()) {
            throw new UnknownHostException(target.getHostString());
        }
        in.take();
        try {
            connectTo(reachable(target), millis);
        } catch (InterruptedIOException e) {
            close();
            throw e instanceof SocketTimeoutException ? e : new SocketException("Closed by interrupt", e);
        } catch (IOException e) {
            IOException translated = state == State.CLOSED ? closedException(e) : e;
            close();
            throw translated;
        } catch (Cancelled e) {
            throw closedBy(e);
        } catch (Throwable t) {
            close();
            throw t;
        } finally {
            in.end();
        }
    }

    /** {@code target}; where that is the wildcard address, this host. */
    private static InetSocketAddress reachable(InetSocketAddress target) throws UnknownHostException {
        return target.getAddress().isAnyLocalAddress()
                ? new InetSocketAddress(InetAddress.getLocalHost(), target.getPort())
                : target;
    }

    private void connectTo(InetSocketAddress target, int millis) throws IOException {
        beginConnect(target);
        Station station = station();
        station.checkpoint();
        station.become(Way.OUT, SelectionKey.OP_CONNECT);
        long begin = System.nanoTime();
        if (!channel().connect(target)) {
            do {
                station.drained(Way.OUT);
                long nanos = Station.FOREVER;
                if (millis > 0) {
                    nanos = TimeUnit.MILLISECONDS.toNanos(millis) - (System.nanoTime() - begin);
                }
                if (nanos <= 0 || !station.await(Way.OUT, nanos)) {
                    throw new SocketTimeoutException("Connect timed out");
                }
            } while (!channel().finishConnect());
        }
        station.become(Way.OUT, SelectionKey.OP_WRITE);
        endConnect();
    }

    private synchronized void beginConnect(InetSocketAddress target) throws SocketException {
        state = switch (state) {
            case UNCONNECTED -> State.CONNECTING;
            case NEW -> throw new SocketException("Not created");
            case CONNECTING -> throw new SocketException("Connection in progress");
            case CONNECTED -> throw new SocketException("Already connected");
            case CLOSED -> throw closedException(null);
        };
        address = target.getAddress();
        port = target.getPort();
    }

    private synchronized void endConnect() throws IOException {
        requireOpen();
        localport = ((InetSocketAddress) channel().getLocalAddress()).getPort();
        state = State.CONNECTED;
    }

    @Override
    protected void accept(SocketImpl connection) throws IOException {
        throw new SocketException("a stream socket does not accept: " + connection);
    }

    @Override
    protected void listen(int backlog) throws IOException {
        throw new SocketException("a stream socket does not listen");
    }

    // ---- options
    // --------------------------------------------------------------------------------------------------

    @Override
    protected Set<SocketOption<?>> supportedOptions() {
        Set<SocketOption<?>> known = supported;
        if (known == null) {
            known = channel().supportedOptions().stream()
                    .filter(option -> !option.name().equals("SO_OOBINLINE")) // of the adaptor only
                    .collect(Collectors.toUnmodifiableSet());
            supported = known;
        }
        return known;
    }

    @Override
    boolean isUrgentDataInline() throws IOException {
        return channel().socket().getOOBInline();
    }

    @Override
    void setUrgentDataInline(Boolean inline) throws IOException {
        channel().socket().setOOBInline(inline);
    }
}
