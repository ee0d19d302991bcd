package dev.weft.bench.rival.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Forwards input to the other end, and reads on when it has been sent, as Netty's HexDumpProxy does. */
abstract class ProxyHandler extends NettyServer.QuietHandler {
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
            other.close(); // still connecting
        }
    }

    /** The client's end. Opens the other end, and is read once that is connected. */
    static final class Front extends ProxyHandler {
        private final InetSocketAddress upstream;

        Front(InetSocketAddress upstream) {
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
                    .handler(new Back(front))
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

    /** The upstream's end. */
    private static final class Back extends ProxyHandler {
        Back(Channel front) {
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
}
