package dev.weft.bench.rival.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Creates the request and the responses that are sent. Stateless. Any thread. */
public final class Wire {
    private static final byte[] REQUEST = ascii("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    private static final byte[] HEAD = ascii("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ");
    private static final byte[] END_OF_HEAD = ascii("\r\n\r\n");

    private Wire() {}

    /** Returns the request to a backend, in a new direct buffer. */
    public static ByteBuffer request() {
        return ByteBuffer.allocateDirect(REQUEST.length).put(REQUEST).flip();
    }

    /** Returns the complete response with this body, in a new direct buffer. */
    public static ByteBuffer answer(String body) {
        byte[] text = ascii(body);
        ByteBuffer answer = ByteBuffer.allocateDirect(answerBytes(text));
        writeAnswer(answer, text);
        return answer.flip();
    }

    /** Returns the length of the complete response whose body is {@code parts}. */
    public static int answerBytes(byte[]... parts) {
        int length = length(parts);
        return HEAD.length + Integer.toString(length).length() + END_OF_HEAD.length + length;
    }

    private static int length(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        return length;
    }

    /** Writes the complete response whose body is {@code parts}, concatenated, to {@code target}. */
    public static void writeAnswer(ByteBuffer target, byte[]... parts) {
        target.put(HEAD).put(ascii(Integer.toString(length(parts)))).put(END_OF_HEAD);
        for (byte[] part : parts) {
            target.put(part);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
