package dev.weft.bench.rival.bare;

import dev.weft.bench.rival.Rival;
import dev.weft.bench.rival.Terms;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * The limit in Java: one loop around a {@link java.nio.channels.Selector} for each core, state machines by hand, and
 * neither threads nor coroutines. The first loop accepts and deals the connections out in turn.
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
                new Acceptor(listener, loops, (loop, channel) -> serve(terms, loop, channel)));
        for (SelectorLoop loop : loops.subList(1, loops.size())) {
            Thread.ofPlatform().name("loop").start(loop);
        }
        listening.accept(listener.socket().getLocalPort());
        loops.getFirst().run();
    }

    private static void serve(Terms terms, SelectorLoop loop, SocketChannel channel) throws IOException {
        Connection connection = switch (terms.service()) {
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
}
