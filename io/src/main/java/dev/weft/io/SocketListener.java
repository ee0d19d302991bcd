package dev.weft.io;

import dev.weft.Awaitable;
import dev.weft.Loop;
import dev.weft.io.blocking.TimeLimit;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A socket that accepts connections, on a loop. Threads and failures are as with {@link SocketStream}.
 *
 * @param <S> what it accepts
 */
public abstract sealed class SocketListener<S extends SocketStream> implements AutoCloseable
        permits TcpListener, UnixListener {
    final ServerSocketChannel channel;
    private final Interest interest;

    SocketListener(Loop loop, ServerSocketChannel channel) {
        this.channel = channel;
        interest = new Interest(loop, channel, this, SelectionKey.OP_ACCEPT, 0);
    }

    abstract S streamOf(SocketChannel accepted) throws IOException;

    /** Waits for a connection. */
    public S accept() throws IOException {
        return accept(null);
    }

    /**
     * Waits for a connection.
     *
     * @param timeout for how long at the most; null: without limit
     * @throws dev.weft.DeadlineExceeded when the time is up
     */
    public S accept(@Nullable Duration timeout) throws IOException {
        return wrap(acceptChannel(timeout));
    }

    /** The explicit form of {@link #accept()}. */
    public Awaitable.Checked<S, IOException> accepting() {
        return new Transfer<>(interest.in, "connection to " + this, null, () -> {
            SocketChannel accepted = tryAccept();
            return accepted == null ? null : wrap(accepted);
        });
    }

    /** A connection is there to be accepted. */
    public Awaitable.Checked<@Nullable Void, IOException> acceptable() {
        return interest.in;
    }

    SocketChannel acceptChannel(@Nullable Duration timeout) throws IOException {
        interest.begin(interest.in);
        if (interest.in.isWorthATry()) {
            SocketChannel accepted = tryAccept();
            if (accepted != null) {
                return accepted;
            }
        }
        interest.in.occupy();
        try {
            TimeLimit limit = TimeLimit.of(timeout);
            SocketChannel accepted;
            do {
                SocketStream.await(interest.in, limit);
                accepted = tryAccept();
            } while (accepted == null);
            return accepted;
        } finally {
            interest.in.vacate();
        }
    }

    private @Nullable SocketChannel tryAccept() throws IOException {
        SocketChannel accepted = channel.accept();
        if (accepted == null) {
            interest.in.drained();
        } else {
            interest.in.used();
        }
        return accepted;
    }

    private S wrap(SocketChannel accepted) throws IOException {
        try {
            return streamOf(accepted);
        } catch (Throwable t) {
            accepted.close();
            throw t;
        }
    }

    /** Where it listens. */
    public SocketAddress localAddress() throws IOException {
        return channel.getLocalAddress();
    }

    /** Whether it has not been closed. */
    public boolean isOpen() {
        return interest.isOpen();
    }

    /** Closes it, as {@link SocketStream#close} does. Connections that were accepted stay. */
    @Override
    public void close() {
        interest.close();
    }

    @Override
    public abstract String toString();
}
