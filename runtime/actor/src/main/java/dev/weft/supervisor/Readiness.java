package dev.weft.supervisor;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.spi.Sneaky;
import dev.weft.sync.Select;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The handshake between a greenlet and its starter, who learns that it is up, or why it is not (after {@code
 * proc_lib:start_link} and {@code init_ack}).
 */
final class Readiness implements Runnable {
    private static final String GIVEN_UP = "its start was given up";

    private final CompletableFuture<@Nullable Void> ready = new CompletableFuture<>();

    private Readiness() {}

    /**
     * Spawns a greenlet and returns it once it is ready. If it ends before, throws what it threw; if the caller is cancelled, ends it
     * within the grace of {@code spec}.
     */
    static Greenlet<?> start(String name, ChildSpec spec, ChildSpec.Starting body) {
        Readiness readiness = new Readiness();
        Greenlet<?> greenlet = spec.home().spawn(name, () -> body.run(readiness));
        try {
            readiness.await(greenlet);
            return greenlet;
        } catch (Throwable notReady) {
            if (!greenlet.state().isDone()) {
                end(greenlet, spec.graceOrZero(), notReady);
            } else if (readiness.ready.isDone()) {
                return greenlet; // it was up, and has ended since
            }
            throw Sneaky.rethrow(notReady);
        }
    }

    private void await(Greenlet<?> greenlet) {
        Weft.<@Nullable Void, RuntimeException>selectFirst(
                Select.on(Weft.completion(ready)), Select.on(greenlet, value -> {
                    throw new IllegalStateException(
                            greenlet.name() + " returned before it was ready; call ready.run() once it is up");
                }));
    }

    /** Ends a greenlet that is not up; what it throws is added to {@code why}. */
    private static void end(Greenlet<?> greenlet, Duration grace, Throwable why) {
        greenlet.kill(GIVEN_UP);
        try {
            Weft.shield(() -> joinOrKill(greenlet, grace));
        } catch (Cancelled ended) {
            // It, or the caller has been killed forcibly.
        } catch (Throwable failed) {
            why.addSuppressed(failed);
        } finally {
            greenlet.killForcibly(GIVEN_UP);
        }
    }

    private static void joinOrKill(Greenlet<?> greenlet, Duration grace) {
        try {
            greenlet.join(grace);
        } catch (DeadlineExceeded stillThere) {
            greenlet.killForcibly(GIVEN_UP);
            greenlet.join();
        }
    }

    /** The greenlet is up. */
    @Override
    @SuppressWarnings("NullAway") // a Void is always null
    public void run() {
        if (!ready.complete(null)) {
            throw new IllegalStateException("ready was called a second time");
        }
    }
}
