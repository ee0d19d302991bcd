package dev.weft.io.selector;

import dev.weft.lowlevel.Suspension;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What one stream has written and the kernel does not have yet: bytes that are held until the end of the batch ({@link
 * HeldWrites}), or a rest that the channel did not accept then. A rest is sent when the selector reports the channel writable,
 * and before anything else that is written. Confined to the loop's thread.
 *
 * <p>Order is kept, because every write first finishes what is here. A failure is thrown by the next write.
 */
final class GatheredWrites {
    /** The most that is held, in bytes. */
    private static final int LARGEST = 16 * 1024;

    private final SelectedStream stream;
    private final HeldWrites held;
    private int begin; // in the loop's buffer
    private int end;
    private @Nullable ByteBuffer rest;
    private @Nullable IOException failure;
    private boolean closing;

    GatheredWrites(SelectedStream stream, HeldWrites held) {
        this.stream = stream;
        this.held = held;
    }

    boolean isHolding() {
        return end > begin;
    }

    int begin() {
        return begin;
    }

    int end() {
        return end;
    }

    void beginAt(int position) {
        begin = position;
        end = position;
    }

    void endAt(int position) {
        end = position;
    }

    /** Holds {@code source} if it is small and nothing is in its way; returns whether it does. Throws as a write would. */
    boolean tryHold(ByteBuffer source) throws IOException {
        if (!isHoldable(source)) {
            return false;
        }
        stream.requireUsable();
        Suspension.checkpoint();
        stream.requireUsable();
        if (!isHoldable(source)) {
            return false; // others ran
        }
        stream.out().requireFree();
        if (end - begin + source.remaining() > LARGEST) {
            held.send(this);
            if (rest != null || failure != null) {
                return false;
            }
        }
        held.hold(this, source);
        return true;
    }

    private boolean isHoldable(ByteBuffer source) {
        return source.hasRemaining()
                && source.remaining() <= LARGEST
                && rest == null
                && failure == null
                && stream.out().isWorthATry();
    }

    /** Takes in the bytes that were held: sends them, and keeps what the channel does not accept. */
    void send(ByteBuffer bytes) {
        try {
            if (!stream.tryWriteNow(bytes)) {
                rest = ByteBuffer.allocateDirect(bytes.remaining()).put(bytes).flip();
                stream.out().beforeOthers(this::continueSending);
            }
        } catch (IOException e) {
            failed(e);
        }
    }

    /**
     * Sends what is here, without waiting. Returns false if the channel is full.
     *
     * @throws IOException if that fails, or has failed; then the bytes are lost
     */
    boolean tryFinish() throws IOException {
        if (isHolding()) {
            held.send(this);
        }
        IOException lost = failure;
        if (lost != null) {
            failure = null;
            throw new IOException("an earlier write failed: " + lost.getMessage(), lost);
        }
        ByteBuffer unsent = rest;
        if (unsent == null) {
            return true;
        }
        if (!stream.tryWriteNow(unsent)) {
            return false;
        }
        finished();
        return true;
    }

    /** Called when the channel is writable. Returns whether nothing is left. */
    private boolean continueSending() {
        try {
            return tryFinish();
        } catch (IOException e) {
            failed(e);
            return true;
        }
    }

    private void failed(IOException e) {
        failure = e;
        finished();
    }

    private void finished() {
        if (rest != null) {
            rest = null;
            stream.out().endBeforeOthers();
        }
        if (closing) {
            stream.finishClose();
        }
    }

    /** The stream is closed. Returns whether something is still to be sent, after which the channel will be closed. */
    boolean lingers() {
        if (!continueSending()) {
            closing = true;
        }
        return closing;
    }
}
