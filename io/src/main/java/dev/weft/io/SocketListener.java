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
 * A socket that accepts connections on a loop. Threads and failures are as with {@link SocketStream}.
 *
 * @param <S> the kind of connection
 */
public abstract sealed class SocketListener<S extends SocketStream> implements AutoCloseable
        permits TcpListener, UnixListener {
    private static final Operation<SocketListener<?>, Accepted> ACCEPT = SocketListener::tryAccept;

    final ServerSocketChannel channel;
    private final SelectedChannel selected;

    SocketListener(Loop loop, ServerSocketChannel channel) {
        this.channel = channel;
        selected = new SelectedChannel(loop, channel, this, SelectionKey.OP_ACCEPT, 0);
    }

    abstract S streamOf(SocketChannel accepted) throws IOException;

    /** Waits for a connection and accepts it. */
    public S accept() throws IOException {
        return accept(null);
    }

    /**
     * Waits for a connection and accepts it.
     *
     * @param timeout how long to wait; null: without limit
     * @throws dev.weft.DeadlineExceeded when the time is up
     */
    public S accept(@Nullable Duration timeout) throws IOException {
        return wrap(acceptChannel(timeout));
    }

    /** The explicit form of {@link #accept()}. */
    public Awaitable.Checked<S, IOException> accepting() {
        Accepted accepted = new Accepted();
        return new PendingOperation<>(
                selected.in(), "connection to " + this, this, accepted, ACCEPT, done -> wrap(accepted.take()));
    }

    /** An awaitable that is done when there is a connection to accept. */
    public Awaitable.Checked<@Nullable Void, IOException> acceptable() {
        return selected.in();
    }

    SocketChannel acceptChannel(@Nullable Duration timeout) throws IOException {
        Accepted accepted = new Accepted();
        selected.in().perform(this, accepted, ACCEPT, timeout);
        return accepted.take();
    }

    /** Where an attempt puts what it has accepted. */
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

    /** The address on which it listens. */
    public SocketAddress localAddress() throws IOException {
        return channel.getLocalAddress();
    }

    /** Whether it has not been closed. */
    public boolean isOpen() {
        return selected.isOpen();
    }

    /** Closes it, as {@link SocketStream#close} does. Accepted connections stay open. */
    @Override
    public void close() {
        selected.close();
    }

    @Override
    public abstract String toString();
}
