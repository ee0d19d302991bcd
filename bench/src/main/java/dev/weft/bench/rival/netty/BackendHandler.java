package dev.weft.bench.rival.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A connection to the backend, with at most one call under way. */
final class BackendHandler extends QuietHandler {
    private final Deque<BackendHandler> free;
    private @Nullable ChannelHandlerContext context;
    private @Nullable BackendCall call;
    private ByteBuf body = Unpooled.EMPTY_BUFFER;

    BackendHandler(Deque<BackendHandler> free) {
        this.free = free;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        this.context = context;
    }

    void call(BackendCall call) {
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
            BackendCall answered = call;
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
