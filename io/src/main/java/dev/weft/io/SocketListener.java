package dev.weft.io;

import dev.weft.Awaitable;
import dev.weft.Loop;
import dev.weft.io.selector.Operation;
import dev.weft.io.selector.PendingOperation;
import dev.weft.io.selector.SelectedChannel;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A socket that accepts connections on a loop. The rules for threads and failures are those of {@link SocketStream}.
 *
 * @param <S> the type of the accepted connections
 */
public abstract sealed class SocketListener<S extends SocketStream> implements AutoCloseable
        permits TcpListener, UnixListener {
    /** How many connections may wait to be accepted by default. If more do, the system refuses Unix-domain ones at once. */
    static final int BACKLOG = 1024;

    private static final Operation.InPass<SocketListener<?>, Accepted> ACCEPT = SocketListener::tryAccept;

    final ServerSocketChannel channel;
    private final SelectedChannel selected;

    SocketListener(Loop loop, ServerSocketChannel channel) {
        this.channel = channel;
        selected = new SelectedChannel(loop, channel, this, SelectionKey.OP_ACCEPT, 0);
    }

    abstract S streamOf(SocketChannel accepted) throws IOException;

    /** Names {@code accepted}, for logs and lists of greenlets. */
    abstract String nameOf(SocketChannel accepted) throws IOException;

    /** Waits for a connection and accepts it, without a timeout. */
    public S accept() throws IOException {
        return accept(null);
    }

    /**
     * Waits for a connection and accepts it.
     *
     * @param timeout the maximum time to wait; null for no limit
     * @throws dev.weft.DeadlineExceeded if the timeout expires
     */
    public S accept(@Nullable Duration timeout) throws IOException {
        return wrap(acceptChannel(timeout));
    }

    /** Returns the awaitable form of {@link #accept()}. */
    public Awaitable.Checked<S, IOException> accepting() {
        Accepted accepted = new Accepted();
        return new PendingOperation<>(
                selected.in(), "connection to " + this, this, accepted, ACCEPT, done -> wrap(accepted.take()));
    }

    /** Returns an awaitable that completes when a connection is waiting to be accepted. */
    public Awaitable.Checked<@Nullable Void, IOException> acceptable() {
        return selected.in();
    }

    SocketChannel acceptChannel(@Nullable Duration timeout) throws IOException {
        Accepted accepted = new Accepted();
        selected.in().perform(this, accepted, ACCEPT, timeout);
        return accepted.take();
    }

    /** Holds the channel that an attempt has accepted. */
    private static final class Accepted {
        private @Nullable SocketChannel channel;

        SocketChannel take() {
            return Objects.requireNonNull(channel, "nothing was accepted");
        }
    }

    private static long tryAccept(SocketListener<?> listener, Accepted accepted) throws IOException {
        accepted.channel = listener.channel.accept();
        if (accepted.channel == null) {
            listener.selected.in().noteDrained();
            return Operation.AGAIN;
        }
        listener.selected.in().noteProgress();
        return 1;
    }

    private S wrap(SocketChannel accepted) throws IOException {
        try {
            return streamOf(accepted);
        } catch (Throwable t) {
            accepted.close();
            throw t;
        }
    }

    /** Returns the local address to which this listener is bound. */
    public SocketAddress localAddress() throws IOException {
        return channel.getLocalAddress();
    }

    /** Returns whether this listener is open. */
    public boolean isOpen() {
        return selected.isOpen();
    }

    /** Closes this listener, as {@link SocketStream#close} does. Accepted connections stay open. */
    @Override
    public void close() {
        selected.close();
    }

    @Override
    public abstract String toString();
}
