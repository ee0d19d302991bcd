package dev.weft.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/** The status lines of responses, and the reason phrases in them. */
final class StatusLines {
    private static final int LAST = 599;
    private static final byte[][] LINES = new byte[LAST + 1][];

    static {
        for (int status = 100; status <= LAST; status++) {
            LINES[status] = ("HTTP/1.1 " + status + " " + reason(status) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        }
    }

    private StatusLines() {}

    static byte[] of(int status) {
        return LINES[status];
    }

    static String reason(int status) {
        return HttpResponseStatus.valueOf(status).reasonPhrase();
    }
}
