package dev.weft.http;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A body of HTTP/1.1 in chunks. */
final class ChunkedBody implements BodySource {
    private final Http1Connection connection;
    private final RequestDecoder decoder;
    private boolean ended;
    private @Nullable HttpContent chunk; // being read
    private HttpHeaders trailers = HttpHeaders.NO_TRAILERS;

    ChunkedBody(Http1Connection connection, RequestDecoder decoder) {
        this.connection = connection;
        this.decoder = decoder;
    }

    @Override
    public int read(ByteBuffer target, long count) throws IOException {
        HttpContent current = chunk;
        while (current == null || !current.content().isReadable()) {
            release();
            if (current instanceof LastHttpContent last) {
                end(last);
                return -1;
            }
            current = next(count);
        }
        return BodySource.move(current.content(), target);
    }

    private HttpContent next(long count) throws IOException {
        HttpContent next;
        while ((next = decoder.content(connection.bodyInput())) == null) {
            connection.fillForBody(count);
        }
        chunk = next;
        connection.checkBodySize(count + next.content().readableBytes());
        return next;
    }

    private void end(LastHttpContent last) {
        ended = true;
        if (!last.trailingHeaders().isEmpty()) {
            trailers = HttpHeaders.received(last.trailingHeaders());
        }
        connection.giveBack(decoder);
    }

    private void release() {
        if (chunk != null) {
            chunk.release();
            chunk = null;
        }
    }

    @Override
    public boolean isAtEnd() {
        return ended;
    }

    @Override
    public long remaining() {
        return UNKNOWN;
    }

    @Override
    public HttpHeaders trailers() {
        return trailers;
    }

    @Override
    public void sendContinue() throws IOException {
        connection.sendContinue();
    }
}
