package dev.weft.bench.rival.bare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;

/** Accepts what comes, on the first loop, and deals it out in turn. */
final class Acceptor implements Selected {
    /** What is done with a connection, on the loop that it is for. */
    interface Server {
        void serve(SelectorLoop loop, SocketChannel channel) throws IOException;
    }

    private final ServerSocketChannel listener;
    private final List<SelectorLoop> loops;
    private final Server server;
    private int accepted;

    Acceptor(ServerSocketChannel listener, List<SelectorLoop> loops, Server server) {
        this.listener = listener;
        this.loops = List.copyOf(loops);
        this.server = server;
    }

    @Override
    public void ready(SelectionKey key) {
        try {
            SocketChannel channel = listener.accept();
            while (channel != null) {
                deal(channel);
                channel = listener.accept();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot accept", e);
        }
    }

    private void deal(SocketChannel channel) {
        SelectorLoop loop = loops.get(accepted++ % loops.size());
        loop.execute(() -> start(loop, channel));
    }

    private void start(SelectorLoop loop, SocketChannel channel) {
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            server.serve(loop, channel);
        } catch (IOException e) {
            Connection.closeQuietly(channel);
        }
    }
}
