package dev.weft.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The transport for every system: a {@link Selector}. A socket is the index of its key. */
final class NioTransport implements Transport {
    private final Selector selector = Selector.open();
    private final List<@Nullable SelectionKey> keys = new ArrayList<>();
    private final Deque<Integer> free = new ArrayDeque<>();
    private final Consumer<SelectionKey> teller = this::tell;

    /** What is attached to a key. */
    private record Registration(int socket, Handler handler) {}

    NioTransport() throws IOException {}

    @Override
    public String label() {
        return "nio";
    }

    @Override
    public int connect(InetSocketAddress server, int number, Handler handler) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            if (number >= CONNECTIONS_PER_SOURCE) {
                channel.bind(new InetSocketAddress(Transport.source(number), 0));
            }
            channel.connect(server);
        } catch (IOException e) {
            channel.close();
            throw new IOException("connect to " + server + " failed: " + e.getMessage(), e);
        }
        return registered(channel, handler);
    }

    @Override
    public int listen(Handler handler) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        return register(channel, SelectionKey.OP_ACCEPT, handler);
    }

    @Override
    public int port(int socket) throws IOException {
        return key(socket).channel() instanceof ServerSocketChannel listener
                ? listener.socket().getLocalPort()
                : channel(socket).socket().getLocalPort();
    }

    @Override
    public int accept(int listener, Handler handler) throws IOException {
        SocketChannel channel = ((ServerSocketChannel) key(listener).channel()).accept();
        return channel == null ? NONE : registered(channel, handler);
    }

    private int registered(SocketChannel channel, Handler handler) throws IOException {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return register(channel, SelectionKey.OP_READ, handler);
    }

    private int register(SelectableChannel channel, int operations, Handler handler) throws IOException {
        int socket = free.isEmpty() ? keys.size() : free.pop();
        channel.configureBlocking(false);
        SelectionKey key = channel.register(selector, operations, new Registration(socket, handler));
        if (socket == keys.size()) {
            keys.add(key);
        } else {
            keys.set(socket, key);
        }
        return socket;
    }

    private SelectionKey key(int socket) {
        return Objects.requireNonNull(keys.get(socket), "closed socket");
    }

    private SocketChannel channel(int socket) {
        return (SocketChannel) key(socket).channel();
    }

    @Override
    public void watch(int socket, Interest interest) {
        key(socket)
                .interestOps(
                        switch (interest) {
                            case RECEIVE -> SelectionKey.OP_READ;
                            case SEND -> SelectionKey.OP_WRITE;
                            case BOTH -> SelectionKey.OP_READ | SelectionKey.OP_WRITE;
                        });
    }

    @Override
    public int poll(int timeoutMillis) throws IOException {
        try {
            return timeoutMillis == 0 ? selector.selectNow(teller) : selector.select(teller, timeoutMillis);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void tell(SelectionKey key) {
        Registration to = (Registration) key.attachment();
        try {
            if (key.isValid() && key.isWritable()) {
                to.handler().writable(to.socket());
            }
            if (key.isValid() && (key.readyOps() & ~SelectionKey.OP_WRITE) != 0) {
                to.handler().readable(to.socket());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int receive(int socket, Bytes target) throws IOException {
        return channel(socket).read(target.range(0, target.capacity()));
    }

    @Override
    public int send(int socket, Bytes source, int from, int length) throws IOException {
        return channel(socket).write(source.range(from, length));
    }

    @Override
    public void close(int socket) throws IOException {
        SelectionKey key = key(socket);
        keys.set(socket, null);
        free.push(socket);
        key.channel().close();
    }

    @Override
    public void close() throws IOException {
        for (int socket = 0; socket < keys.size(); socket++) {
            if (keys.get(socket) != null) {
                close(socket);
            }
        }
        selector.close();
    }
}
