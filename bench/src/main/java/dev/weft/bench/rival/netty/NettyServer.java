package dev.weft.bench.rival.netty;

import dev.weft.bench.rival.Rival;
import dev.weft.bench.rival.Service;
import dev.weft.bench.rival.Terms;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Netty, set up as in its own examples: pooled buffers, a flush when a read is complete, and an event loop per core, which
 * also accepts. A connection to an upstream is on the event loop of the connection that it serves.
 */
public final class NettyServer implements Rival {
    /** The flags for Netty on Java 25. Without them it cannot use Unsafe, nor its optimised selected-key set. */
    public static final List<String> FLAGS =
            List.of("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED");

    private final IoHandlerFactory ioHandler;
    private final Class<? extends ServerChannel> serverChannel;
    private final Class<? extends SocketChannel> channel;

    private NettyServer(
            IoHandlerFactory ioHandler,
            Class<? extends ServerChannel> serverChannel,
            Class<? extends SocketChannel> channel) {
        this.ioHandler = ioHandler;
        this.serverChannel = serverChannel;
        this.channel = channel;
    }

    public static NettyServer nio() {
        return new NettyServer(NioIoHandler.newFactory(), NioServerSocketChannel.class, NioSocketChannel.class);
    }

    public static NettyServer epoll() {
        return new NettyServer(EpollIoHandler.newFactory(), EpollServerSocketChannel.class, EpollSocketChannel.class);
    }

    /** Returns why epoll is unavailable on this machine; empty if it is available. Loads Netty's native library. */
    public static Optional<String> epollMissing() {
        return Epoll.isAvailable()
                ? Optional.empty()
                : Optional.of(
                        "Netty's epoll transport requires Linux on x86_64 or aarch_64: " + Epoll.unavailabilityCause());
    }

    @Override
    public void serve(Terms terms, IntConsumer listening) throws InterruptedException {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(terms.cores(), ioHandler);
        Channel listener = new ServerBootstrap()
                .group(loops)
                .channel(serverChannel)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.AUTO_READ, !isProxy(terms)) // a proxy reads after each write
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
            case TLS -> throw new IllegalArgumentException("this server does not serve TLS");
            case ECHO -> channel.pipeline().addLast(new EchoHandler());
            case HTTP -> channel.pipeline().addLast(new HttpServerCodec(), new HttpServerHandler());
            case BACKEND -> channel.pipeline().addLast(new HttpServerCodec(), gateway(terms, 1));
            case BACKENDS -> channel.pipeline().addLast(new HttpServerCodec(), gateway(terms, 3));
            case PROXY -> channel.pipeline().addLast(new ProxyHandler.Front(terms.requiredUpstream()));
        }
    }

    private GatewayHandler gateway(Terms terms, int calls) {
        return new GatewayHandler(new NettyBackend(channel, terms.requiredUpstream()), calls);
    }

    /** Returns the response with this body, and takes ownership of it. */
    static FullHttpResponse response(ByteBuf body) {
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.TEXT_PLAIN)
                .setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        return response;
    }

    /** A handler that closes the connection on a failure, such as a reset, without logging it. */
    abstract static class QuietHandler extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    /** Echoes all bytes; stops reading while the peer does not keep up. */
    private static final class EchoHandler extends QuietHandler {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.write(message, context.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            context.channel().config().setAutoRead(context.channel().isWritable());
        }
    }

    /** Answers each HTTP request at once. */
    private static final class HttpServerHandler extends QuietHandler {
        private static final byte[] BODY = Service.BODY.getBytes(StandardCharsets.US_ASCII);

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpRequest) {
                context.write(response(Unpooled.wrappedBuffer(BODY)), context.voidPromise());
            }
            ReferenceCountUtil.release(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }
    }
}
