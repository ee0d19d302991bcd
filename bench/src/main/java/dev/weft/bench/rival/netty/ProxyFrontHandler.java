package dev.weft.bench.rival.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;

/** Opens the other end; this one is read once that is there. */
final class ProxyFrontHandler extends ProxyHandler {
    private final InetSocketAddress upstream;

    ProxyFrontHandler(InetSocketAddress upstream) {
        this.upstream = upstream;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        Channel front = context.channel();
        ChannelFuture back = new Bootstrap()
                .group(front.eventLoop())
                .channel(front.getClass())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.AUTO_READ, false)
                .handler(new ProxyBackHandler(front))
                .connect(upstream);
        passTo(back.channel());
        back.addListener((ChannelFuture connected) -> {
            if (connected.isSuccess()) {
                front.read();
            } else {
                front.close();
            }
        });
    }
}
