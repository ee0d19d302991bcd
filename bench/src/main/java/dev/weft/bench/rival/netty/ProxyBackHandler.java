package dev.weft.bench.rival.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;

/** The end at the upstream. */
final class ProxyBackHandler extends ProxyHandler {
    ProxyBackHandler(Channel front) {
        passTo(front);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (isOtherActive()) {
            context.read();
        } else {
            context.close();
        }
    }
}
