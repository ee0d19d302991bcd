package dev.weft.kernel;

import dev.weft.DeadlineExceeded;
import dev.weft.lowlevel.Waiter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waiting for the end of a greenlet, by greenlets of any loop and by threads. */
final class Joins {
    private Joins() {}

    /** What a wait for the end of {@code greenlet}, however that may be, is called. */
    record EndOf(GreenletTask<?> greenlet) {
        @Override
        public String toString() {
            return "the end of " + greenlet.name();
        }
    }

    /** Waits for the end of {@code greenlet}, and gives what it returned or throws what it threw. */
    static <T extends @Nullable Object> T join(GreenletTask<T> greenlet, @Nullable Duration timeout) {
        if (RunLoop.currentOrNull() != null) {
            return GreenletTask.current().await(greenlet, timeout);
        }
        CompletableFuture<T> end = new CompletableFuture<>();
        return whileLinked(greenlet, new FutureCompletion<>(end), () -> Blocking.get(end, greenlet, timeout));
    }

    /** Waits for the end of {@code greenlet} without a look at how it ends; false when the time is up. */
    static boolean ended(GreenletTask<?> greenlet, @Nullable Duration timeout) {
        if (greenlet.loop.running() == greenlet && RunLoop.currentOrNull() == greenlet.loop) {
            greenlet.requireNotCancelled("its own end");
            throw new IllegalStateException(greenlet + " waits for its own end");
        }
        return linked(greenlet, timeout);
    }

    private static <T extends @Nullable Object> boolean linked(GreenletTask<T> greenlet, @Nullable Duration timeout) {
        CompletableFuture<Boolean> end = new CompletableFuture<>();
        EndLink<T> link = new EndLink<>(greenlet, ended -> end.complete(true));
        EndOf description = new EndOf(greenlet);
        try {
            return whileLinked(
                    greenlet,
                    link,
                    () -> RunLoop.currentOrNull() != null
                            ? GreenletTask.current().await(Awaits.stage(end, description), timeout)
                            : Blocking.get(end, description, timeout));
        } catch (DeadlineExceeded timeIsUp) {
            return false;
        }
    }

    /** Runs {@code wait} while {@code link} waits for the end too, and takes the link back if the wait fails. */
    private static <T extends @Nullable Object, V extends @Nullable Object> V whileLinked(
            GreenletTask<T> greenlet, Waiter<? super T> link, Supplier<V> wait) {
        greenlet.tellAtEnd(link);
        try {
            return wait.get();
        } catch (Throwable t) {
            greenlet.loop.onLoop(() -> greenlet.unsubscribe(link)); // else it would count as having heard of a failure
            throw t;
        }
    }
}
