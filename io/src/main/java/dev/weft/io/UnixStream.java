package dev.weft.io;

import dev.weft.Loop;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A Unix-domain socket connection. */
public final class UnixStream extends SocketStream {
    private final String description;

    UnixStream(Loop loop, SocketChannel channel, String description) {
        super(loop, channel);
        this.description = description;
    }

    /** Connects to the Unix-domain socket at {@code path}, without a timeout. */
    public static UnixStream connect(Path path) throws IOException {
        return connect(path, null);
    }

    /**
     * Connects to the Unix-domain socket at {@code path}.
     *
     * @param timeout the maximum time to wait; null for no limit
     * @throws java.net.SocketException if the path does not exist or no process is listening on it
     * @throws dev.weft.DeadlineExceeded if the timeout expires
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
