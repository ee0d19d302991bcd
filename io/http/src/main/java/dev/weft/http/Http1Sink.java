package dev.weft.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sends a response of HTTP/1.1: with a length, in chunks, or until the connection is closed (RFC 9112). */
final class Http1Sink implements ResponseSink {
    private static final byte[] END_OF_LINE = {'\r', '\n'};
    private static final byte[] NOTHING = {};
    private static final byte[] LAST_CHUNK = "0\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Http1Connection connection;
    private boolean closes; // the connection, after this response

    Http1Sink(Http1Connection connection) {
        this.connection = connection;
    }

    /** Returns whether the connection ends with this response. */
    boolean closes() {
        return closes;
    }

    @Override
    public void send(HttpResponse response, ByteBuffer body, long length) throws IOException {
        write(head(response, length), body, NOTHING);
    }

    @Override
    public void sendPart(HttpResponse response, ByteBuffer part, long length) throws IOException {
        WireBuffer out = response.isCommitted() ? connection.loop.takeOutput() : head(response, length);
        if (length == HttpResponse.CHUNKED && part.hasRemaining()) {
            write(out.putHex(part.remaining()).endLine(), part, END_OF_LINE);
        } else {
            write(out, part, NOTHING);
        }
    }

    private void write(WireBuffer out, ByteBuffer body, byte[] end) throws IOException {
        if (out.length() + body.remaining() <= WireBuffer.USUAL_SIZE) {
            connection.write(out.put(body).put(end));
        } else {
            connection.write(out, body, end);
        }
    }

    @Override
    public void end(HttpResponse response, long length, @Nullable HttpHeaders trailers) throws IOException {
        if (length == HttpResponse.CHUNKED && response.sendsBody()) {
            WireBuffer out = connection.loop.takeOutput().put(LAST_CHUNK);
            if (trailers != null) {
                putFields(out, trailers);
            }
            connection.write(out.endLine());
        }
    }

    private WireBuffer head(HttpResponse response, long length) {
        HttpRequest request = response.request();
        response.commit();
        HttpHeaders headers = response.headers();
        boolean saysClose = headers.containsToken(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        closes = saysClose || length == HttpResponse.UNTIL_CLOSE || connection.isLast(request.head(), request.body());
        WireBuffer out = connection.loop.takeOutput().put(StatusLines.of(response.status()));
        if (!headers.contains(HttpHeaderNames.DATE)) {
            out.put(connection.loop.dateLine());
        }
        putFields(out, headers);
        putLength(out, response, length);
        if (closes && !saysClose && response.status() != 101) {
            out.put("Connection: close\r\n");
        } else if (!closes && request.version() == HttpVersion.HTTP_1_0) {
            out.put("Connection: keep-alive\r\n");
        }
        putId(out, request, headers);
        return out.endLine();
    }

    private static void putFields(WireBuffer out, HttpHeaders fields) {
        for (var all = fields.iteratorOfCharSequences(); all.hasNext(); ) {
            Map.Entry<CharSequence, CharSequence> field = all.next();
            out.put(field.getKey().toString())
                    .put(": ")
                    .put(field.getValue().toString())
                    .endLine();
        }
    }

    private static void putLength(WireBuffer out, HttpResponse response, long length) {
        if (length == HttpResponse.CHUNKED) {
            out.put("Transfer-Encoding: chunked\r\n");
        } else if (length >= 0
                && response.mayHaveBody()
                && !response.headers().contains(HttpHeaderNames.CONTENT_LENGTH)) {
            out.put("Content-Length: ").putDecimal(length).endLine();
        }
    }

    private void putId(WireBuffer out, HttpRequest request, HttpHeaders headers) {
        String name = connection.loop.settings.requestIdHeader();
        if (name != null && !headers.contains(name)) {
            out.put(name).put(": ").put(request.id()).endLine();
        }
    }

    @Override
    public void requireUpgradable() {
        connection.requireNothingReceived();
    }

    @Override
    public boolean clientHasLeft() {
        return connection.clientHasLeft();
    }
}
