package dev.weft.io.selector;

import dev.weft.spi.Sneaky;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The attempt at an {@link Operation} that the selector's pass makes for a greenlet that waits, and its outcome until the
 * greenlet takes it. Belongs to one direction of a channel, and to the loop's thread.
 */
public final class PassAttempt {
    private @Nullable Operation<Object, Object> operation; // null: nobody waits for one
    private @Nullable Object subject;
    private @Nullable Object argument;
    private @Nullable Throwable failure;
    private long result = Operation.AGAIN;

    PassAttempt() {}

    /** From now on the pass may make the attempt, until {@link #forget}. */
    @SuppressWarnings("unchecked") // the three belong together
    public <S, A> void expect(S newSubject, A newArgument, Operation<S, A> newOperation) {
        operation = (Operation<Object, Object>) newOperation;
        subject = newSubject;
        argument = newArgument;
    }

    boolean isExpected() {
        return operation != null;
    }

    /** Makes the attempt; {@link Operation#AGAIN}: it has found nothing. */
    public long make() throws IOException {
        result = Objects.requireNonNull(operation)
                .attempt(Objects.requireNonNull(subject), Objects.requireNonNull(argument));
        return result;
    }

    /** The attempt has failed. */
    void fail(Throwable thrown) {
        failure = thrown;
    }

    /** Whether it has succeeded or failed. */
    public boolean isDone() {
        return result != Operation.AGAIN || failure != null;
    }

    /** Its result, for the greenlet; throws what it threw, with the greenlet's stack in place of the pass's. */
    public long result() throws IOException {
        Throwable thrown = failure;
        if (thrown == null) {
            return result;
        }
        if (thrown instanceof IOException) {
            thrown.setStackTrace(new Throwable().getStackTrace());
        }
        throw Sneaky.rethrow(thrown);
    }

    /** The greenlet waits no longer. */
    public void forget() {
        operation = null;
        subject = null;
        argument = null;
        failure = null;
        result = Operation.AGAIN;
    }
}
