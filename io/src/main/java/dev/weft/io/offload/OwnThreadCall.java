package dev.weft.io.offload;

import dev.weft.Weft;
import dev.weft.spi.RuntimeThread;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A call on its own thread, made for one greenlet. The greenlet abandons it when killed. */
final class OwnThreadCall<T extends @Nullable Object> extends CompletableFuture<T> {
    private static final AtomicInteger ABANDONED = new AtomicInteger();

    private final Callable<T> call;
    private final Thread thread;
    private final Runnable delivery = this::deliver;
    private @Nullable T result; // this field and the next are confined to the thread
    private @Nullable Throwable failure;
    private final AtomicBoolean isOver = new AtomicBoolean(); // returned or abandoned, whichever comes first

    /** Starts {@code call}. */
    OwnThreadCall(Callable<T> call) {
        this.call = call;
        thread = new RuntimeThread("weft-call " + call, this::run);
        thread.start();
    }

    /** Returns the number of abandoned calls that have not returned. */
    static int abandoned() {
        return ABANDONED.get();
    }

    private void run() {
        try {
            result = call.call();
        } catch (Throwable t) {
            failure = t;
        }
        RuntimeThread.insist(delivery);
        if (!isOver.compareAndSet(false, true)) {
            ABANDONED.decrementAndGet();
        }
    }

    @SuppressWarnings("NullAway") // null only if the call's result type permits it
    private void deliver() {
        Throwable thrown = failure;
        if (thrown == null) {
            complete(result);
        } else {
            completeExceptionally(thrown);
        }
    }

    /** Waits for the call and returns its result. */
    @SuppressWarnings("RedundantThrows") // thrown by the call, although Weft.await does not declare it
    T await() throws IOException {
        try {
            return Weft.await(this);
        } catch (Throwable t) {
            abandon();
            throw t;
        }
    }

    private void abandon() {
        ABANDONED.incrementAndGet();
        if (isOver.compareAndSet(false, true)) {
            thread.interrupt();
        } else {
            ABANDONED.decrementAndGet();
        }
    }

    @Override
    public String toString() {
        return call.toString();
    }
}
