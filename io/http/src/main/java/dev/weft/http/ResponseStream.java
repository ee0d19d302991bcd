package dev.weft.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The body of a response, written piece by piece. A body that is short enough to be gathered whole gets a length of its own. */
final class ResponseStream extends OutputStream {
    private static final int GATHERED = 8 << 10;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final HttpResponse response;
    private final ResponseSink sink;
    private final ServerLoop loop;
    private @Nullable WireBuffer gathered;
    private long length; // declared, or one of the markers of HttpResponse
    private long written;
    private boolean closed;

    ResponseStream(HttpResponse response, ResponseSink sink, ServerLoop loop) {
        this.response = response;
        this.sink = sink;
        this.loop = loop;
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
            held = loop.takeOutput();
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
            loop.giveBack(held);
        } else if (!response.isCommitted() && !closed) {
            sink.sendPart(response, NOTHING, length);
        }
    }

    private void send(ByteBuffer part) throws IOException {
        if (!response.sendsBody()) {
            part.position(part.limit());
        }
        sink.sendPart(response, part, length);
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
        if (!response.isCommitted() && trailers == null && length != HttpResponse.UNTIL_CLOSE) {
            sendWhole();
            return;
        }
        if (gatheredBytes() > 0 || !response.isCommitted()) {
            send(gathered().written());
        }
        if (trailers != null) {
            trailers.freeze("they have been sent");
        }
        sink.end(response, length, trailers);
    }

    private void sendWhole() throws IOException {
        ByteBuffer whole = gathered().written();
        if (!response.sendsBody()) {
            whole.position(whole.limit());
        }
        sink.send(response, whole, Math.max(length, written));
    }
}
