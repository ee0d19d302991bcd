package dev.weft.http;

import dev.weft.io.ByteStream;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The response to a request: a status, header fields, and a body that is either sent whole or streamed. It is <em>committed</em>
 * once the head has been written; then status and header fields cannot be changed any more. Must be used by one greenlet at a
 * time, of the connection's loop, until the handler returns.
 *
 * <p>{@code Date}, {@code Content-Length} or {@code Transfer-Encoding}, and {@code Connection} are set by the server. The body of
 * a response to {@code HEAD} is not sent.
 */
public final class HttpResponse {
    /** The length of a body that is sent in chunks, or in HTTP/2 without a length. */
    static final long CHUNKED = -1;

    /** The length of a body that ends with the connection. */
    static final long UNTIL_CLOSE = -2;

    private static final byte[] NOTHING = {};

    private final ResponseSink sink;
    private final HttpRequest request;
    private int status = 200;
    private HttpHeaders headers = new HttpHeaders();
    private @Nullable HttpHeaders trailers;
    private @Nullable OutputStream stream;
    private @Nullable ContentCoding coding;
    private boolean committed;
    private boolean aborted;
    private long bodyBytes;
    private @Nullable Upgraded continuation;

    HttpResponse(ResponseSink sink, HttpRequest request) {
        this.sink = sink;
        this.request = request;
    }

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
        if (status < 200 || status > 599) {
            throw new IllegalArgumentException("status must be from 200 to 599: " + status);
        }
        requireUncommitted();
        this.status = status;
        return this;
    }

    /** Returns the status. */
    public int status() {
        return status;
    }

    /** Sets a header field, replacing its values; short for {@code headers().set(name, value)}. */
    public HttpResponse header(String name, String value) {
        headers.set(name, value);
        return this;
    }

    /** Returns the header fields. */
    public HttpHeaders headers() {
        return headers;
    }

    /** Lets {@code coding} encode the body, if it wants to when the head is complete. */
    void coding(ContentCoding coding) {
        this.coding = coding;
    }

    /** Returns whether a body of {@code length} bytes is to be encoded; then it has no known length. */
    private boolean isEncoded(long length) {
        if (coding == null || !mayHaveBody() || !coding.prepare(this, length)) {
            return false;
        }
        headers.remove("Content-Length");
        return true;
    }

    /** Sends the response without a body. */
    public void send() throws IOException {
        requireUnsent();
        if (request.method().equals("HEAD") && headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            long length = declaredLength();
            sendWhole(ByteBuffer.wrap(NOTHING), isEncoded(length) ? streamedLength() : length);
        } else {
            sendWhole(ByteBuffer.wrap(NOTHING), 0);
        }
    }

    /** Sends the response with {@code text} as its body, in UTF-8; the default type is {@code text/plain; charset=utf-8}. */
    public void send(String text) throws IOException {
        requireUnsent();
        if (!headers.contains(HttpHeaderNames.CONTENT_TYPE)) {
            headers.set("Content-Type", "text/plain; charset=utf-8");
        }
        send(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends the response with {@code body}. */
    public void send(byte[] body) throws IOException {
        send(ByteBuffer.wrap(body));
    }

    /** Sends the response with the remaining bytes of {@code body}. */
    public void send(ByteBuffer body) throws IOException {
        requireUnsent();
        int length = body.remaining();
        if (length > 0 && !mayHaveBody()) {
            throw new IllegalStateException(
                    "a response with status " + status + " has no body; " + length + " bytes given");
        }
        if (headers.contains(HttpHeaderNames.CONTENT_LENGTH) && declaredLength() != length) {
            throw new IllegalStateException(
                    "Content-Length is " + declaredLength() + ", but the body has " + length + " bytes; do not set it");
        }
        if (isEncoded(length)) {
            try (OutputStream out = encoded()) {
                Channels.newChannel(out).write(body);
            }
        } else {
            sendWhole(body, length);
        }
    }

    private void sendWhole(ByteBuffer body, long length) throws IOException {
        countBody(body.remaining());
        if (!sendsBody()) {
            body.position(body.limit());
        }
        sink.send(this, body, length);
    }

    /**
     * Returns a stream for the body. With a {@code Content-Length} the body must have that length; otherwise it is sent in
     * chunks, or, to clients of HTTP/1.0, until the connection is closed. Writes wait while the client does not keep up. What was
     * written is sent when about 8 KiB have gathered, on {@code flush} and on {@code close}; the server closes the stream when the
     * handler returns.
     *
     * @throws IllegalStateException if the response has been sent, or its status allows no body
     */
    public OutputStream stream() {
        if (stream == null) {
            requireUnsent();
            if (!mayHaveBody()) {
                throw new IllegalStateException("a response with status " + status + " has no body");
            }
            long length = headers.contains(HttpHeaderNames.CONTENT_LENGTH) ? declaredLength() : CHUNKED;
            stream = isEncoded(length) ? encoded() : new ResponseStream(this, sink, request.loop());
        }
        return stream;
    }

    private OutputStream encoded() {
        return Objects.requireNonNull(coding).encode(new ResponseStream(this, sink, request.loop()));
    }

    /** Returns the trailer fields, which are sent after a body in chunks. */
    public HttpHeaders trailers() {
        if (trailers == null) {
            trailers = new HttpHeaders();
        }
        return trailers;
    }

    /** Returns the trailer fields, or null if there are none. */
    @Nullable HttpHeaders trailersOrNull() {
        return trailers == null || trailers.isEmpty() ? null : trailers;
    }

    /** Returns whether the head has been written. */
    public boolean isCommitted() {
        return committed;
    }

    /**
     * Gives the response up: nothing more is sent, and the connection is closed when the handler returns, so that the client can
     * tell that the response is incomplete or missing.
     */
    public void abort() {
        aborted = true;
    }

    boolean isAborted() {
        return aborted;
    }

    long bodyBytes() {
        return bodyBytes;
    }

    void countBody(int bytes) {
        if (sendsBody()) {
            bodyBytes += bytes;
        }
    }

    @Nullable Upgraded continuation() {
        return continuation;
    }

    /**
     * Answers with {@code 101 Switching Protocols} and the header fields set so far, and hands the connection to {@code
     * continuation} once the handler has returned. No deadline of the request applies to it.
     *
     * @param protocol the value of {@code Upgrade}
     * @throws HttpException with 400 if the client has sent more than the request
     */
    void upgrade(String protocol, Upgraded continuation) throws IOException {
        requireUnsent();
        sink.requireUpgradable();
        headers.set("Connection", "Upgrade").set("Upgrade", protocol);
        status = 101;
        sink.send(this, ByteBuffer.wrap(NOTHING), 0);
        this.continuation = continuation;
    }

    /** Completes the response when the handler has returned. */
    void complete() throws IOException {
        if (aborted) {
            throw new IOException("aborted: " + this);
        }
        if (stream != null) {
            stream.close();
        } else if (!committed) {
            send();
        }
    }

    /** Replaces what the handler has prepared by an error. */
    void replace(HttpException failure) throws IOException {
        headers = new HttpHeaders();
        stream = null;
        bodyBytes = 0;
        coding = null;
        status = failure.status();
        send(failure.getMessage() + "\n");
    }

    /** Returns whether a body is sent: neither to HEAD, nor with a status that has none. */
    boolean sendsBody() {
        return mayHaveBody() && !request.method().equals("HEAD");
    }

    boolean mayHaveBody() {
        return status >= 200 && status != 204 && status != 304;
    }

    /** Returns the length of a streamed body: the declared one, or how its end is marked. */
    long streamedLength() {
        if (headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            return declaredLength();
        }
        return request.version() == HttpVersion.HTTP_1_0 ? UNTIL_CLOSE : CHUNKED;
    }

    private long declaredLength() {
        String length = String.valueOf(headers.firstOrNull(HttpHeaderNames.CONTENT_LENGTH));
        if (!length.matches("[0-9]{1,18}")) {
            throw new IllegalStateException("Content-Length must be a number: " + FieldSyntax.quoted(length));
        }
        return Long.parseLong(length);
    }

    /** From now on, status and header fields cannot be changed: the head is being sent. */
    void commit() {
        requireUncommitted();
        if (headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            throw new IllegalStateException("Transfer-Encoding is set by the server; remove it");
        }
        committed = true;
        headers.freeze("the response is committed");
    }

    HttpRequest request() {
        return request;
    }

    private void requireUncommitted() {
        if (committed) {
            throw new IllegalStateException("the response to " + request + " is committed");
        }
    }

    private void requireUnsent() {
        requireUncommitted();
        if (stream != null) {
            throw new IllegalStateException("the body of the response to " + request + " is being streamed");
        }
    }

    @Override
    public String toString() {
        return status + " to " + request;
    }
}
