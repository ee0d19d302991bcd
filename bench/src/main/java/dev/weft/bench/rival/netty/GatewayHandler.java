package dev.weft.bench.rival.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.util.Arrays;

/** Answers each request with the result of one backend call, or of a first call and further concurrent calls. */
final class GatewayHandler extends NettyServer.QuietHandler {
    private final NettyBackend backend;
    private final ByteBuf[] bodies;
    private int underWay;

    GatewayHandler(NettyBackend backend, int calls) {
        this.backend = backend;
        this.bodies = new ByteBuf[calls];
        Arrays.fill(bodies, Unpooled.EMPTY_BUFFER);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ReferenceCountUtil.release(message);
        if (message instanceof HttpRequest) {
            if (underWay > 0) {
                context.close(); // a request before the last one was answered
            } else {
                call(context, 0);
            }
        }
    }

    private void call(ChannelHandlerContext context, int index) {
        underWay++;
        backend.call(context.channel().eventLoop(), new NettyBackend.Caller() {
            @Override
            public void answered(ByteBuf body) {
                bodies[index] = body;
                advance(context, index);
            }

            @Override
            public void failed() {
                underWay--;
                context.close();
            }
        });
    }

    private void advance(ChannelHandlerContext context, int answered) {
        underWay--;
        if (answered == 0) {
            for (int next = 1; next < bodies.length; next++) {
                call(context, next);
            }
        }
        if (underWay == 0) {
            context.writeAndFlush(NettyServer.response(joined(context)), context.voidPromise());
        }
    }

    private ByteBuf joined(ChannelHandlerContext context) {
        if (bodies.length == 1) {
            return bodies[0];
        }
        ByteBuf all = context.alloc().buffer();
        for (ByteBuf body : bodies) {
            all.writeBytes(body);
            body.release();
        }
        return all;
    }
}
