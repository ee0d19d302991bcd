package dev.weft.io.selector;

import dev.weft.Awaitable;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Waiter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one stream has written and the kernel does not have yet: bytes that are held until the end of the batch ({@link
 * HeldWrites}), or a rest that the channel did not accept then. A rest is sent when the selector reports the channel writable,
 * and before anything else that is written. Confined to the loop's thread.
 *
 * <p>Order is kept, because every write first finishes what is here, and nothing is held while there is a rest. A failure is
 * permanent: all later writes throw it, because bytes are missing.
 */
final class GatheredWrites {
    /** The most that is held, in bytes. */
    private static final int LARGEST = 16 * 1024;

    private static final Duration LONGEST_LINGER = Duration.ofMinutes(1);

    private final SelectedStream stream;
    private final HeldWrites held;
    private int begin; // in the loop's buffer
    private int end;
    private @Nullable ByteBuffer rest;
    private @Nullable Throwable failure;
    private @Nullable Linger linger; // present once the stream is closed and the rest must still be sent

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
        return tryHoldNow(source);
    }

    /** As {@link #tryHold}, for a caller that has made the checks and must not yield. */
    boolean tryHoldNow(ByteBuffer source) {
        if (!isHoldable(source)) {
            return false;
        }
        held.makeRoom(this, source.remaining());
        if (!isHoldable(source)) {
            return false; // the socket is full, or broken
        }
        held.hold(this, source);
        return true;
    }

    /** Returns whether {@code count} bytes more are not too many. */
    boolean mayHold(int count) {
        return end - begin + count <= LARGEST;
    }

    private boolean isHoldable(ByteBuffer source) {
        return source.hasRemaining()
                && source.remaining() <= LARGEST
                && rest == null
                && failure == null
                && stream.out().isWorthATry();
    }

    /** Sends {@code bytes}, which were held, and keeps what the channel does not accept. */
    void send(ByteBuffer bytes) {
        try {
            if (!stream.tryWriteNow(bytes)) {
                rest = ByteBuffer.allocateDirect(bytes.remaining()).put(bytes).flip();
                stream.out().beforeOthers(this::trySend);
            }
        } catch (IOException | OutOfMemoryError e) {
            failed(e);
        }
    }

    /**
     * Sends what is here, without waiting. Returns false if the channel is full.
     *
     * @throws IOException if that fails, or has failed
     */
    boolean tryFinish() throws IOException {
        boolean sent = trySend();
        Throwable lost = failure;
        if (lost != null) {
            throw new IOException("an earlier write failed, so bytes are missing; close the stream: " + lost, lost);
        }
        return sent;
    }

    /** Sends what is here, also whenever the channel becomes writable. Returns whether nothing is left to do. */
    private boolean trySend() {
        if (isHolding()) {
            held.send(this);
        }
        ByteBuffer unsent = rest;
        try {
            if (unsent != null) {
                if (!stream.tryWriteNow(unsent)) {
                    return false;
                }
                finished();
            }
        } catch (IOException e) {
            failed(e);
        }
        return true;
    }

    private void failed(Throwable thrown) {
        failure = thrown;
        finished();
    }

    /** There is no rest any more: it was sent, or nobody will take it. */
    private void finished() {
        if (rest != null) {
            rest = null;
            stream.out().endBeforeOthers();
        }
        if (linger != null) {
            linger.end();
        }
    }

    /** The stream is closed. Returns whether something is still to be sent, after which the channel will be closed. */
    boolean lingers() {
        if (trySend()) {
            return false;
        }
        linger = new Linger();
        return true;
    }

    /** The time that a closed stream has for its rest. */
    private final class Linger extends Waiter<@Nullable Void> {
        private final Awaitable<@Nullable Void> limit = Weft.timer(LONGEST_LINGER);

        Linger() {
            limit.subscribe(this);
        }

        void end() {
            limit.unsubscribe(this);
            stream.finishClose();
        }

        @Override
        public void succeed(@Nullable Void expired) {
            finished();
        }

        @Override
        public void fail(Throwable failure) {
            throw new AssertionError("a timer failed", failure);
        }
    }
}
