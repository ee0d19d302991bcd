package dev.weft.bench.rival.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** Passes what comes to the other end, and reads on when that has been sent: as Netty's HexDumpProxy. */
abstract class ProxyHandler extends QuietHandler {
    private @Nullable Channel other;

    final void passTo(Channel other) {
        this.other = other;
    }

    final boolean isOtherActive() {
        return other != null && other.isActive();
    }

    @Override
    public final void channelRead(ChannelHandlerContext context, Object message) {
        if (other == null || !other.isActive()) {
            ReferenceCountUtil.release(message);
            return;
        }
        other.writeAndFlush(message).addListener((ChannelFuture sent) -> {
            if (sent.isSuccess()) {
                context.read();
            } else {
                sent.channel().close();
            }
        });
    }

    @Override
    public final void channelInactive(ChannelHandlerContext context) {
        if (other == null) {
            return;
        }
        if (other.isActive()) {
            other.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        } else {
            other.close(); // on its way
        }
    }
}
