package dev.weft.kernel;

import dev.weft.Awaitable;
import dev.weft.Greenlet;
import dev.weft.Outcome;
import dev.weft.Scope;
import dev.weft.spi.Owners;
import dev.weft.spi.Waiter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The body of a child that reports when it is up, and the awaitable for its starter. */
final class Handshake<V extends @Nullable Object>
        implements Awaitable<V>, Callable<@Nullable Void>, Scope.Started<V>, WrittenElsewhere {
    private final Scope.Starting<V> body;
    private @Nullable Waiter<? super V> starter;
    private boolean up;

    Handshake(Scope.Starting<V> body) {
        this.body = Objects.requireNonNull(body, "body");
    }

    @Override
    public @Nullable Void call() throws Exception {
        body.run(this);
        return null;
    }

    @Override
    public Object written() {
        return body;
    }

    @Override
    public void started(V value) {
        if (up) {
            throw new IllegalStateException("started was called a second time, with " + value);
        }
        up = true;
        Waiter<? super V> waiting = starter;
        if (waiting != null) {
            starter = null;
            waiting.succeed(value);
        }
    }

    /** The child has ended. Returns whether the starter was still waiting, and has been failed. */
    boolean ended(Greenlet<?> child) {
        Waiter<? super V> waiting = starter;
        starter = null;
        if (waiting != null) {
            waiting.fail(why(child));
        }
        return waiting != null;
    }

    private static Throwable why(Greenlet<?> child) {
        Outcome<?> outcome = child.outcome();
        if (outcome instanceof Outcome.Failed<?> failed) {
            return failed.failure();
        }
        return outcome instanceof Outcome.Cancelled<?> cancelled
                ? cancelled.cause()
                : new IllegalStateException(child + " has ended without having called started");
    }

    @Override
    public void subscribe(Waiter<? super V> waiter) {
        starter = waiter;
    }

    @Override
    public boolean unsubscribe(Waiter<? super V> waiter) {
        starter = null;
        return true;
    }

    @Override
    public Owners owners() {
        return Owners.unknown(Owners.Kind.JOIN, this);
    }

    @Override
    public String toString() {
        return "the start of a child";
    }
}
