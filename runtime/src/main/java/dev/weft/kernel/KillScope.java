package dev.weft.kernel;

import dev.weft.Cancelled;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The scope around everything a greenlet does: for a kill, or for a failure that another greenlet has thrown at this one.
 * Created when first needed. It also holds the state that only a greenlet being cancelled needs, which keeps all other
 * greenlets small.
 */
final class KillScope extends CancelScope {
    final Interruption interruption;
    final DeferredInterrupt clearedInterrupt;
    LoopRecorder.Span recorded = LoopRecorder.Span.NONE; // from the kill to the end
    private int refusals;
    private long killedNanos = NEVER;
    private @Nullable Throwable failure;
    private @Nullable Cancellation delivered; // the last one that a wait has thrown or an interrupt was sent for
    private @Nullable Cancelled firstThrown; // by a wait, for delivered; null if it was an interrupt
    private @Nullable InterruptedWait firstInterrupted;

    KillScope(CancellableWait owner, @Nullable CancelScope home) {
        super(owner, Kind.KILL, home, NEVER);
        interruption = new Interruption(owner);
        clearedInterrupt = new DeferredInterrupt(owner);
    }

    /** Kills the greenlet. */
    void kill(Cancellation kill) {
        if (killedNanos == NEVER) {
            killedNanos = owner.scheduler().now();
        }
        cancel(kill);
    }

    /** Returns when it was killed; {@link #NEVER} if it was not. Any thread. */
    long killedNanos() {
        return killedNanos;
    }

    /** Returns how many waits in a row were refused, as it is cancelled and waits all the same. Any thread. */
    int refusals() {
        return refusals;
    }

    /** Counts a refused wait; returns the number of previous refusals in a row. */
    int countRefusal() {
        return refusals++;
    }

    /** The greenlet may wait again. */
    void forgetRefusals() {
        refusals = 0;
    }

    /** Records that the greenlet learns of {@code cancellation} from a wait, which throws {@code thrown}. */
    void deliver(Cancellation cancellation, Cancelled thrown) {
        if (delivered != cancellation) {
            delivered = cancellation;
            firstThrown = thrown;
            firstInterrupted = null;
        }
    }

    /** Records that the greenlet learns of {@code cancellation} from an interrupt where it waits. */
    void deliverByInterrupt(Cancellation cancellation) {
        if (delivered != cancellation) {
            delivered = cancellation;
            firstThrown = null;
            firstInterrupted = new InterruptedWait(owner.thread().getStackTrace());
        }
    }

    /**
     * Returns whether {@code failure} resulted from {@code cancellation}, because the greenlet already knew of it when it was
     * thrown: code on the way has replaced the original exception, or its cleanup has failed.
     */
    boolean hasLedTo(Cancellation cancellation, Throwable failure) {
        return delivered == cancellation
                && failure instanceof Exception
                && !cancellation.isOfAnother(failure)
                && !wasBefore(failure);
    }

    /** Returns whether the exception that announced the cancellation was later added to {@code failure} or a cause of it. */
    private boolean wasBefore(Throwable failure) {
        InterruptedWait interrupted = firstInterrupted;
        return Causes.suppress(
                failure,
                interrupted == null
                        ? suppressed -> Causes.contain(suppressed, firstThrown)
                        : suppressed -> Cancellation.isInterrupt(suppressed)
                                && interrupted.hasThrown(Cancellation.source(suppressed)));
    }

    /** Makes the next wait throw {@code thrown}; of several, the first is thrown, with the others as suppressed. */
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
