package dev.weft.io;

import dev.weft.Loop;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A Unix-domain connection. */
public final class UnixStream extends SocketStream {
    private final String description;

    UnixStream(Loop loop, SocketChannel channel, String description) {
        super(loop, channel);
        this.description = description;
    }

    /** Connects to the socket at {@code path}. */
    public static UnixStream connect(Path path) throws IOException {
        return connect(path, null);
    }

    /**
     * As {@link #connect(Path)}.
     *
     * @param timeout how long to wait; null: without limit
     * @throws java.net.SocketException if the path does not exist, or nobody listens there
     * @throws dev.weft.DeadlineExceeded when the time is up
     */
    public static UnixStream connect(Path path, @Nullable Duration timeout) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.configureBlocking(false);
            UnixStream stream = new UnixStream(Loop.current(), channel, "unix " + path);
            return Connector.within(timeout, path, () -> {
                Connector.connect(stream, UnixDomainSocketAddress.of(path), path);
                return stream;
            });
        } catch (Throwable t) {
            channel.close();
            throw t;
        }
    }

    @Override
    public String toString() {
        return description;
    }
}
