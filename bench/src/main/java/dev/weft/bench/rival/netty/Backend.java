package dev.weft.bench.rival.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.util.concurrent.FastThreadLocal;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;

/** Connections to the backend: for each event loop those that are free, the most recently used first. */
final class Backend {
    private static final FastThreadLocal<Deque<BackendHandler>> FREE = new FastThreadLocal<>() {
        @Override
        protected Deque<BackendHandler> initialValue() {
            return new ArrayDeque<>();
        }
    };

    private final Class<? extends Channel> channel;
    private final InetSocketAddress address;

    Backend(Class<? extends Channel> channel, InetSocketAddress address) {
        this.channel = channel;
        this.address = address;
    }

    /** Calls the backend, over a connection of {@code loop}; to be called there. */
    void call(EventLoop loop, BackendCall call) {
        BackendHandler connection = FREE.get().poll();
        if (connection != null) {
            connection.call(call);
        } else {
            connect(loop, new BackendHandler(FREE.get()), call);
        }
    }

    private void connect(EventLoop loop, BackendHandler connection, BackendCall call) {
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
}
