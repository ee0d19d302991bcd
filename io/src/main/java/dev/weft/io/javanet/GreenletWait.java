package dev.weft.io.javanet;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Loop;
import dev.weft.io.selector.Operation;
import dev.weft.io.selector.PassAttempt;
import dev.weft.io.selector.Readiness;
import dev.weft.io.selector.SelectedChannel;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.YieldMode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The wait of one loop's greenlets, which are suspended until the loop's selector reports the channel ready. */
final class GreenletWait extends ReadinessWait {
    static {
        Suspension.belongsToRuntime(GreenletWait.class);
    }

    private final Loop loop;
    private final SelectedChannel selected;
    private final Waiting waitingIn = new Waiting();
    private final Waiting waitingOut = new Waiting();
    private Duration limit = Duration.ZERO; // of the last timed wait, cached because the next usually has the same

    GreenletWait(Loop loop, SelectedChannel selected) {
        this.loop = loop;
        this.selected = selected;
    }

    /** Returns whether the caller is on the loop. */
    boolean isCurrent() {
        return Suspension.isOn(loop);
    }

    /** Returns whether the channel or the loop is closed. */
    boolean isClosed() {
        return !selected.isOpen();
    }

    private Readiness side(Direction direction) {
        return direction == Direction.IN ? selected.in() : selected.out();
    }

    /** An operation on a socket for which a greenlet waits. */
    private static final class Waiting {
        static final Operation.InPass<Waiting, ReadinessWait> ATTEMPT = Waiting::attempt;

        private @Nullable Object socket;
        private @Nullable Object argument;
        private @Nullable SocketOperation<Object, Object> operation;

        private long attempt(ReadinessWait wait) throws IOException {
            return Objects.requireNonNull(operation)
                    .attempt(Objects.requireNonNull(socket), wait, Objects.requireNonNull(argument));
        }

        @SuppressWarnings("unchecked") // the three belong together
        <S, A> void set(@Nullable S newSocket, @Nullable A newArgument, @Nullable SocketOperation<S, A> newOperation) {
            socket = newSocket;
            argument = newArgument;
            operation = (SocketOperation<Object, Object>) newOperation;
        }
    }

    /** The poller makes the attempts, and wakes the greenlet once one has succeeded or failed. */
    @Override
    <S, A> long performWhenReady(Direction direction, S socket, A argument, SocketOperation<S, A> operation, long nanos)
            throws IOException {
        if (!operation.suitsPass()) {
            return super.performWhenReady(direction, socket, argument, operation, nanos);
        }
        Waiting waiting = direction == Direction.IN ? waitingIn : waitingOut;
        waiting.set(socket, argument, operation);
        PassAttempt attempt = side(direction).passAttempt();
        attempt.expect(waiting, this, Waiting.ATTEMPT);
        try {
            long begin = nanos == FOREVER ? 0 : System.nanoTime();
            long left = nanos;
            while (left > 0 && await(direction, left)) {
                if (attempt.isDone() || attempt.make() != Operation.AGAIN) {
                    return attempt.result();
                }
                left = nanos == FOREVER ? FOREVER : nanos - (System.nanoTime() - begin);
            }
            return SocketOperation.AGAIN;
        } finally {
            attempt.forget();
            waiting.set(null, null, null);
        }
    }

    @Override
    void checkpoint() {
        Suspension.checkpoint(YieldMode.IMPLICIT);
    }

    @Override
    boolean isWorthATry(Direction direction) {
        return side(direction).isWorthATry();
    }

    @Override
    void noteDrained(Direction direction) {
        side(direction).noteDrained();
    }

    @Override
    void noteProgress(Direction direction) {
        side(direction).noteProgress();
    }

    @Override
    void noteTransfer(Direction direction, long count, long room) {
        side(direction).noteTransfer(count, room);
    }

    @Override
    int read(ReadableByteChannel channel, ByteBuffer target) throws IOException {
        return selected.read(channel, target);
    }

    @Override
    int write(WritableByteChannel channel, ByteBuffer source) throws IOException {
        return selected.write(channel, source);
    }

    @Override
    void become(Direction direction, int operation) {
        side(direction).become(operation);
    }

    @Override
    boolean await(Direction direction, long nanos) throws IOException {
        try {
            if (nanos == FOREVER) {
                Suspension.await(side(direction), null, YieldMode.IMPLICIT);
            } else {
                Suspension.await(side(direction), limit(nanos), YieldMode.IMPLICIT);
            }
            return true;
        } catch (DeadlineExceeded e) {
            return false; // this wait's own limit: an outer deadline throws Cancelled
        } catch (Cancelled e) {
            if (e.getCause() == null && Thread.currentThread().isInterrupted()) {
                InterruptedIOException interrupted = new InterruptedIOException("interrupted");
                interrupted.initCause(e);
                throw interrupted;
            }
            throw e;
        }
    }

    private Duration limit(long nanos) {
        Duration last = limit;
        if (last.toNanos() != nanos) {
            last = Duration.ofNanos(nanos);
            limit = last;
        }
        return last;
    }

    @Override
    void close() {
        selected.close();
    }
}
