package dev.weft.sync;

import dev.weft.Awaitable;
import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Waiter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Access from other loops and threads to a resource that lives on one loop, its home. {@link #isHome}, {@link #post} and
 * {@link #tell} may be called from any thread, all other methods only on the home's.
 *
 * <p>While there are remote waiters, a greenlet on the home loop, the sentinel, waits too. The closing of the loop kills it,
 * which is how remote waiters are notified.
 */
final class HomeGateway {
    final Loop home;
    private final String resource;
    private final Set<CrossLoopWaiter<?>> waiting = new LinkedHashSet<>();
    private boolean hasSentinel;
    private @Nullable Waiter<? super @Nullable Void> sentinel; // while it waits

    /** Creates a gateway; {@code resource} describes the resource in messages. */
    HomeGateway(Loop home, String resource) {
        this.home = Objects.requireNonNull(home, "loop");
        this.resource = resource;
    }

    /** Returns whether the caller is on the home loop. */
    boolean isHome() {
        return Suspension.isOn(home);
    }

    /**
     * Runs {@code event} at home, in the loop's next turn.
     *
     * @throws RejectedExecutionException if the home is closed
     */
    void post(Runnable event) {
        try {
            Suspension.post(home, event);
        } catch (RejectedExecutionException e) {
            throw closed(e);
        }
    }

    /** Runs {@code event} at home, immediately if the caller is there. Dropped if the home is closed. */
    void tell(Runnable event) {
        Suspension.tell(home, event);
    }

    RejectedExecutionException closed() {
        return new RejectedExecutionException("loop " + home.name() + ", on which " + resource + " lives, is closed");
    }

    RejectedExecutionException closed(Throwable cause) {
        RejectedExecutionException closed = closed();
        closed.initCause(cause);
        return closed;
    }

    /** Registers a remote waiter that has to wait. */
    void register(CrossLoopWaiter<?> waiter) {
        waiting.add(waiter);
        waiter.registered = true;
        if (!hasSentinel) {
            spawnSentinel();
        }
    }

    /** Removes a remote waiter whose wait has ended. */
    void unregister(CrossLoopWaiter<?> waiter) {
        if (waiter.registered && waiting.remove(waiter) && waiting.isEmpty() && sentinel != null) {
            dismiss(sentinel);
        }
    }

    @SuppressWarnings("NullAway") // a Void is always null
    private void dismiss(Waiter<? super @Nullable Void> present) {
        sentinel = null;
        present.succeed(null);
    }

    private void spawnSentinel() {
        try {
            home.spawn("sentinel of " + resource, this::watch).subscribe(new SentinelEnd());
            hasSentinel = true;
        } catch (RejectedExecutionException closing) {
            failAll();
        }
    }

    private void watch() {
        while (!waiting.isEmpty()) {
            Suspension.await(new NobodyWaiting(), null);
        }
    }

    private void failAll() {
        for (CrossLoopWaiter<?> waiter : List.copyOf(waiting)) {
            waiter.forget();
            waiter.fail(closed());
        }
    }

    /** The event that no remote waiter is left; the sentinel waits for it. */
    private final class NobodyWaiting implements Awaitable<@Nullable Void> {
        @Override
        public void subscribe(Waiter<? super @Nullable Void> waiter) {
            sentinel = waiter;
        }

        @Override
        public boolean unsubscribe(Waiter<? super @Nullable Void> waiter) {
            sentinel = null;
            return true;
        }

        @Override
        public String toString() {
            return "the waits of other loops for " + resource + " to end";
        }
    }

    /** Completed when the sentinel has ended, even if it never ran; spawns another one if there are still remote waiters. */
    private final class SentinelEnd extends Waiter<@Nullable Object> {
        @Override
        public void succeed(@Nullable Object value) {
            hasSentinel = false;
            if (!waiting.isEmpty()) {
                spawnSentinel();
            }
        }

        @Override
        public void fail(Throwable killed) {
            succeed(null);
        }
    }
}
