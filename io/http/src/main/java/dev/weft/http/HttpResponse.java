package dev.weft.http;

import dev.weft.io.ByteStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * The response to a request: a status, header fields, and a body that is either sent whole or streamed. It is <em>committed</em>
 * once the head has been written; then status and header fields cannot be changed any more. Must be used by one greenlet at a
 * time, of the connection's loop, until the handler returns.
 *
 * <p>{@code Date}, {@code Content-Length} or {@code Transfer-Encoding}, and {@code Connection} are set by the server. The body of
 * a response to {@code HEAD} is counted and not sent.
 */
@SuppressWarnings("DoNotCallSuggester") // a skeleton
public final class HttpResponse {
    HttpResponse() {}

    /** Code that takes over a connection after {@code 101 Switching Protocols}. */
    @FunctionalInterface
    interface Upgraded {
        /** Runs in the greenlet of the connection, which is closed when this returns or throws. */
        void serve(ByteStream connection) throws Exception;
    }

    /**
     * Sets the status; 200 by default.
     *
     * @throws IllegalArgumentException if {@code status} is not between 200 and 599
     * @throws IllegalStateException if the response is committed
     */
    public HttpResponse status(int status) {
        throw new UnsupportedOperationException();
    }

    /** Returns the status. */
    public int status() {
        throw new UnsupportedOperationException();
    }

    /** Sets a header field, replacing its values; short for {@code headers().set(name, value)}. */
    public HttpResponse header(String name, String value) {
        headers().set(name, value);
        return this;
    }

    /** Returns the header fields. */
    public HttpHeaders headers() {
        throw new UnsupportedOperationException();
    }

    /** Sends the response without a body. */
    public void send() throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Sends the response with {@code text} as its body, in UTF-8; the default type is {@code text/plain; charset=utf-8}. */
    public void send(String text) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Sends the response with {@code body}. */
    public void send(byte[] body) throws IOException {
        send(ByteBuffer.wrap(body));
    }

    /** Sends the response with the remaining bytes of {@code body}. */
    public void send(ByteBuffer body) throws IOException {
        throw new UnsupportedOperationException();
    }

    /**
     * Returns a stream for the body. With a {@code Content-Length} the body must have that length; otherwise it is sent in
     * chunks, or, to clients of HTTP/1.0, until the connection is closed. Writes wait while the client does not keep up. What was
     * written is sent when about 8 KiB have gathered, on {@code flush} and on {@code close}; the server closes the stream when the
     * handler returns.
     */
    public OutputStream stream() throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Returns the trailer fields, which are sent after a body in chunks. */
    public HttpHeaders trailers() {
        throw new UnsupportedOperationException();
    }

    /** Returns whether the head has been written. */
    public boolean isCommitted() {
        throw new UnsupportedOperationException();
    }

    /**
     * Answers with {@code 101 Switching Protocols} and the header fields set so far, and hands the connection to {@code
     * continuation} once the handler has returned. No deadline of the request applies to it.
     *
     * @param protocol the value of {@code Upgrade}
     * @throws HttpException with 400 if the client has sent more than the request
     */
    void upgrade(String protocol, Upgraded continuation) throws IOException {
        throw new UnsupportedOperationException();
    }
}
