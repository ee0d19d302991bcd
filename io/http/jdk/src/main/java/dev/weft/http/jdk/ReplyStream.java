package dev.weft.http.jdk;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The body of a response. It can be had before the headers are sent, but not written; closing it ends the exchange. A body with a
 * declared length must have that length.
 */
final class ReplyStream extends OutputStream {
    private static final long UNLIMITED = Long.MAX_VALUE;

    private final WeftHttpExchange exchange;
    private @Nullable OutputStream sink; // null before the headers are sent
    private long remaining; // of the declared length
    private boolean closed;

    ReplyStream(WeftHttpExchange exchange) {
        this.exchange = exchange;
    }

    /** Lets a body of {@code length} bytes be written to {@code sink}. */
    void begin(OutputStream sink, long length) {
        this.sink = sink;
        remaining = length;
    }

    /** Lets a body of any length be written to {@code sink}. */
    void begin(OutputStream sink) {
        begin(sink, UNLIMITED);
    }

    /** Ends the exchange, whose response has been sent whole. */
    void end() {
        closed = true;
        exchange.end();
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, source.length);
        OutputStream open = open();
        if (length > remaining) {
            throw new IOException("too many bytes: " + length + ", but only " + remaining
                    + " are left of the length that was given to sendResponseHeaders");
        }
        open.write(source, offset, length);
        if (remaining != UNLIMITED) {
            remaining -= length;
        }
    }

    @Override
    public void flush() throws IOException {
        open().flush();
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        OutputStream open = open();
        closed = true;
        if (remaining > 0 && remaining != UNLIMITED) {
            exchange.abort();
            throw new IOException("insufficient bytes: " + remaining
                    + " are left of the length that was given to sendResponseHeaders");
        }
        open.close();
        exchange.end();
    }

    private OutputStream open() throws IOException {
        if (closed) {
            throw new IOException("the body of the response has been closed");
        }
        if (sink == null) {
            throw new IOException("call sendResponseHeaders before the body is written");
        }
        return sink;
    }
}
