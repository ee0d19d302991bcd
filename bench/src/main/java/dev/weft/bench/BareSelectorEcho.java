package dev.weft.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;

/**
 * The limit: an echo server that is one loop around a {@link Selector}, with one read and one write a message, one direct
 * buffer for all connections, and interest that is only changed while a peer does not keep up.
 */
public final class BareSelectorEcho {
    private static final int BACKLOG = 1024;
    private static final int BUFFER_SIZE = 16 * 1024;

    private final Selector selector = Selector.open();
    private final ByteBuffer shared = ByteBuffer.allocateDirect(BUFFER_SIZE);
    private final ServerSocketChannel listener = ServerSocketChannel.open();

    private BareSelectorEcho(InetSocketAddress address) throws IOException {
        listener.bind(address, BACKLOG);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
    }

    /** Serves until it is killed; {@code --port P}, 0 for a free one, and optionally {@code --host H}. */
    public static void main(String[] args) throws IOException {
        List<String> arguments = List.of(args);
        int port = Integer.parseInt(argument(arguments, "--port", "0"));
        String host = argument(arguments, "--host", "127.0.0.1");
        BareSelectorEcho server = new BareSelectorEcho(new InetSocketAddress(host, port));
        System.out.println(
                "listening on " + host + ":" + server.listener.socket().getLocalPort() + " (bare)");
        while (true) {
            server.selector.select(server::handle);
        }
    }

    private static String argument(List<String> arguments, String name, String otherwise) {
        int index = arguments.indexOf(name);
        return index < 0 ? otherwise : arguments.get(index + 1);
    }

    private void handle(SelectionKey key) {
        if (key.isAcceptable()) {
            accept();
            return;
        }
        try {
            SocketChannel channel = (SocketChannel) key.channel();
            if (key.attachment() instanceof ByteBuffer unsent) {
                finish(key, channel, unsent);
            } else {
                echo(key, channel);
            }
        } catch (IOException e) {
            close(key);
        }
    }

    private void accept() {
        try {
            SocketChannel channel = listener.accept();
            while (channel != null) {
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ);
                channel = listener.accept();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot accept", e);
        }
    }

    private void echo(SelectionKey key, SocketChannel channel) throws IOException {
        shared.clear();
        if (channel.read(shared) < 0) {
            close(key);
            return;
        }
        channel.write(shared.flip());
        if (shared.hasRemaining()) {
            key.attach(ByteBuffer.allocate(shared.remaining()).put(shared).flip());
            key.interestOps(SelectionKey.OP_WRITE);
        }
    }

    private static void finish(SelectionKey key, SocketChannel channel, ByteBuffer unsent) throws IOException {
        channel.write(unsent);
        if (!unsent.hasRemaining()) {
            key.attach(null);
            key.interestOps(SelectionKey.OP_READ);
        }
    }

    private static void close(SelectionKey key) {
        try {
            key.channel().close();
        } catch (IOException e) {
            // It is closed all the same.
        }
    }
}
