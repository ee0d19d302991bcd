package dev.weft.io.selector;

import dev.weft.spi.Sneaky;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The attempt at an {@link Operation} that the selector's pass makes for a waiting greenlet, and its outcome until the greenlet
 * takes it. Belongs to one direction of a channel. Confined to the loop's thread.
 */
public final class PassAttempt {
    private @Nullable Operation<Object, Object> operation; // null: nobody waits for one
    private boolean suitsPass;
    private @Nullable Object subject;
    private @Nullable Object argument;
    private @Nullable Throwable failure;
    private long result = Operation.AGAIN;

    PassAttempt() {}

    /** Sets the attempt that the pass {@linkplain Operation#suitsPass makes} or {@linkplain Operation#prepare prepares}. */
    @SuppressWarnings("unchecked") // the three belong together
    public <S, A> void expect(S newSubject, A newArgument, Operation<S, A> newOperation) {
        operation = (Operation<Object, Object>) newOperation;
        suitsPass = newOperation.suitsPass();
        subject = newSubject;
        argument = newArgument;
    }

    boolean isExpected() {
        return operation != null;
    }

    /** Makes or prepares the attempt, on the loop's thread. Returns whether to wake the greenlet. */
    boolean makeInPass() throws IOException {
        return suitsPass
                ? make() != Operation.AGAIN
                : Objects.requireNonNull(operation).prepare(Objects.requireNonNull(subject));
    }

    /** Makes the attempt. Returns its result, or {@link Operation#AGAIN} if the channel is not ready. */
    public long make() throws IOException {
        result = Objects.requireNonNull(operation)
                .attempt(Objects.requireNonNull(subject), Objects.requireNonNull(argument));
        return result;
    }

    /** Records that the attempt threw {@code thrown}. */
    void fail(Throwable thrown) {
        failure = thrown;
    }

    /** Returns whether an attempt has succeeded or failed. */
    public boolean isDone() {
        return result != Operation.AGAIN || failure != null;
    }

    /** Returns the result, or throws what the attempt threw. An exception gets the caller's stack trace in place of the pass's. */
    public long result() throws IOException {
        Throwable thrown = failure;
        if (thrown == null) {
            return result;
        }
        if (thrown instanceof Exception) {
            thrown.setStackTrace(new Throwable().getStackTrace());
        }
        throw Sneaky.rethrow(thrown);
    }

    /** Clears everything, because the greenlet no longer waits. */
    public void forget() {
        operation = null;
        subject = null;
        argument = null;
        failure = null;
        result = Operation.AGAIN;
    }
}
