package dev.weft.kernel;

import dev.weft.Awaitable;
import dev.weft.spi.Owners;
import dev.weft.spi.Waiter;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** The end of a stage. Any thread may complete the stage; the waiter is completed on its own loop, unless it has left. */
public final class StageEnd<T extends @Nullable Object> implements Awaitable<T> {
    private final CompletionStage<T> stage;
    private final Object description;
    private @Nullable EventLoop home;
    private @Nullable Waiter<? super T> waiter;

    StageEnd(CompletionStage<T> stage) {
        this(stage, stage);
    }

    StageEnd(CompletionStage<T> stage, Object description) {
        this.stage = stage;
        this.description = description;
    }

    @Override
    public Owners owners() {
        return description instanceof Joining.EndOf end
                ? end.greenlet().owners()
                : Owners.outside(Owners.Kind.STAGE, description);
    }

    @Override
    public void subscribe(Waiter<? super T> subscriber) {
        EventLoop loop = EventLoop.current();
        waiter = subscriber;
        home = loop;
        loop.outsideWaitBegins();
        stage.whenComplete((value, failure) -> loop.onLoop(() -> ended(value, failure)));
    }

    private void ended(T value, @Nullable Throwable failure) {
        Waiter<? super T> subscriber = waiter;
        if (subscriber == null) {
            return;
        }
        forgetWaiter();
        if (failure == null) {
            subscriber.succeed(value);
        } else {
            subscriber.fail(unwrap(failure));
        }
    }

    @Override
    public boolean unsubscribe(Waiter<? super T> subscriber) {
        if (waiter != null) {
            forgetWaiter();
        }
        return true;
    }

    private void forgetWaiter() {
        waiter = null;
        if (home != null) {
            home.outsideWaitEnds();
        }
    }

    @Override
    public String toString() {
        return description.toString();
    }

    /** Returns the failure that a stage or future has wrapped. */
    static Throwable unwrap(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause != null && (failure instanceof CompletionException || failure instanceof ExecutionException)
                ? cause
                : failure;
    }
}
