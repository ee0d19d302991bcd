package dev.weft.workers;

import dev.weft.Outcome;
import dev.weft.Weft;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** A worker that is a thread. */
final class ThreadLane implements Lane<Callable<?>> {
    private final ExecutorService thread;
    private final Initializer initializer;

    ThreadLane(ExecutorService thread, Initializer initializer) {
        this.thread = thread;
        this.initializer = initializer;
    }

    /** A task on its thread. */
    private final class Call implements Runnable {
        private final Callable<?> task;
        private final CompletableFuture<Outcome<?>> end = new CompletableFuture<>();
        private @Nullable Thread running; // guarded by this
        private boolean cancelled; // guarded by this

        Call(Callable<?> task) {
            this.task = task;
        }

        @Override
        public void run() {
            begin(Thread.currentThread());
            Outcome<?> outcome;
            try {
                initializer.run();
                outcome = new Outcome.Returned<@Nullable Object>(task.call());
            } catch (Throwable t) {
                outcome = new Outcome.Failed<>(t);
            }
            begin(null);
            end.complete(outcome);
        }

        /** Interrupts reach {@code thread} from now on; if null, none that came late is left on the calling one. */
        private synchronized void begin(@Nullable Thread thread) {
            running = thread;
            if (thread == null) {
                Thread.interrupted();
            } else if (cancelled) {
                thread.interrupt();
            }
        }

        synchronized void cancel() {
            cancelled = true;
            if (running != null) {
                running.interrupt();
            }
        }
    }

    @Override
    public @Nullable Object run(Callable<?> task) {
        Call call = new Call(task);
        Outcome<?> outcome;
        try {
            thread.execute(call);
            outcome = Weft.await(call.end);
        } catch (Throwable cancelled) {
            call.cancel();
            outcome = Weft.shield(() -> Weft.await(call.end));
            if (!(outcome instanceof Outcome.Returned<?>)) {
                throw cancelled;
            }
        }
        return outcome.get();
    }
}
