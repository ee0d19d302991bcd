package dev.weft.http;

import dev.weft.Weft;
import dev.weft.io.ByteStream;
import dev.weft.sync.Limiter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * Sends the frames of a server. For several greenlets of the loop: messages are sent one after the other, and control frames
 * between the fragments of a message. A write that fails, is killed or times out closes the connection, as it may have sent part of
 * a frame.
 */
@SuppressWarnings("try") // leases are held, not used
final class WebSocketOutput {
    private static final int FRAGMENT = 64 << 10;
    private static final int LONGEST_REASON = WebSocketFrame.LONGEST_CONTROL - Short.BYTES;

    private final ByteStream connection;
    private final Duration patience;
    private final Limiter messages = new Limiter(1);
    private final Limiter frames = new Limiter(1);
    private boolean closed;
    private long sent;

    /** @param patience how long a control frame may wait for the client */
    WebSocketOutput(ByteStream connection, Duration patience) {
        this.connection = connection;
        this.patience = patience;
    }

    /** Returns whether a close frame has been sent. */
    boolean isClosed() {
        return closed;
    }

    /** Returns the number of frames that have been sent. */
    long sent() {
        return sent;
    }

    /** Sends the remaining bytes of {@code payload} as a message, in fragments if it is long. */
    void message(int opcode, ByteBuffer payload) throws IOException {
        try (Limiter.Lease mine = messages.acquire()) {
            int next = opcode;
            do {
                ByteBuffer fragment = payload.slice(payload.position(), Math.min(FRAGMENT, payload.remaining()));
                payload.position(payload.position() + fragment.remaining());
                fragment(new WebSocketFrame(!payload.hasRemaining(), next, fragment));
                next = WebSocketFrame.CONTINUATION;
            } while (payload.hasRemaining());
        }
    }

    private void fragment(WebSocketFrame frame) throws IOException {
        try (Limiter.Lease mine = frames.acquire()) {
            write(frame);
        } catch (Throwable t) {
            if (frame.opcode() == WebSocketFrame.CONTINUATION) {
                connection.close(); // without the rest of the message
            }
            throw t;
        }
    }

    /** Answers a ping. */
    void pong(ByteBuffer payload) throws IOException {
        control(new WebSocketFrame(true, WebSocketFrame.PONG, payload));
    }

    /** Sends a ping, unless another frame is being sent; returns whether it has. */
    boolean tryPing() throws IOException {
        Optional<Limiter.Lease> free = frames.tryAcquire();
        if (free.isEmpty()) {
            return false;
        }
        try (Limiter.Lease mine = free.get()) {
            Weft.withTimeout(
                    patience, () -> write(new WebSocketFrame(true, WebSocketFrame.PING, ByteBuffer.allocate(0))));
        }
        return true;
    }

    /** Sends a close frame, after which nothing can be sent; has no effect if one has been sent. */
    void close(int code, String reason) throws IOException {
        if (!closed) {
            ByteBuffer payload = ByteBuffer.allocate(WebSocketFrame.LONGEST_CONTROL);
            if (code != WebSocketClosed.NO_CODE) {
                payload.putShort((short) code).put(reason.getBytes(StandardCharsets.UTF_8));
            }
            control(new WebSocketFrame(true, WebSocketFrame.CLOSE, payload.flip()));
        }
    }

    /** Returns whether {@code reason} fits into a close frame. */
    static boolean fits(String reason) {
        return reason.getBytes(StandardCharsets.UTF_8).length <= LONGEST_REASON;
    }

    private void control(WebSocketFrame frame) throws IOException {
        Weft.withTimeout(patience, () -> {
            try (Limiter.Lease mine = frames.acquire()) {
                write(frame);
            }
        });
    }

    private void write(WebSocketFrame frame) throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        closed = frame.opcode() == WebSocketFrame.CLOSE;
        try {
            connection.write(new ByteBuffer[] {frame.head(), frame.payload()});
            sent++;
        } catch (Throwable t) {
            connection.close();
            throw t;
        }
    }
}
