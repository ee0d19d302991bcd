package dev.weft.http;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * Initialises the classes that the first request needs, among them those of the decoder and of the JDK's formatter of dates. That
 * may take a tenth of a second, which must not hold a loop up.
 */
final class WarmUp {
    private static final byte[] REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private WarmUp() {}

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
                .put(ServerLoop.dateLine(0))
                .put("Content-Length: ")
                .putDecimal(0);
        FieldSyntax.requireValue("Content-Type", "text/plain");
    }
}
