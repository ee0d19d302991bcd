package dev.weft.bench.rival.netty;

import io.netty.channel.ChannelHandlerContext;

/** Sends back what comes; reads no more while a peer does not take it. */
final class EchoHandler extends QuietHandler {
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
