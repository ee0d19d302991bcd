package dev.weft.workers;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Waits that end what they wait for when the caller is cancelled. */
final class Calls {
    static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    private Calls() {}

    /** Waits for {@code task}; a caller that is cancelled kills it and waits for its end. */
    static <T extends @Nullable Object> T join(Greenlet<T> task) {
        try {
            return task.join();
        } catch (Throwable t) {
            if (!task.state().isDone()) {
                task.kill("its caller was cancelled");
                shielded(() -> Weft.joinAll(List.of(task)));
            }
            throw t;
        }
    }

    /** Waits for the end of {@code workers}; a caller that is cancelled terminates them first. */
    static void joinOrTerminate(Workers workers) {
        try {
            workers.join(FOREVER);
        } catch (Throwable t) {
            workers.terminate();
            shielded(() -> workers.join(FOREVER));
            throw t;
        }
    }

    /** Runs {@code wait}, which a kill, a deadline or an interrupt of the caller does not end. */
    static void shielded(Runnable wait) {
        if (Suspension.isOnLoop()) {
            Weft.shield(() -> wait.run());
            return;
        }
        boolean interrupted = Thread.interrupted();
        try {
            wait.run();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
