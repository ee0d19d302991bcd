package dev.weft.bench.rival.bare;

import dev.weft.bench.rival.Rival;
import dev.weft.bench.rival.Service;
import dev.weft.bench.rival.Terms;
import dev.weft.bench.rival.http.MessageParser.RequestParser;
import dev.weft.bench.rival.http.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * The limit in Java: a {@link java.nio.channels.Selector} loop per core with hand-written state machines, without a thread or
 * coroutine per connection. The first loop accepts connections and distributes them round-robin.
 */
public final class BareLoops implements Rival {
    @Override
    public void serve(Terms terms, IntConsumer listening) throws IOException {
        List<SelectorLoop> loops = new ArrayList<>();
        for (int i = 0; i < terms.cores(); i++) {
            loops.add(new SelectorLoop());
        }
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        listener.configureBlocking(false);
        listener.register(
                loops.getFirst().selector(),
                SelectionKey.OP_ACCEPT,
                new AcceptHandler(listener, loops, (loop, channel) -> serve(terms, loop, channel)));
        for (SelectorLoop loop : loops.subList(1, loops.size())) {
            Thread.ofPlatform().name("loop").start(loop);
        }
        listening.accept(listener.socket().getLocalPort());
        loops.getFirst().run();
    }

    private static void serve(Terms terms, SelectorLoop loop, SocketChannel channel) throws IOException {
        Connection connection = switch (terms.service()) {
            case TLS -> throw new IllegalArgumentException("this server does not serve TLS");
            case ECHO -> new EchoConnection(loop, channel);
            case HTTP -> new HttpConnection(loop, channel);
            case BACKEND -> new GatewayConnection(loop, channel, loop.backend(terms.requiredUpstream()), 1);
            case BACKENDS -> new GatewayConnection(loop, channel, loop.backend(terms.requiredUpstream()), 3);
            case PROXY -> new ProxyConnection(loop, channel);
        };
        if (connection instanceof ProxyConnection front) {
            front.connectTo(terms.requiredUpstream());
        } else {
            connection.register(SelectionKey.OP_READ);
        }
    }

    /** Accepts connections on the first loop and distributes them round-robin. */
    private static final class AcceptHandler implements SelectorLoop.Selected {
        /** Serves a connection, on its own loop. */
        interface Server {
            void serve(SelectorLoop loop, SocketChannel channel) throws IOException;
        }

        private final ServerSocketChannel listener;
        private final List<SelectorLoop> loops;
        private final Server server;
        private int accepted;

        AcceptHandler(ServerSocketChannel listener, List<SelectorLoop> loops, Server server) {
            this.listener = listener;
            this.loops = List.copyOf(loops);
            this.server = server;
        }

        @Override
        public void ready(SelectionKey key) {
            try {
                SocketChannel channel = listener.accept();
                while (channel != null) {
                    distribute(channel);
                    channel = listener.accept();
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot accept", e);
            }
        }

        private void distribute(SocketChannel channel) {
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

    /** Echoes all bytes. */
    private static final class EchoConnection extends Connection {
        EchoConnection(SelectorLoop loop, SocketChannel channel) {
            super(loop, channel);
        }

        @Override
        void received(ByteBuffer bytes) {
            send(bytes);
        }
    }

    /** Answers each HTTP request at once. */
    private static final class HttpConnection extends Connection {
        private static final ByteBuffer ANSWER = Wire.answer(Service.BODY);

        private final RequestParser requests = new RequestParser();

        HttpConnection(SelectorLoop loop, SocketChannel channel) {
            super(loop, channel);
        }

        @Override
        void received(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining() && requests.parse(bytes)) {
                send(ANSWER.duplicate());
            }
        }
    }
}
