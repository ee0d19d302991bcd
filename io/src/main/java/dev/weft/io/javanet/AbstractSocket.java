package dev.weft.io.javanet;

import dev.weft.lowlevel.Suspension;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.ref.Cleaner;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.SocketOptions;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The common base of the implementations of {@link java.net.Socket} and {@link java.net.ServerSocket}: a state, options, and a
 * channel that greenlets of any loop and other threads can wait for. Any thread.
 *
 * <p>Messages are those of the JDK's implementation, because some programs depend on them.
 */
abstract sealed class AbstractSocket extends SocketImpl permits StreamSocket, ListeningSocket {
    private static final Cleaner CLEANER = Cleaner.create();

    /**
     * <pre>
     * NEW         -> UNCONNECTED  create
     * NEW         -> CONNECTED    accept
     * UNCONNECTED -> CONNECTING   connect
     * CONNECTING  -> CONNECTED    connection established
     * any         -> CLOSED       close, a failed connect, an interrupt
     * </pre>
     */
    enum State {
        NEW,
        UNCONNECTED,
        CONNECTING,
        CONNECTED,
        CLOSED
    }

    final DirectionLock in = new DirectionLock(); // also for accept and connect
    final DirectionLock out = new DirectionLock();
    volatile State state = State.NEW; // written while synchronized on this
    volatile int timeoutMillis; // for reads and accepts; 0 means none
    private volatile boolean lingers; // SO_LINGER is above 0
    private @Nullable SharedChannel shared;
    private Cleaner.@Nullable Cleanable cleanable;

    /** Returns the channel. The socket must have been created. */
    abstract NetworkChannel channel();

    /**
     * Takes ownership of {@code channel}, which is closed no later than when this object becomes unreachable.
     */
    final void adopt(SelectableChannel channel, int inOperation, int outOperation) throws IOException {
        SharedChannel adopted = new SharedChannel(channel, inOperation, outOperation);
        shared = adopted;
        cleanable = CLEANER.register(this, adopted);
    }

    /** Returns the object by which the caller can wait for the channel. */
    final ReadinessWait readinessWait() throws IOException {
        SharedChannel present = shared;
        if (present == null) {
            throw new SocketException("Socket not created");
        }
        return present.readinessWait();
    }

    /**
     * Locks the inbound direction, waiting at most {@code SO_TIMEOUT}. Returns the remaining nanoseconds.
     *
     * @throws SocketTimeoutException with the message {@code timedOut} if the lock is not acquired in time
     */
    final long lockIn(String timedOut) throws SocketTimeoutException {
        int millis = timeoutMillis;
        if (millis == 0) {
            in.lock();
            return ReadinessWait.FOREVER;
        }
        long left = in.tryLock(TimeUnit.MILLISECONDS.toNanos(millis));
        if (left == 0) {
            throw new SocketTimeoutException(timedOut);
        }
        return left;
    }

    final void requireOpen() throws SocketException {
        State now = state;
        if (now == State.NEW) {
            throw new SocketException("Socket not created");
        }
        if (now == State.CLOSED) {
            throw closedException(null);
        }
    }

    /** Returns the exception to throw for an operation that failed with {@code failure}. */
    final IOException translated(IOException failure) {
        if (state == State.CLOSED) {
            return closedException(failure);
        }
        if (failure instanceof SocketException || failure instanceof InterruptedIOException) {
            return failure; // java.net.Socket turns an interrupt into a close
        }
        SocketException translated = new SocketException(failure.getMessage(), failure);
        translated.setStackTrace(failure.getStackTrace());
        return translated;
    }

    /** Returns the exception for a closed socket. {@code cause}, if not null, may have been created by the closer. */
    static SocketException closedException(@Nullable IOException cause) {
        return new SocketException("Socket closed", cause);
    }

    @Override
    protected final void close() {
        Cleaner.Cleanable present;
        synchronized (this) {
            state = State.CLOSED;
            present = cleanable;
            cleanable = null;
        }
        if (present != null) {
            if (lingers && Suspension.isOnLoop()) {
                forgoLingering();
            }
            present.clean();
        }
    }

    /**
     * Disables lingering, which would block the closing thread, here the loop's. The operating system delivers the data anyway.
     */
    private void forgoLingering() {
        try {
            channel().setOption(StandardSocketOptions.SO_LINGER, -1);
        } catch (IOException e) {
            // The connection was reset, so there is nothing to deliver.
        }
    }

    @Override
    protected abstract Set<SocketOption<?>> supportedOptions();

    @Override
    protected final <T> void setOption(SocketOption<T> option, T value) throws IOException {
        requireSupported(option);
        if (!option.type().isInstance(value)) {
            throw new IllegalArgumentException("Invalid value '" + value + "'");
        }
        requireOpen();
        try {
            channel().setOption(option, value);
        } catch (IOException e) {
            throw translated(e);
        }
        if (option.equals(StandardSocketOptions.SO_LINGER)) {
            lingers = (Integer) value > 0;
        }
    }

    @Override
    protected final <T> T getOption(SocketOption<T> option) throws IOException {
        requireSupported(option);
        requireOpen();
        try {
            return channel().getOption(option);
        } catch (IOException e) {
            throw translated(e);
        }
    }

    private void requireSupported(SocketOption<?> option) {
        if (!supportedOptions().contains(option)) {
            throw new UnsupportedOperationException("'" + option + "' not supported");
        }
    }

    @Override
    public final void setOption(int option, Object value) throws SocketException {
        requireOpen();
        try {
            switch (option) {
                case SocketOptions.SO_TIMEOUT -> timeoutMillis = natural(value, "SO_TIMEOUT");
                case SocketOptions.SO_LINGER ->
                    setOption(
                            StandardSocketOptions.SO_LINGER,
                            value.equals(false) ? Integer.valueOf(-1) : number(value, "SO_LINGER"));
                case SocketOptions.SO_OOBINLINE -> setUrgentDataInline(flag(value, "SO_OOBINLINE"));
                case SocketOptions.IP_TOS -> setOption(StandardSocketOptions.IP_TOS, number(value, "IP_TOS"));
                case SocketOptions.TCP_NODELAY ->
                    setOption(StandardSocketOptions.TCP_NODELAY, flag(value, "TCP_NODELAY"));
                case SocketOptions.SO_SNDBUF -> setOption(StandardSocketOptions.SO_SNDBUF, size(value, "SO_SNDBUF"));
                case SocketOptions.SO_RCVBUF -> setOption(StandardSocketOptions.SO_RCVBUF, size(value, "SO_RCVBUF"));
                case SocketOptions.SO_KEEPALIVE ->
                    setOption(StandardSocketOptions.SO_KEEPALIVE, flag(value, "SO_KEEPALIVE"));
                case SocketOptions.SO_REUSEADDR ->
                    setOption(StandardSocketOptions.SO_REUSEADDR, flag(value, "SO_REUSEADDR"));
                case SocketOptions.SO_REUSEPORT ->
                    setOption(StandardSocketOptions.SO_REUSEPORT, flag(value, "SO_REUSEPORT"));
                default -> throw new SocketException("Unknown option " + option);
            }
        } catch (IllegalArgumentException | UnsupportedOperationException | IOException e) {
            throw asSocketException(e);
        }
    }

    @Override
    public final Object getOption(int option) throws SocketException {
        requireOpen();
        try {
            return switch (option) {
                case SocketOptions.SO_TIMEOUT -> timeoutMillis;
                case SocketOptions.SO_LINGER -> {
                    Integer seconds = getOption(StandardSocketOptions.SO_LINGER);
                    yield seconds < 0 ? (Object) false : seconds; // as in the JDK's implementation
                }
                case SocketOptions.SO_OOBINLINE -> isUrgentDataInline();
                case SocketOptions.SO_BINDADDR -> localAddress();
                case SocketOptions.IP_TOS -> getOption(StandardSocketOptions.IP_TOS);
                case SocketOptions.TCP_NODELAY -> getOption(StandardSocketOptions.TCP_NODELAY);
                case SocketOptions.SO_SNDBUF -> getOption(StandardSocketOptions.SO_SNDBUF);
                case SocketOptions.SO_RCVBUF -> getOption(StandardSocketOptions.SO_RCVBUF);
                case SocketOptions.SO_KEEPALIVE -> getOption(StandardSocketOptions.SO_KEEPALIVE);
                case SocketOptions.SO_REUSEADDR -> getOption(StandardSocketOptions.SO_REUSEADDR);
                case SocketOptions.SO_REUSEPORT -> getOption(StandardSocketOptions.SO_REUSEPORT);
                default -> throw new SocketException("Unknown option " + option);
            };
        } catch (UnsupportedOperationException | IOException e) {
            throw asSocketException(e);
        }
    }

    /** Returns whether urgent data is received in the stream. Channels have no such option. */
    abstract boolean isUrgentDataInline() throws IOException;

    abstract void setUrgentDataInline(Boolean inline) throws IOException;

    private InetAddress localAddress() throws IOException {
        InetSocketAddress local = (InetSocketAddress) channel().getLocalAddress();
        return local == null ? new InetSocketAddress(0).getAddress() : local.getAddress();
    }

    private static SocketException asSocketException(Exception failure) {
        return failure instanceof SocketException already
                ? already
                : new SocketException(failure.getMessage(), failure);
    }

    private static Integer number(Object value, String option) throws SocketException {
        if (value instanceof Integer number) {
            return number;
        }
        throw new SocketException("Bad value for " + option);
    }

    private static Integer natural(Object value, String option) throws SocketException {
        Integer number = number(value, option);
        if (number < 0) {
            throw new IllegalArgumentException("timeout < 0");
        }
        return number;
    }

    private static Integer size(Object value, String option) throws SocketException {
        Integer number = number(value, option);
        if (number <= 0) {
            throw new SocketException(option + " <= 0");
        }
        return number;
    }

    private static Boolean flag(Object value, String option) throws SocketException {
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw new SocketException("Bad value for " + option);
    }
}
