package dev.weft.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The body of a response, written piece by piece. A body that is short enough to be gathered whole gets a length of its own. */
final class ResponseStream extends OutputStream {
    private static final int GATHERED = 8 << 10;
    private static final byte[] END_OF_LINE = {'\r', '\n'};
    private static final byte[] NOTHING = {};
    private static final byte[] LAST_CHUNK = "0\r\n".getBytes(StandardCharsets.US_ASCII);

    private final HttpResponse response;
    private final HttpConnection connection;
    private @Nullable WireBuffer gathered;
    private long length; // declared, or one of the markers of HttpResponse
    private long written;
    private boolean closed;

    ResponseStream(HttpResponse response, HttpConnection connection) {
        this.response = response;
        this.connection = connection;
        length = response.streamedLength();
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int count) throws IOException {
        Objects.checkFromIndexSize(offset, count, source.length);
        requireRoom(count);
        written += count;
        response.countBody(count);
        if (gatheredBytes() + count <= GATHERED) {
            gathered().put(source, offset, count);
        } else {
            flush();
            if (count <= GATHERED) {
                gathered().put(source, offset, count);
            } else {
                send(ByteBuffer.wrap(source, offset, count));
            }
        }
    }

    private void requireRoom(int count) throws IOException {
        if (closed) {
            throw new IOException("the body has been closed: " + response);
        }
        if (length >= 0 && written + count > length) {
            throw new IllegalStateException("Content-Length is " + length + ", but the handler writes "
                    + (written + count) + " bytes: " + response);
        }
    }

    private WireBuffer gathered() {
        WireBuffer held = gathered;
        if (held == null) {
            held = connection.loop.takeOutput();
            gathered = held;
        }
        return held;
    }

    private int gatheredBytes() {
        return gathered == null ? 0 : gathered.length();
    }

    /** Sends the head and what has been written. */
    @Override
    public void flush() throws IOException {
        WireBuffer held = gathered;
        if (held != null) {
            gathered = null;
            send(held.written());
            connection.loop.giveBack(held);
        } else if (!response.isCommitted() && !closed) {
            connection.write(response.commit(length));
        }
    }

    private void send(ByteBuffer part) throws IOException {
        WireBuffer out = response.isCommitted() ? connection.loop.takeOutput() : response.commit(length);
        byte[] end = NOTHING;
        if (!response.sendsBody()) {
            part.position(part.limit());
        } else if (length == HttpResponse.CHUNKED) {
            out.putHex(part.remaining()).endLine();
            end = END_OF_LINE;
        }
        if (out.length() + part.remaining() <= WireBuffer.USUAL_SIZE) {
            connection.write(out.put(part).put(end));
        } else {
            connection.write(out, part, end);
        }
    }

    /**
     * Sends the rest and ends the body.
     *
     * @throws IllegalStateException if less than {@code Content-Length} has been written
     */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        if (length >= 0 && written < length && response.sendsBody()) {
            throw new IllegalStateException(
                    "Content-Length is " + length + ", but the handler has written " + written + " bytes: " + response);
        }
        HttpHeaders trailers = response.trailersOrNull();
        if (!response.isCommitted() && length != HttpResponse.UNTIL_CLOSE && trailers == null && length < 0) {
            length = written; // all of it is here
        }
        if (gatheredBytes() > 0 || !response.isCommitted()) {
            send(gathered().written());
        }
        if (length == HttpResponse.CHUNKED && response.sendsBody()) {
            sendLastChunk(trailers);
        }
    }

    private void sendLastChunk(@Nullable HttpHeaders trailers) throws IOException {
        WireBuffer out = connection.loop.takeOutput().put(LAST_CHUNK);
        if (trailers != null) {
            trailers.freeze("they have been sent");
            HttpResponse.putFields(out, trailers);
        }
        connection.write(out.endLine());
    }
}
