package dev.weft.offload;

import dev.weft.Cancelled;
import dev.weft.kernel.ActionBody;
import dev.weft.kernel.Blocking;
import dev.weft.kernel.EventLoop;
import dev.weft.kernel.GreenletTask;
import dev.weft.kernel.Scopes;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Off-loading as {@code Weft} and {@code Loop} offer it: from greenlets to threads, and from threads to loops. */
public final class Offloading {
    private Offloading() {}

    /** Runs {@code body} on the group's pool for blocking calls. */
    public static <T extends @Nullable Object> T blocking(Callable<T> body, OffloadTerms terms) {
        return OffloadedCall.call(OffloadPools.current().blocking(), body, terms);
    }

    /** Runs {@code body} on the group's pool for blocking calls, for at most {@code timeout}. */
    public static <T extends @Nullable Object> T blocking(Callable<T> body, Duration timeout) {
        return Scopes.withTimeout(timeout, () -> blocking(body, OffloadTerms.DEFAULT));
    }

    /** Runs {@code body} on the group's pool for computations. */
    public static <T extends @Nullable Object> T computing(Callable<T> body) {
        return OffloadedCall.call(OffloadPools.current().computing(), body, OffloadTerms.DEFAULT);
    }

    /** Runs {@code body} on the loop that off-loaded the calling code. */
    public static <T extends @Nullable Object> T fromThread(Callable<T> body) {
        OffloadedCall<?> call = OffloadThread.currentCallOrNull();
        if (call == null) {
            throw new IllegalStateException("fromThread must be called by an off-loaded call, but "
                    + Thread.currentThread() + " is not running one; from other threads use loop.call(body)");
        }
        return call.runOnLoop(body);
    }

    /** Throws if the calling greenlet, or the one that the caller runs for, was cancelled. */
    public static void checkCancelled() {
        OffloadedCall<?> call = OffloadThread.currentCallOrNull();
        if (call != null) {
            call.requireWanted();
        } else {
            GreenletTask.current().requireNotCancelled("checkCancelled");
        }
    }

    /** Returns how long the calling greenlet, or the one that the caller runs for, may still wait. */
    public static Optional<Duration> effectiveDeadline() {
        OffloadedCall<?> call = OffloadThread.currentCallOrNull();
        return call != null ? call.remaining() : Scopes.effectiveDeadline();
    }

    /** Runs {@code body} as a greenlet of {@code loop} and blocks the calling thread until it ends. */
    public static <T extends @Nullable Object> T call(EventLoop loop, @Nullable String name, Callable<T> body) {
        EventLoop inside = EventLoop.currentOrNull();
        if (inside != null) {
            throw new IllegalStateException("loop.call would block loop " + inside.name()
                    + ", which it was called on; use loop.spawn(body).join(), which yields");
        }
        GreenletTask<T> greenlet = loop.create(name, Scopes.carrying(body), ActionBody.written(body));
        CompletableFuture<T> end = new CompletableFuture<>();
        greenlet.completeAtEnd(end);
        OffloadedCall<?> caller = OffloadThread.currentCallOrNull();
        if (caller != null) {
            caller.called = greenlet;
        }
        try {
            greenlet.thread().start();
            return Blocking.get(end, greenlet, null);
        } catch (Cancelled interrupted) {
            greenlet.kill("the thread that waited for it was interrupted");
            throw interrupted;
        } finally {
            if (caller != null) {
                caller.called = null;
            }
        }
    }
}
