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
 * The way from other loops and threads to something that lives on one loop, its home. {@link #isHome}, {@link #post} and
 * {@link #tell} may be called from any thread, everything else by the home's alone.
 *
 * <p>While somebody elsewhere waits, a greenlet of the home, the sentinel, waits too: it ends when the loop closes, and that
 * is how those elsewhere hear of it.
 */
final class HomeGateway {
    private final Loop home;
    private final String resource;
    private final Set<CrossLoopWaiter<?>> waiting = new LinkedHashSet<>();
    private boolean hasSentinel;
    private @Nullable Waiter<? super @Nullable Void> sentinel; // while it waits

    /** To {@code resource}, as errors call it. */
    HomeGateway(Loop home, String resource) {
        this.home = Objects.requireNonNull(home, "loop");
        this.resource = resource;
    }

    /** Whether the caller is on the home loop. */
    boolean isHome() {
        return Suspension.isOn(home);
    }

    /**
     * Runs {@code event} at home, with its next turn.
     *
     * @throws RejectedExecutionException if the home is closed
     */
    void post(Runnable event) {
        try {
            Suspension.post(home, event);
        } catch (RejectedExecutionException e) {
            RejectedExecutionException closed = closed();
            closed.initCause(e);
            throw closed;
        }
    }

    /** Runs {@code news} at home: now, if the caller is there. Dropped if the home is closed, as nobody is left there. */
    void tell(Runnable news) {
        Suspension.tell(home, news);
    }

    RejectedExecutionException closed() {
        return new RejectedExecutionException("loop " + home.name() + ", on which " + resource + " lives, is closed");
    }

    /** {@code waiter}, which stands for somebody elsewhere, has to wait. */
    void register(CrossLoopWaiter<?> waiter) {
        waiting.add(waiter);
        waiter.registered = true;
        if (!hasSentinel) {
            spawnSentinel();
        }
    }

    /** The wait of {@code waiter} has ended. */
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

    /** That nobody elsewhere waits any more. */
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

    /** Told when the sentinel has ended, also if it never ran: if somebody still waits there must be another one. */
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
