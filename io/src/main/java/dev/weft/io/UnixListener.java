package dev.weft.io;

import dev.weft.Loop;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A listener for Unix-domain connections. Closing it removes the socket file. */
public final class UnixListener extends SocketListener<UnixStream> {
    private final Path path;

    private UnixListener(Loop loop, ServerSocketChannel channel, Path path) {
        super(loop, channel);
        this.path = path;
    }

    /**
     * Listens at {@code path}, with a backlog of 1024.
     *
     * @throws java.net.BindException if the path already exists
     */
    public static UnixListener bind(Path path) throws IOException {
        return bind(Loop.current(), path, BACKLOG, null);
    }

    /** Listens at {@code path} for greenlets of {@code loop}; null permissions are those that the umask leaves. Any thread. */
    static UnixListener bind(Loop loop, Path path, int backlog, @Nullable Set<PosixFilePermission> permissions)
            throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.configureBlocking(false);
            channel.bind(UnixDomainSocketAddress.of(path), backlog);
            UnixListener listener = new UnixListener(loop, channel, path);
            if (permissions != null) {
                restrict(listener, permissions);
            }
            return listener;
        } catch (java.net.BindException e) {
            channel.close();
            java.net.BindException named = new java.net.BindException("cannot listen at " + path + ": " + e.getMessage()
                    + (Files.exists(path) ? "; if no process listens there any more, delete the file" : ""));
            named.initCause(e);
            throw named;
        } catch (Throwable t) {
            channel.close();
            throw t;
        }
    }

    private static void restrict(UnixListener listener, Set<PosixFilePermission> permissions) throws IOException {
        try {
            Files.setPosixFilePermissions(listener.path, permissions);
        } catch (Throwable t) {
            listener.close();
            throw t;
        }
    }

    @Override
    UnixStream streamOf(SocketChannel accepted) throws IOException {
        accepted.configureBlocking(false);
        return new UnixStream(Loop.current(), accepted, "unix connection of " + path);
    }

    @Override
    String nameOf(SocketChannel accepted) {
        return "connection of " + path;
    }

    @Override
    public void close() {
        if (isOpen()) {
            super.close();
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                // The file remains; the next bind reports it.
            }
        }
    }

    @Override
    public String toString() {
        return "unix listener at " + path;
    }
}
