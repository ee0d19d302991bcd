package dev.weft.sync;

import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Outcome;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * An operation of several steps, run by a greenlet on the home loop for a greenlet of another loop or a plain thread. If the
 * caller is cancelled, so is the operation, and the caller waits until it has ended. If it returned all the same, its value
 * is returned.
 */
final class CallAtHome {
    static {
        Suspension.spawnsForOthers(CallAtHome.class);
    }

    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    private CallAtHome() {}

    /**
     * Runs {@code operation} and returns its value or throws its exception, as it is.
     *
     * @throws RejectedExecutionException if the home is closed, also meanwhile
     */
    static <T extends @Nullable Object> T call(HomeGateway gateway, Callable<T> operation) {
        return (Suspension.isOnLoop() ? fromGreenlet(gateway, operation) : fromThread(gateway, operation)).get();
    }

    /** As {@link #call}, for an operation without a value. */
    static void run(HomeGateway gateway, Runnable operation) {
        call(gateway, () -> {
            operation.run();
            return true;
        });
    }

    private static <T extends @Nullable Object> Outcome<T> fromThread(HomeGateway gateway, Callable<T> operation) {
        try {
            return gateway.home.call(() -> outcome(operation));
        } catch (RejectedExecutionException e) {
            throw gateway.closed(e);
        } catch (Cancelled e) {
            throw Thread.currentThread().isInterrupted() ? e : gateway.closed(e);
        }
    }

    private static <T extends @Nullable Object> Outcome<T> fromGreenlet(HomeGateway gateway, Callable<T> operation) {
        Suspension.checkpoint();
        Callable<Outcome<T>> body = Weft.carrying(() -> outcome(operation));
        Greenlet<Outcome<T>> there = spawn(gateway, body);
        try {
            return there.join();
        } catch (Throwable e) {
            boolean isOurs = !there.state().isDone();
            Weft.shield(() -> there.killAndJoin(FOREVER));
            if (!(e instanceof Cancelled cancelled)) { // thrown into the caller
                throw e;
            }
            if (there.outcome() instanceof Outcome.Returned<Outcome<T>> late) {
                return late.value();
            }
            throw isOurs ? cancelled : gateway.closed(cancelled);
        }
    }

    private static <T> Greenlet<T> spawn(HomeGateway gateway, Callable<T> body) {
        try {
            return gateway.home.spawn(body);
        } catch (RejectedExecutionException e) {
            throw gateway.closed(e);
        }
    }

    /** Runs {@code operation}. Only a cancellation of the greenlet that runs it is thrown. */
    private static <T extends @Nullable Object> Outcome<T> outcome(Callable<T> operation) {
        try {
            return new Outcome.Returned<>(operation.call());
        } catch (Throwable t) {
            if (t instanceof Cancelled) {
                Suspension.checkpoint();
            }
            return new Outcome.Failed<>(t);
        }
    }
}
