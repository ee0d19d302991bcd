package dev.weft.io;

import dev.weft.LoopGroup;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A builder for {@link UnixServer}s. Not thread-safe. */
public final class UnixServerBuilder {
    private final ServerSettings settings = new ServerSettings();
    private @Nullable Set<PosixFilePermission> permissions;

    UnixServerBuilder() {}

    /** Sets the maximum number of open connections; unlimited by default. */
    public UnixServerBuilder maxConnections(int count) {
        settings.maxConnections = ServerSettings.positive(count, "maxConnections");
        return this;
    }

    /**
     * Sets how many connections may wait in the operating system to be accepted; 1024 by default. The operating system has
     * its own limit, and refuses further ones at once.
     */
    public UnixServerBuilder backlog(int count) {
        settings.backlog = ServerSettings.positive(count, "backlog");
        return this;
    }

    /** Serves on all loops of {@code group}, as {@link TcpServer.Builder#loops} does. */
    public UnixServerBuilder loops(LoopGroup group) {
        settings.serveOn(group);
        return this;
    }

    /**
     * Sets who may connect: those who may write to the socket file. By default the process's umask decides. They are set
     * right after the socket is bound; if nobody else may connect even for that moment, put it in a directory that they
     * cannot enter.
     */
    public UnixServerBuilder permissions(Set<PosixFilePermission> allowed) {
        permissions = Set.copyOf(allowed);
        return this;
    }

    /**
     * Starts the server. Must be called by a greenlet.
     *
     * @throws java.net.BindException if {@code path} already exists
     * @throws UnsupportedOperationException if {@linkplain #permissions permissions} are set and the file system has none
     */
    public UnixServer start(Path path, StreamHandler<UnixStream> handler) throws IOException {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(handler, "handler");
        return new UnixServer(Acceptor.start(
                settings, home -> UnixListener.bind(home, path, settings.backlog, permissions), handler));
    }
}
