package dev.weft.http;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A body of HTTP/1.1 whose length was declared. */
final class SizedBody implements BodySource {
    private final Http1Connection connection;
    private long remaining;

    SizedBody(Http1Connection connection, long length) {
        this.connection = connection;
        remaining = length;
    }

    @Override
    public int read(ByteBuffer target, long count) throws IOException {
        int limit = target.limit();
        target.limit(target.position() + (int) Math.min(remaining, target.remaining()));
        try {
            int read = connection.readBody(target, count);
            remaining -= read;
            return read;
        } finally {
            target.limit(limit);
        }
    }

    @Override
    public boolean isAtEnd() {
        return remaining == 0;
    }

    @Override
    public long remaining() {
        return remaining;
    }

    @Override
    public HttpHeaders trailers() {
        return HttpHeaders.NO_TRAILERS;
    }

    @Override
    public void sendContinue() throws IOException {
        connection.sendContinue();
    }
}
