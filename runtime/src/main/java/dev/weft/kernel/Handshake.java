package dev.weft.kernel;

import dev.weft.Awaitable;
import dev.weft.Greenlet;
import dev.weft.Outcome;
import dev.weft.Scope;
import dev.weft.lowlevel.Waiter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The body of a child that tells its starter when it is up, and what the starter waits for. */
final class Handshake<V extends @Nullable Object> implements Awaitable<V>, Callable<@Nullable Void>, Scope.Started<V> {
    private final Scope.Starting<V> body;
    private @Nullable Waiter<? super V> starter;
    private boolean up;

    Handshake(Scope.Starting<V> body) {
        this.body = java.util.Objects.requireNonNull(body, "body");
    }

    @Override
    public @Nullable Void call() throws Exception {
        try {
            body.run(this);
        } catch (Throwable t) {
            if (starter == null || GreenletTask.current().cancellation() != null) {
                throw t;
            }
            fail(t); // before it was up: the starter's failure, and not the scope's
        }
        return null;
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

    /** The child has ended; if the starter still waits it is told so. */
    void ended(Greenlet<?> child) {
        if (child.outcome() instanceof Outcome.Cancelled<?> cancelled) {
            fail(cancelled.cause());
        } else {
            fail(new IllegalStateException(child + " has ended without having called started"));
        }
    }

    private void fail(Throwable failure) {
        Waiter<? super V> waiting = starter;
        if (waiting != null) {
            starter = null;
            waiting.fail(failure);
        }
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
    public String toString() {
        return "the start of a child";
    }
}
