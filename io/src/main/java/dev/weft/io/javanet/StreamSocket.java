package dev.weft.io.javanet;

import dev.weft.Cancelled;
import dev.weft.io.internal.ArrayWrapper;
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
final class StreamSocket extends AbstractSocket {
    private static final String RESET = "Connection reset";
    private static final int LARGEST_COPY = 128 * 1024; // NIO copies into a cached direct buffer of this size

    private static final SocketOperation<StreamSocket, InetSocketAddress> CONNECT = StreamSocket::tryConnect;
    private static final SocketOperation.PlainTransfer<StreamSocket, ByteBuffer> READ = StreamSocket::tryRead;
    private static final SocketOperation.PlainTransfer<StreamSocket, ByteBuffer> WRITE = StreamSocket::tryWrite;

    private static volatile @Nullable Set<SocketOption<?>>
            supported; // the same for all channels; set when the first is created

    private @Nullable SocketChannel channel;
    private final ArrayWrapper readWrapper = new ArrayWrapper(); // of the reader
    private final ArrayWrapper writeWrapper = new ArrayWrapper(); // of the writer
    private boolean wasReset; // the reader's: the system tells one of its loops or threads, once
    private boolean atEnd; // the reader's: once reached, the end is permanent, even after a close
    private volatile boolean outputShut;
    private volatile boolean isHalfClosed;
    private volatile @Nullable InputStream adaptor; // for available(), which channels lack

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

    /** Makes this the socket of an accepted connection. */
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
        in.lock();
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
            in.unlock();
        }
    }

    /** Returns {@code target}, or this host if {@code target} is the wildcard address. */
    private static InetSocketAddress reachable(InetSocketAddress target) throws UnknownHostException {
        return target.getAddress().isAnyLocalAddress()
                ? new InetSocketAddress(InetAddress.getLocalHost(), target.getPort())
                : target;
    }

    private void connectTo(InetSocketAddress target, int millis) throws IOException {
        beginConnect(target);
        ReadinessWait wait = readinessWait();
        wait.checkpoint();
        wait.become(Direction.OUT, SelectionKey.OP_CONNECT);
        long nanos = millis > 0 ? TimeUnit.MILLISECONDS.toNanos(millis) : ReadinessWait.FOREVER;
        if (wait.perform(Direction.OUT, this, target, CONNECT, nanos) == SocketOperation.AGAIN) {
            throw new SocketTimeoutException("Connect timed out");
        }
        wait.become(Direction.OUT, SelectionKey.OP_WRITE);
        endConnect();
    }

    private long tryConnect(ReadinessWait wait, InetSocketAddress target) throws IOException {
        if (channel().isConnectionPending()
                ? channel().finishConnect()
                : channel().connect(target)) {
            return 0;
        }
        wait.noteDrained(Direction.OUT);
        return SocketOperation.AGAIN;
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
        throw new SocketException("a stream socket cannot accept connections: " + connection);
    }

    @Override
    protected void listen(int backlog) throws IOException {
        throw new SocketException("a stream socket cannot listen");
    }

    @Override
    protected Set<SocketOption<?>> supportedOptions() {
        Set<SocketOption<?>> known = supported;
        if (known == null) {
            known = channel().supportedOptions().stream()
                    .filter(option -> !option.name().equals("SO_OOBINLINE")) // supported only by the adaptor
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

    @Override
    SocketChannel channel() {
        return Objects.requireNonNull(channel, "the socket has been created");
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

    /**
     * Closes the socket, as an interrupt does, because after a cancelled transfer it is unknown how much of a message has been
     * transferred. Scopes recognise the cancellation by the cause of the returned exception.
     */
    private SocketException closedBy(Cancelled cancellation) {
        close();
        return new SocketException("Closed by cancellation", cancellation);
    }

    private int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        long nanos = lockIn("Read timed out");
        try {
            if (atEnd) {
                return -1;
            }
            requireConnected();
            if (wasReset) {
                throw new SocketException(RESET);
            }
            int count = receive(readWrapper.wrap(bytes, offset, Math.min(length, LARGEST_COPY)), nanos);
            if (count < 0) {
                requireConnected(); // if the socket was closed, this is not the end of the stream
                atEnd = true;
            }
            return count;
        } catch (IOException e) {
            wasReset |= e instanceof SocketException && RESET.equals(e.getMessage());
            throw translated(e);
        } catch (Cancelled e) {
            throw closedBy(e);
        } finally {
            in.unlock();
        }
    }

    private int receive(ByteBuffer target, long nanos) throws IOException {
        ReadinessWait wait = readinessWait();
        wait.checkpoint();
        requireConnected(); // others may have run
        long count = wait.performIfWorthATry(Direction.IN, this, target, READ, nanos);
        if (count == SocketOperation.AGAIN) {
            throw new SocketTimeoutException("Read timed out");
        }
        return (int) count;
    }

    private long tryRead(ReadinessWait wait, ByteBuffer target) throws IOException {
        int room = target.remaining();
        int count = isHalfClosed ? channel().read(target) : wait.read(channel(), target);
        wait.noteTransfer(Direction.IN, count, room);
        return count == 0 ? SocketOperation.AGAIN : count;
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

    private void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return;
        }
        out.lock();
        try {
            requireConnected();
            ReadinessWait wait = readinessWait();
            wait.checkpoint();
            requireConnected(); // others may have run
            int end = offset + length;
            for (int at = offset; at < end; at += LARGEST_COPY) {
                ByteBuffer source = writeWrapper.wrap(bytes, at, Math.min(end - at, LARGEST_COPY));
                wait.perform(Direction.OUT, this, source, WRITE, ReadinessWait.FOREVER);
            }
        } catch (IOException e) {
            throw translatedWrite(e);
        } catch (Cancelled e) {
            throw closedBy(e);
        } finally {
            out.unlock();
        }
    }

    /** Translates the failure of a write. After a half-close, JDK sockets report a broken pipe but channels throw "closed". */
    private IOException translatedWrite(IOException failure) {
        return failure instanceof ClosedChannelException && outputShut && state == State.CONNECTED
                ? new SocketException("Broken pipe", failure)
                : translated(failure);
    }

    private long tryWrite(ReadinessWait wait, ByteBuffer source) throws IOException {
        if (isHalfClosed) {
            channel().write(source);
        } else {
            wait.write(channel(), source);
        }
        if (source.hasRemaining()) {
            wait.noteDrained(Direction.OUT);
            return SocketOperation.AGAIN;
        }
        wait.noteProgress(Direction.OUT);
        return 0;
    }

    @Override
    protected boolean supportsUrgentData() {
        return true;
    }

    @Override
    protected void sendUrgentData(int data) throws IOException {
        out.lock();
        try {
            requireConnected();
            channel().socket().sendUrgentData(data);
        } catch (ClosedChannelException | SocketException e) {
            throw translatedWrite(e);
        } catch (IOException e) { // how the adaptor reports a full buffer
            throw new SocketException("No buffer space available", e);
        } finally {
            out.unlock();
        }
    }

    @Override
    protected void shutdownInput() throws IOException {
        requireConnected();
        try {
            isHalfClosed = true;
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
            isHalfClosed = true;
            channel().shutdownOutput();
        } catch (IOException e) {
            throw translated(e);
        }
    }

    @Override
    protected InputStream getInputStream() {
        return new SocketInput();
    }

    @Override
    protected OutputStream getOutputStream() {
        return new SocketOutput();
    }

    private final class SocketInput extends InputStream {
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

    private final class SocketOutput extends OutputStream {
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
}
