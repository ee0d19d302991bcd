package dev.weft.io;

import dev.weft.Loop;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** A listener for Unix-domain connections. Closing it removes the socket file. */
public final class UnixListener extends SocketListener<UnixStream> {
    private static final int BACKLOG = 1024; // when it is full, the system refuses Unix-domain connections immediately

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
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.configureBlocking(false);
            channel.bind(UnixDomainSocketAddress.of(path), BACKLOG);
            return new UnixListener(Loop.current(), channel, path);
        } catch (java.net.BindException e) {
            channel.close();
            java.net.BindException named =
                    new java.net.BindException("cannot listen at " + path + ": " + e.getMessage());
            named.initCause(e);
            throw named;
        } catch (Throwable t) {
            channel.close();
            throw t;
        }
    }

    @Override
    UnixStream streamOf(SocketChannel accepted) throws IOException {
        accepted.configureBlocking(false);
        return new UnixStream(Loop.current(), accepted, "unix connection of " + path);
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
