package dev.weft.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Initialises the classes that the first request needs, among them those of the decoder and of the JDK's formatter of dates. That
 * may take a tenth of a second, which must not hold a loop up.
 */
final class WarmUp {
    private static final byte[] REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** The preface, empty settings, and {@code GET /}. */
    private static final byte[] HTTP_2_REQUEST = (Http2Connection.PREFACE
                    + "\0\0\0\4\0\0\0\0\0"
                    + "\0\0\3\1\5\0\0\0\1\u0082\u0086\u0084")
            .getBytes(StandardCharsets.ISO_8859_1);

    private WarmUp() {}

    /** As {@link #run}, for HTTP/2. */
    static void runHttp2() {
        Http2Channel channel = new Http2Channel(HttpLimits.defaults(), new Http2Channel.Listener() {
            @Override
            public void onHeaders(Http2HeadersFrame frame) {
                Http2Head.of(frame, HttpLimits.defaults());
                Http2Head.of(200);
            }

            @Override
            public void onData(Http2DataFrame frame) {}

            @Override
            public void onReset(Http2FrameStream stream) {}

            @Override
            public void onOutput() {}

            @Override
            public void onClose() {}
        });
        channel.received(ByteBuffer.wrap(HTTP_2_REQUEST));
        channel.take();
        channel.close();
    }

    /** Decodes a request and puts together the head of a response. To be called outside the loops; the first call is slow. */
    static void run() {
        HttpLimits limits = HttpLimits.defaults();
        var decoded = new RequestDecoder(limits).head(Unpooled.wrappedBuffer(REQUEST));
        if (decoded == null) {
            throw new IllegalStateException("the decoder does not take a whole request");
        }
        RequestHead.of(decoded, limits);
        new WireBuffer()
                .put(StatusLines.of(200))
                .put(ServerLoop.date(0))
                .put("Content-Length: ")
                .putDecimal(0);
        FieldSyntax.requireValue("Content-Type", "text/plain");
    }
}
