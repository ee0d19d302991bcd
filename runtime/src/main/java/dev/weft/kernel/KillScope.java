package dev.weft.kernel;

import dev.weft.Cancelled;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The scope around all that a greenlet does: of a kill, and of a failure that another greenlet has thrown at this one. Made
 * when it is needed for the first time. It also keeps what only a greenlet that is being cancelled has, so that the
 * records of all others stay small.
 */
final class KillScope extends CancelScope {
    final Interruption interruption;
    final DeferredInterrupt takenInterrupt;
    private int refusals;
    private @Nullable Throwable failure;
    private @Nullable Cancellation delivered; // the last that a wait has thrown, or that an interrupt was sent for
    private @Nullable Cancelled firstThrown; // by a wait, for that; null if it was an interrupt
    private @Nullable InterruptedWait firstInterrupted;

    KillScope(CancellableWait owner, @Nullable CancelScope home) {
        super(owner, Kind.KILL, home, NEVER);
        interruption = new Interruption(owner);
        takenInterrupt = new DeferredInterrupt(owner);
    }

    /** One more wait is refused; returns how many in a row were before. */
    int countRefusal() {
        return refusals++;
    }

    /** The greenlet may wait again. */
    void forgetRefusals() {
        refusals = 0;
    }

    /** The greenlet learns of {@code cancellation}: a wait throws {@code thrown}. */
    void deliver(Cancellation cancellation, Cancelled thrown) {
        if (delivered != cancellation) {
            delivered = cancellation;
            firstThrown = thrown;
            firstInterrupted = null;
        }
    }

    /** The greenlet learns of {@code cancellation}: it is interrupted where it waits. */
    void deliverByInterrupt(Cancellation cancellation) {
        if (delivered != cancellation) {
            delivered = cancellation;
            firstThrown = null;
            firstInterrupted = new InterruptedWait(owner.thread().getStackTrace());
        }
    }

    /**
     * Whether {@code failure} has come of {@code cancellation}, as the greenlet had learnt of that when it was thrown: the
     * code on the way has made something of its own of it, or has failed to clean up.
     */
    boolean hasLedTo(Cancellation cancellation, Throwable failure) {
        return delivered == cancellation
                && failure instanceof Exception
                && !cancellation.isOfAnother(failure)
                && !wasBefore(failure);
    }

    /** Whether what has told the greenlet of its cancellation was added, since, to {@code failure} or to a cause of it. */
    private boolean wasBefore(Throwable failure) {
        InterruptedWait interrupted = firstInterrupted;
        return Causes.suppress(
                failure,
                interrupted == null
                        ? suppressed -> Causes.contain(suppressed, firstThrown)
                        : suppressed -> Cancellation.isInterrupt(suppressed)
                                && interrupted.hasThrown(Cancellation.source(suppressed)));
    }

    /** The next wait is to throw {@code thrown}; of several, the first, with the others suppressed. */
    void failureToThrow(Throwable thrown) {
        if (failure == null) {
            failure = thrown;
        } else if (failure != thrown) {
            failure.addSuppressed(thrown);
        }
    }

    @Nullable Throwable failure() {
        return failure;
    }

    Throwable takeFailure() {
        Throwable taken = Objects.requireNonNull(failure);
        failure = null;
        return taken;
    }
}
