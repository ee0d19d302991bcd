package dev.weft.bench.rival.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What is sent: one request, and answers with a text of some length. Stateless; any thread. */
public final class Wire {
    private static final byte[] REQUEST = ascii("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    private static final byte[] HEAD = ascii("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ");
    private static final byte[] END_OF_HEAD = ascii("\r\n\r\n");

    private Wire() {}

    /** The request that a backend is sent, in a direct buffer of the caller's own. */
    public static ByteBuffer request() {
        return direct(REQUEST);
    }

    /** The whole answer with this body, in a direct buffer of the caller's own. */
    public static ByteBuffer answer(String body) {
        ByteBuffer answer = ByteBuffer.allocate(HEAD.length + 16 + body.length());
        writeAnswer(answer, ascii(body));
        byte[] bytes = new byte[answer.flip().remaining()];
        answer.get(bytes);
        return direct(bytes);
    }

    /** Puts the whole answer whose body is {@code parts}, one after the other, into {@code target}. */
    public static void writeAnswer(ByteBuffer target, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        target.put(HEAD).put(ascii(Integer.toString(length))).put(END_OF_HEAD);
        for (byte[] part : parts) {
            target.put(part);
        }
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
