package dev.weft.kernel;

import dev.weft.Awaitable;
import dev.weft.Cancelled;
import dev.weft.Greenlet.State;
import dev.weft.Outcome;
import dev.weft.lowlevel.WaitQueue;
import dev.weft.lowlevel.Waiter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The part of a greenlet's record that ends: its state, what it returned or threw, and who is to be told. The state, and
 * the outcome once it is there, may be read by any thread; all else belongs to the loop's.
 */
abstract class Ending<T extends @Nullable Object> extends Cancellable implements Awaitable<T> {
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Ending.class, "state", State.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private @Nullable Object content; // the body; once it has run, what it returned or threw
    private @Nullable Object joiners; // see Joiners
    private State state = State.NEW; // written by the loop's thread, with release; read by any
    private boolean failed; // it threw; no wrapper tells, as there may be no memory for one

    Ending(Object body) {
        content = body;
    }

    /** It has ended; {@code unheard}: with a failure that nobody was told. */
    abstract void ended(@Nullable Throwable unheard);

    /** Tells the scope that it was spawned into, if any; returns whether the scope sees to a failure. */
    abstract boolean toldScope();

    // ---- the state
    // ---------------------------------------------------------------------------------------------------

    /** Where it stands. Any thread. */
    public final State state() {
        return (State) STATE.getAcquire(this);
    }

    /** Loop's thread: is it just there? Costs no fence. */
    final boolean isIn(State expected) {
        return state == expected;
    }

    final boolean isDone() {
        return state.isDone();
    }

    final void setState(State next) {
        STATE.setRelease(this, next);
    }

    // ---- the body, and what became of it
    // -----------------------------------------------------------------------------

    /** The body, which is called now; from here on the record does not hold it any more. */
    final @Nullable Object takeBody() {
        Object body = content;
        content = null;
        return body;
    }

    /** What it holds is {@code body}: it has not been called, and has not been left out. */
    final boolean holdsBody(Object body) {
        return content == body;
    }

    /** Whether its body has not been called. */
    final boolean hasNotBegun() {
        return content != null && !state.isDone();
    }

    final void returned(@Nullable Object value) {
        content = value;
    }

    final void threw(Throwable failure) {
        content = failure;
        failed = true;
    }

    /** What it threw, once it has. */
    final Throwable failure() {
        return (Throwable) Objects.requireNonNull(content);
    }

    /** What it returned, once it has. */
    @SuppressWarnings({"unchecked", "NullAway"}) // the body returned it, and may return null
    final T value() {
        return (T) content;
    }

    /** How it has ended; throws {@link IllegalStateException} while it has not. Any thread. */
    public final Outcome<T> outcome() {
        State how = state();
        if (!how.isDone()) {
            throw new IllegalStateException(this + " has not ended; join it, or ask in onEnd");
        }
        return switch (how) {
            case RETURNED -> new Outcome.Returned<>(value());
            case FAILED -> new Outcome.Failed<>(failure());
            default -> new Outcome.Cancelled<>(failure());
        };
    }

    // ---- the end
    // -----------------------------------------------------------------------------------------------------

    /** Its body has run, or was left out. */
    final void end() {
        if (!failed) {
            end(State.RETURNED);
        } else {
            Cancellation cancelled = cancellation();
            boolean explained =
                    cancelled != null && (Cancellation.explains(failure()) || hasLedTo(cancelled, failure()));
            end(explained ? State.CANCELLED : State.FAILED);
        }
    }

    /** It has not run to its end and never will. */
    final void endCancelled(Cancelled why) {
        threw(why);
        end(State.CANCELLED);
    }

    private void end(State how) {
        stopInterrupting();
        if (failed) {
            explainFailure(how);
            SpawnSites.attach(failure(), name(), spawnSite());
        }
        setState(how);
        boolean joinersHeard = tellJoiners();
        boolean heard = toldScope() || joinersHeard;
        ended(how == State.FAILED && !heard ? failure() : null);
    }

    abstract StackTraceElement spawnSite();

    /** What it threw may be less than what there is to tell. */
    private void explainFailure(State how) {
        Throwable thrown = failure();
        Cancellation cancelled = cancellation();
        Throwable told = thrown;
        if (how == State.FAILED && hasFailureToThrow()) {
            told = reasonFor(thrown);
        } else if (how == State.CANCELLED && cancelled != null && !(thrown instanceof Cancelled)) {
            told = cancelled.thrown(name(), "inside code that knows nothing of Weft");
        } else if (how == State.FAILED && cancelled != null) {
            cancelled.attach(thrown, name());
        }
        if (told != thrown) {
            told.addSuppressed(thrown);
            content = told;
        }
    }

    /** What was thrown at it and has not been thrown by a wait: the reason for {@code thrown}, or else told with it. */
    private Throwable reasonFor(Throwable thrown) {
        boolean isReason = Cancellation.isInterrupt(thrown) || hasImplicitYieldToThrow();
        Throwable pending = takeFailure();
        if (isReason) {
            return pending;
        }
        Failures.suppress(pending, thrown);
        return thrown;
    }

    /** Returns whether somebody heard who counts. */
    private boolean tellJoiners() {
        Object waiting = joiners;
        if (waiting == null) {
            return false;
        }
        joiners = null;
        boolean heard = false;
        WaitQueue<T> queue = Joiners.queue(waiting);
        Waiter<? super T> joiner;
        while ((joiner = queue.poll()) != null) {
            heard |= !(joiner instanceof EndLink<?>);
            tellOrReport(joiner);
        }
        return heard;
    }

    /** A joiner that throws keeps neither the others from being told nor this from ending. */
    private void tellOrReport(Waiter<? super T> joiner) {
        try {
            tell(joiner);
        } catch (Throwable t) {
            Reports.error(joiner + ", which waits for the end of " + this + ", failed when it was told", t);
        }
    }

    private void tell(Waiter<? super T> joiner) {
        if (failed) {
            joiner.fail(failure());
        } else {
            joiner.succeed(value());
        }
    }

    // ---- those who wait for the end
    // ----------------------------------------------------------------------------------

    @Override
    public final void subscribe(Waiter<? super T> waiter) {
        if (state.isDone()) {
            if (failed && !(waiter instanceof EndLink<?>)) {
                heardLate();
            }
            tell(waiter);
        } else {
            joiners = Joiners.with(joiners, waiter);
        }
    }

    @Override
    public final boolean unsubscribe(Waiter<? super T> waiter) {
        joiners = Joiners.without(joiners, waiter);
        return true;
    }

    /** Any thread: if the failure is still to be reported, that is not necessary any more. */
    abstract void heardLate();

    /** A future that completes with the end. Any thread. */
    public final CompletableFuture<T> toFuture() {
        CompletableFuture<T> future = new CompletableFuture<>();
        if (state().isDone()) {
            completeAtEnd(future);
        } else {
            tellAtEnd(new FutureCallback<>(future, loop()));
        }
        return future;
    }

    /** Any thread: has {@code link} told of the end, at once if that was before. */
    final void tellAtEnd(Waiter<? super T> link) {
        if (state().isDone()) {
            subscribe(link);
        } else {
            loop().onLoop(() -> subscribe(link));
        }
    }

    /** Loop's thread, or before the start, or after the end. */
    final void completeAtEnd(CompletableFuture<T> future) {
        subscribe(new FutureCompletion<>(future));
    }
}
