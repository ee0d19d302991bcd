package dev.weft.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Frame;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Netty's codec of HTTP/2 in a channel without a socket and without a thread: what the client has sent is put in, and what is to be
 * sent is taken out. The codec keeps the states of streams and the windows of flow control, and closes the channel when the client
 * breaks the protocol or floods it: with resets (CVE-2023-44487, CVE-2025-8671), {@code CONTINUATION} frames (CVE-2024-27316), empty
 * data, or control frames whose answers it does not read. Confined to the loop; nothing here waits.
 */
final class Http2Channel {
    /** How many requests a client may have answered at the same time. */
    static final int MAX_STREAMS = 100;

    private static final int STREAM_WINDOW = 64 << 10;
    private static final int CONNECTION_WINDOW =
            1 << 20; // so that handlers that do not read do not hold the others up at once
    private static final System.Logger LOGGER = System.getLogger("dev.weft.http");

    /** What the client has sent, and that there is something to send. Must not wait. */
    interface Listener {
        /** Header fields have come: those of a new request, or trailer fields. */
        void onHeaders(Http2HeadersFrame frame);

        /** Part of a body has come. The listener owns it. */
        void onData(Http2DataFrame frame);

        /** A stream was ended by the client, or because it broke the protocol. */
        void onReset(Http2FrameStream stream);

        /** There may be something to {@link #take}. */
        void onOutput();

        /** The codec ends the connection; what is left to {@link #take} tells the client why. */
        void onClose();
    }

    private final Listener listener;
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Gate gate = new Gate();

    Http2Channel(HttpLimits limits, Listener listener) {
        this.listener = listener;
        channel.config().setAllocator(new UnpooledByteBufAllocator(false, true)); // on the heap, left to the collector
        channel.pipeline().addLast(gate, codec(limits), new Inbound());
        write(new DefaultHttp2WindowUpdateFrame(CONNECTION_WINDOW - STREAM_WINDOW));
    }

    private static Http2FrameCodec codec(HttpLimits limits) {
        return Http2FrameCodecBuilder.forServer()
                .initialSettings(new Http2Settings()
                        .maxConcurrentStreams(MAX_STREAMS)
                        .maxHeaderListSize(limits.headerBytes())
                        .initialWindowSize(STREAM_WINDOW))
                .decoupleCloseAndGoAway(true)
                .gracefulShutdownTimeoutMillis(0)
                .build();
    }

    /** Takes a copy of bytes that the client has sent. Calls the listener. */
    void received(ByteBuffer bytes) {
        if (channel.isOpen()) {
            channel.writeInbound(Unpooled.copiedBuffer(bytes));
        }
    }

    /** Puts a frame into the queue. The result is done once it was {@linkplain #take taken}, which flow control may delay. */
    ChannelFuture write(Http2Frame frame) {
        return channel.write(frame);
    }

    /** Lets the client send as many bytes more. */
    void consumed(Http2FrameStream stream, int bytes) {
        write(new DefaultHttp2WindowUpdateFrame(bytes).stream(stream));
    }

    /** Moves the frames that flow control allows out of the queue, and tells the listener. */
    void flush() {
        channel.flush();
    }

    /** Takes what is to be sent now. While nothing is taken, frames wait in the queue. */
    List<ByteBuf> take() {
        gate.open();
        List<ByteBuf> taken = new ArrayList<>();
        ByteBuf next;
        while ((next = channel.readOutbound()) != null) {
            taken.add(next);
        }
        return taken;
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    /** Drops everything. Writes that are not done fail. */
    void close() {
        channel.close();
        take();
    }

    /**
     * Holds flushes back until the socket takes more, so that the codec sees what is not yet sent, and holds back the end of the
     * channel until what was written before it is taken.
     */
    private final class Gate extends ChannelOutboundHandlerAdapter {
        private @Nullable ChannelHandlerContext context;
        private @Nullable ChannelPromise closing;

        @Override
        public void handlerAdded(ChannelHandlerContext added) {
            context = added;
        }

        @Override
        public void flush(ChannelHandlerContext flushed) {
            listener.onOutput();
        }

        @Override
        public void close(ChannelHandlerContext closed, ChannelPromise promise) {
            closing = promise;
            listener.onClose();
        }

        void open() {
            ChannelHandlerContext head = Objects.requireNonNull(context, "added by the constructor");
            head.flush();
            ChannelPromise asked = closing;
            if (asked != null) {
                closing = null;
                head.close(asked);
            }
        }
    }

    private final class Inbound extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            switch (message) {
                case Http2HeadersFrame headers -> listener.onHeaders(headers);
                case Http2DataFrame data -> listener.onData(data);
                case Http2ResetFrame reset -> listener.onReset(reset.stream());
                default -> ReferenceCountUtil.release(message);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (cause instanceof Http2FrameStreamException failure) {
                write(new DefaultHttp2ResetFrame(failure.error()).stream(failure.stream()));
                listener.onReset(failure.stream());
            } else if (Http2CodecUtil.getEmbeddedHttp2Exception(cause) == null) {
                LOGGER.log(System.Logger.Level.WARNING, "a connection of HTTP/2 has failed", cause);
                context.close();
            } // else the codec tells the client, and closes the channel
        }
    }
}
