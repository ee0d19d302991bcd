package dev.weft.http;

import dev.weft.CheckedCallable;
import dev.weft.Weft;
import dev.weft.io.ByteStream;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a connection has received and not yet consumed. Holds a buffer only while there is something in it. Confined to the loop.
 */
final class ConnectionInput implements ByteStream.Receiver<RuntimeException>, CheckedCallable<Integer, IOException> {
    private final ByteStream stream;
    private final ServerLoop loop;
    private @Nullable ByteBuf buffer;

    ConnectionInput(ByteStream stream, ServerLoop loop) {
        this.stream = stream;
        this.loop = loop;
    }

    boolean isEmpty() {
        return buffer == null || !buffer.isReadable();
    }

    int available() {
        return buffer == null ? 0 : buffer.readableBytes();
    }

    /** Returns the buffer, for a decoder. */
    ByteBuf buffer() {
        ByteBuf held = buffer;
        if (held == null) {
            held = loop.takeInput();
            buffer = held;
        }
        return held;
    }

    /**
     * Waits until something has arrived. Returns the number of bytes, or -1 at the end.
     *
     * @throws dev.weft.DeadlineExceeded if the timeout expires; nothing is lost
     */
    int fill(Duration timeout) throws IOException {
        return Weft.withTimeout(timeout, this);
    }

    /** As {@link #fill(Duration)}, without a timeout. */
    int fill() throws IOException {
        return stream.receive(this);
    }

    /** Receives once; the body of {@link #fill(Duration)}, which thus allocates nothing. */
    @Override
    public Integer call() throws IOException {
        return fill();
    }

    @Override
    public void accept(ByteBuffer bytes) {
        buffer().writeBytes(bytes);
    }

    /** Moves bytes into {@code target}, as many as there are and as fit. */
    int drainTo(ByteBuffer target) {
        int count = BodySource.move(Objects.requireNonNull(buffer), target);
        releaseIfEmpty();
        return count;
    }

    /** Takes all that there is. */
    ByteBuffer take() {
        ByteBuf held = buffer();
        ByteBuffer all = ByteBuffer.allocate(held.readableBytes());
        held.readBytes(all);
        return all.flip();
    }

    /** Makes room in front. No part of the buffer may be in use. */
    void compact() {
        if (buffer != null) {
            buffer.discardReadBytes();
        }
    }

    /** Gives the buffer back to the loop if there is nothing in it. */
    void releaseIfEmpty() {
        if (buffer != null && !buffer.isReadable()) {
            release();
        }
    }

    /** Gives the buffer back to the loop. */
    void release() {
        if (buffer != null) {
            loop.giveBack(buffer);
            buffer = null;
        }
    }
}
