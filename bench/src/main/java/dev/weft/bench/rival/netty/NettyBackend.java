package dev.weft.bench.rival.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.FastThreadLocal;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The free connections of each event loop to the backend, the most recently used first. */
final class NettyBackend {
    private static final FastThreadLocal<Deque<BackendHandler>> FREE = new FastThreadLocal<>() {
        @Override
        protected Deque<BackendHandler> initialValue() {
            return new ArrayDeque<>();
        }
    };

    private final Class<? extends Channel> channel;
    private final InetSocketAddress address;

    NettyBackend(Class<? extends Channel> channel, InetSocketAddress address) {
        this.channel = channel;
        this.address = address;
    }

    /** Calls the backend over a connection of {@code loop}. Must be called on that loop's thread. */
    void call(EventLoop loop, Caller call) {
        BackendHandler connection = FREE.get().poll();
        if (connection != null) {
            connection.call(call);
        } else {
            connect(loop, new BackendHandler(FREE.get()), call);
        }
    }

    private void connect(EventLoop loop, BackendHandler connection, Caller call) {
        new Bootstrap()
                .group(loop)
                .channel(channel)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(new HttpClientCodec(), connection);
                    }
                })
                .connect(address)
                .addListener((ChannelFuture connected) -> {
                    if (connected.isSuccess()) {
                        connection.call(call);
                    } else {
                        call.failed();
                    }
                });
    }

    /** Receives the result of a call, on the caller's event loop. */
    interface Caller {
        void answered(ByteBuf body);

        void failed();
    }

    /** A connection to the backend, with at most one call in flight. */
    private static final class BackendHandler extends NettyServer.QuietHandler {
        private final Deque<BackendHandler> free;
        private @Nullable ChannelHandlerContext context;
        private @Nullable Caller call;
        private ByteBuf body = Unpooled.EMPTY_BUFFER;

        BackendHandler(Deque<BackendHandler> free) {
            this.free = free;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            this.context = context;
        }

        void call(Caller call) {
            this.call = call;
            FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
            request.headers().set(HttpHeaderNames.HOST, "127.0.0.1");
            Objects.requireNonNull(context).writeAndFlush(request);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpResponse response && response.status().code() != 200) {
                context.close();
            }
            if (message instanceof HttpContent part) {
                take(part);
            } else {
                ReferenceCountUtil.release(message);
            }
        }

        private void take(HttpContent part) {
            body = body.isReadable() ? Unpooled.wrappedBuffer(body, part.content()) : part.content();
            if (part instanceof LastHttpContent) {
                Caller answered = call;
                ByteBuf whole = body;
                call = null;
                body = Unpooled.EMPTY_BUFFER;
                free.push(this);
                if (answered != null) {
                    answered.answered(whole);
                }
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            free.remove(this);
            if (call != null) {
                call.failed();
            }
        }
    }
}
