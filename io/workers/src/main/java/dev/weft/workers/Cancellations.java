package dev.weft.workers;

import dev.weft.Cancelled;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Brings the pool's requests to cancel a task to the thread that runs it, as an interrupt. A request may come before its task,
 * as they travel by different ways; it never reaches a later task.
 */
final class Cancellations {
    private long running; // number of the task; 0 between tasks
    private long cancelled; // number of the latest task that was to be cancelled
    private @Nullable Thread thread;

    /** Runs task {@code number} on the calling thread, unless it has been cancelled. */
    @Nullable Object run(long number, Callable<?> task) throws Exception {
        begin(number);
        try {
            return task.call();
        } finally {
            end();
        }
    }

    private synchronized void begin(long number) {
        if (cancelled == number) {
            throw new Cancelled("cancelled before it began", null);
        }
        running = number;
        thread = Thread.currentThread();
    }

    private synchronized void end() {
        running = 0;
        Thread.interrupted(); // so that it does not harm what follows
    }

    /** Cancels task {@code number}. */
    synchronized void cancel(long number) {
        cancelled = number;
        if (running == number && thread != null) {
            thread.interrupt();
        }
    }
}
