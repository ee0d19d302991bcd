package dev.weft.bench.rival.netty;

import dev.weft.bench.rival.Rival;
import dev.weft.bench.rival.Service;
import dev.weft.bench.rival.Terms;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Netty, in the manner of its own examples: pooled buffers, flushed when a read is complete; as many event loops as cores,
 * which accept too; a connection to an upstream is on the event loop of the connection that it serves.
 */
public final class NettyServer implements Rival {
    /** What Netty wants on Java 25: without them it does without Unsafe, and without its faster selection of keys. */
    public static final List<String> FLAGS =
            List.of("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED");

    private final NettyTransport transport;

    public NettyServer(NettyTransport transport) {
        this.transport = transport;
    }

    @Override
    public void serve(Terms terms, IntConsumer listening) throws InterruptedException {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(terms.cores(), transport.ioHandler());
        Channel listener = new ServerBootstrap()
                .group(loops)
                .channel(transport.serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.AUTO_READ, !isProxy(terms)) // a proxy reads when it has written
                .childHandler(pipeline(terms))
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel();
        listening.accept(((InetSocketAddress) listener.localAddress()).getPort());
        listener.closeFuture().sync();
    }

    private static boolean isProxy(Terms terms) {
        return terms.service() == Service.PROXY;
    }

    private ChannelInitializer<SocketChannel> pipeline(Terms terms) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(SocketChannel channel) {
                addHandlers(channel, terms);
            }
        };
    }

    private void addHandlers(SocketChannel channel, Terms terms) {
        switch (terms.service()) {
            case ECHO -> channel.pipeline().addLast(new EchoHandler());
            case HTTP -> channel.pipeline().addLast(new HttpServerCodec(), new HttpHandler());
            case BACKEND -> channel.pipeline().addLast(new HttpServerCodec(), gateway(terms, 1));
            case BACKENDS -> channel.pipeline().addLast(new HttpServerCodec(), gateway(terms, 3));
            case PROXY -> channel.pipeline().addLast(new ProxyFrontHandler(terms.requiredUpstream()));
        }
    }

    private GatewayHandler gateway(Terms terms, int calls) {
        return new GatewayHandler(new Backend(transport.channel(), terms.requiredUpstream()), calls);
    }
}
