package dev.weft.io.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The implementation of a {@link java.net.Socket}. */
final class StreamSocket extends NetSocket {
    private static final int LARGEST_COPY = 128 * 1024; // NIO copies into a cached direct buffer of this size

    private static volatile @Nullable Set<SocketOption<?>> supported; // the same for all; known with the first channel

    private @Nullable SocketChannel channel;
    private final Wrapper readWrapper = new Wrapper(); // of the reader
    private final Wrapper writeWrapper = new Wrapper(); // of the writer
    private boolean atEnd; // of the reader: once it has seen the end it does so for ever, even after a close
    private volatile boolean outputShut;
    private volatile @Nullable InputStream adaptor; // whose available() the channel itself has not

    // ---- making
    // ---------------------------------------------------------------------------------------------------

    @Override
    SocketChannel channel() {
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
            channel = held;
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
        connect(Lookups.address(host, toPort), 0);
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
            connectTo(Lookups.reachable(target), millis);
        } catch (InterruptedIOException e) {
            close();
            throw e instanceof SocketTimeoutException ? e : new SocketException("Closed by interrupt", e);
        } catch (IOException e) {
            IOException translated = state == State.CLOSED ? closedException(e) : e;
            close();
            throw translated;
        } catch (Throwable t) {
            close();
            throw t;
        } finally {
            in.end();
        }
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

    private void requireConnected() throws SocketException {
        State now = state;
        if (now == State.CLOSED) {
            throw closedException(null);
        }
        if (now != State.CONNECTED) {
            throw new SocketException("Not connected");
        }
    }

    @Override
    protected void accept(SocketImpl connection) throws IOException {
        throw new SocketException("a stream socket does not accept: " + connection);
    }

    @Override
    protected void listen(int backlog) throws IOException {
        throw new SocketException("a stream socket does not listen");
    }

    // ---- reading
    // --------------------------------------------------------------------------------------------------

    private int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        long nanos = Station.FOREVER;
        int millis = timeoutMillis;
        if (millis > 0) {
            nanos = in.take(TimeUnit.MILLISECONDS.toNanos(millis));
            if (nanos == 0) {
                throw new SocketTimeoutException("Read timed out");
            }
        } else {
            in.take();
        }
        try {
            if (atEnd) {
                return -1;
            }
            requireConnected();
            int count = receive(readWrapper.wrap(bytes, offset, Math.min(length, LARGEST_COPY)), nanos);
            if (count < 0) {
                requireConnected(); // or it is not the peer's end that was seen, but the close
                atEnd = true;
            }
            return count;
        } catch (IOException e) {
            throw translated(e);
        } finally {
            in.end();
        }
    }

    private int receive(ByteBuffer target, long nanos) throws IOException {
        Station station = station();
        station.checkpoint();
        if (station.isWorthATry(Way.IN)) {
            int count = tryRead(station, target);
            if (count != 0) {
                return count;
            }
        }
        return nanos == Station.FOREVER ? receiveLater(station, target) : receiveIn(station, target, nanos);
    }

    private int receiveLater(Station station, ByteBuffer target) throws IOException {
        int count;
        do {
            station.await(Way.IN, Station.FOREVER);
            count = tryRead(station, target);
        } while (count == 0);
        return count;
    }

    private int receiveIn(Station station, ByteBuffer target, long nanos) throws IOException {
        long begin = System.nanoTime();
        long left = nanos;
        while (left > 0 && station.await(Way.IN, left)) {
            int count = tryRead(station, target);
            if (count != 0) {
                return count;
            }
            left = nanos - (System.nanoTime() - begin);
        }
        throw new SocketTimeoutException("Read timed out");
    }

    private int tryRead(Station station, ByteBuffer target) throws IOException {
        int room = target.remaining();
        int count = channel().read(target);
        if (count >= 0 && count < room) {
            station.drained(Way.IN);
        } else if (count > 0) {
            station.used(Way.IN);
        }
        return count;
    }

    @Override
    protected int available() throws IOException {
        requireConnected();
        try {
            InputStream view = adaptor;
            if (view == null) {
                if (channel().socket().isInputShutdown()) {
                    return 0;
                }
                view = channel().socket().getInputStream();
                adaptor = view;
            }
            return view.available();
        } catch (IOException e) {
            throw translated(e);
        }
    }

    // ---- writing
    // --------------------------------------------------------------------------------------------------

    private void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return;
        }
        out.take();
        try {
            requireConnected();
            Station station = station();
            station.checkpoint();
            int end = offset + length;
            for (int at = offset; at < end; at += LARGEST_COPY) {
                send(station, writeWrapper.wrap(bytes, at, Math.min(end - at, LARGEST_COPY)));
            }
        } catch (IOException e) {
            throw translatedWrite(e);
        } finally {
            out.end();
        }
    }

    /** A write after the half-close fails in the system, but the channel has another word for it. */
    private IOException translatedWrite(IOException failure) {
        return failure instanceof ClosedChannelException && outputShut && state == State.CONNECTED
                ? new SocketException("Broken pipe", failure)
                : translated(failure);
    }

    private void send(Station station, ByteBuffer source) throws IOException {
        channel().write(source);
        while (source.hasRemaining()) {
            station.drained(Way.OUT);
            station.await(Way.OUT, Station.FOREVER);
            channel().write(source);
        }
        station.used(Way.OUT);
    }

    @Override
    protected boolean supportsUrgentData() {
        return true;
    }

    @Override
    protected void sendUrgentData(int data) throws IOException {
        out.take();
        try {
            requireConnected();
            channel().socket().sendUrgentData(data);
        } catch (ClosedChannelException | SocketException e) {
            throw translatedWrite(e);
        } catch (IOException e) { // the adaptor's word for it
            throw new SocketException("No buffer space available", e);
        } finally {
            out.end();
        }
    }

    // ---- half-close, streams, options
    // -----------------------------------------------------------------------------

    @Override
    protected void shutdownInput() throws IOException {
        requireConnected();
        try {
            channel().shutdownInput();
        } catch (IOException e) {
            throw translated(e);
        }
    }

    @Override
    protected void shutdownOutput() throws IOException {
        requireConnected();
        outputShut = true;
        try {
            channel().shutdownOutput();
        } catch (IOException e) {
            throw translated(e);
        }
    }

    @Override
    protected InputStream getInputStream() {
        return new Input();
    }

    @Override
    protected OutputStream getOutputStream() {
        return new Output();
    }

    private final class Input extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return StreamSocket.this.read(bytes, offset, length);
        }

        @Override
        public int available() throws IOException {
            return StreamSocket.this.available();
        }

        @Override
        public void close() {
            StreamSocket.this.close();
        }
    }

    private final class Output extends OutputStream {
        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            StreamSocket.this.write(bytes, offset, length);
        }

        @Override
        public void close() {
            StreamSocket.this.close();
        }
    }

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
