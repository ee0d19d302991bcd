package dev.weft.flow;

import dev.weft.Weft;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Runs a component on a platform thread of its own. */
final class OnThread extends Carrier {
    static final OnThread INSTANCE = new OnThread();

    private static final long FIRST_PAUSE_MILLIS = 1;
    private static final long LAST_PAUSE_MILLIS = 1_000;

    private OnThread() {}

    @Override
    void carry(Component component) {
        requireNoChildren(component, "a thread");
        CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform()
                .daemon()
                .name(component.name())
                .inheritInheritableThreadLocals(false)
                .start(() -> run(component, end));
        try {
            Weft.await(end);
        } finally {
            if (!end.isDone()) {
                Weft.shield(() -> stop(thread, end));
            }
        }
    }

    private static void run(Component component, CompletableFuture<@Nullable Void> end) {
        try {
            component.main();
            end.complete(null);
        } catch (Throwable t) {
            end.completeExceptionally(t);
        }
    }

    /** Interrupts the thread until it has ended, as it may swallow an interrupt. */
    private static void stop(Thread thread, CompletableFuture<@Nullable Void> end) {
        CompletableFuture<Boolean> stopped = end.handle((nothing, failure) -> true);
        for (long pause = FIRST_PAUSE_MILLIS; !stopped.isDone(); pause = Math.min(2 * pause, LAST_PAUSE_MILLIS)) {
            thread.interrupt();
            Weft.moveOnAfter(Duration.ofMillis(pause), () -> Weft.await(stopped));
        }
    }

    @Override
    public String toString() {
        return "thread";
    }
}
