package dev.weft.io.offload;

import dev.weft.Weft;
import dev.weft.lowlevel.RuntimeThread;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A call with a thread of its own, for one greenlet, which leaves it behind when it is killed. */
final class OwnThreadCall<T extends @Nullable Object> extends CompletableFuture<T> {
    private static final AtomicInteger LEFT_BEHIND = new AtomicInteger();

    private final Callable<T> call;
    private final Thread thread;
    private final Runnable telling = this::tell;
    private @Nullable T result; // this and the next belong to the thread
    private @Nullable Throwable failure;
    private final AtomicBoolean isOver = new AtomicBoolean(); // or left behind, whichever is first

    /** Begins {@code call}. */
    OwnThreadCall(Callable<T> call) {
        this.call = call;
        thread = new RuntimeThread("weft-apart " + call, this::make);
        thread.start();
    }

    /** How many that were left behind have not come back. */
    static int leftBehind() {
        return LEFT_BEHIND.get();
    }

    private void make() {
        try {
            result = call.call();
        } catch (Throwable t) {
            failure = t;
        }
        RuntimeThread.insist(telling);
        if (!isOver.compareAndSet(false, true)) {
            LEFT_BEHIND.decrementAndGet();
        }
    }

    @SuppressWarnings("NullAway") // the call's own kind of result, which may be null
    private void tell() {
        Throwable thrown = failure;
        if (thrown == null) {
            complete(result);
        } else {
            completeExceptionally(thrown);
        }
    }

    /** Waits for it, and gives its result. */
    @SuppressWarnings("RedundantThrows") // the call throws it, though no declaration says so
    T await() throws IOException {
        try {
            return Weft.await(this);
        } catch (Throwable t) {
            leave();
            throw t;
        }
    }

    private void leave() {
        LEFT_BEHIND.incrementAndGet();
        if (isOver.compareAndSet(false, true)) {
            thread.interrupt();
        } else {
            LEFT_BEHIND.decrementAndGet();
        }
    }

    @Override
    public String toString() {
        return call.toString();
    }
}
