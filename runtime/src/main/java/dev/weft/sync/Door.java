package dev.weft.sync;

import dev.weft.Awaitable;
import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
import dev.weft.lowlevel.Waiter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The way from other loops and threads to something that lives on one loop, its home. But for {@link #isHome}, {@link
 * #enter} and {@link #tell} it belongs to the home's thread.
 *
 * <p>As long as visits wait, a greenlet of the home, the doorkeeper, waits with them: it ends when the loop closes, and
 * that is how those elsewhere hear of it.
 */
final class Door {
    private final Loop home;
    private final String resource;
    private final Set<Visit<?>> waiting = new LinkedHashSet<>();
    private boolean kept;
    private @Nullable Waiter<? super @Nullable Void> keeper; // the doorkeeper, while it waits

    /** To {@code resource}, as errors call it. */
    Door(Loop home, String resource) {
        this.home = Objects.requireNonNull(home, "loop");
        this.resource = resource;
    }

    /** Whether the caller is on the home loop. Any thread. */
    boolean isHome() {
        return Suspension.isOn(home);
    }

    /**
     * Runs {@code visitor} at home, with its next turn. Any thread.
     *
     * @throws RejectedExecutionException if the home is closed
     */
    void enter(Runnable visitor) {
        try {
            Suspension.post(home, visitor);
        } catch (RejectedExecutionException e) {
            RejectedExecutionException said = closed();
            said.initCause(e);
            throw said;
        }
    }

    /** Runs {@code news} at home: now, if the caller is there. Nobody wants to hear it of a closed loop. Any thread. */
    void tell(Runnable news) {
        if (isHome()) {
            news.run();
            return;
        }
        try {
            Suspension.post(home, () -> {
                if (isHome()) { // or else it is whoever found the loop gone
                    news.run();
                }
            });
        } catch (RejectedExecutionException closed) {
            // Nobody is left there.
        }
    }

    RejectedExecutionException closed() {
        return new RejectedExecutionException("loop " + home.name() + ", on which " + resource + " lives, is closed");
    }

    /** A visit has to wait. */
    void admit(Visit<?> visit) {
        waiting.add(visit);
        visit.admitted = true;
        if (!kept) {
            keep();
        }
    }

    /** A visit has ended. */
    void left(Visit<?> visit) {
        if (visit.admitted && waiting.remove(visit) && waiting.isEmpty() && keeper != null) {
            dismiss(keeper);
        }
    }

    @SuppressWarnings("NullAway") // a Void is always null
    private void dismiss(Waiter<? super @Nullable Void> present) {
        keeper = null;
        present.succeed(null);
    }

    private void keep() {
        try {
            home.spawn("doorkeeper of " + resource, this::keepDoor).subscribe(new Relief());
            kept = true;
        } catch (RejectedExecutionException closing) {
            turnAway();
        }
    }

    private void keepDoor() {
        while (!waiting.isEmpty()) {
            Suspension.await(new Calm(), null);
        }
    }

    private void turnAway() {
        for (Visit<?> visit : List.copyOf(waiting)) {
            visit.forget();
            visit.fail(closed());
        }
    }

    /** That nobody waits any more. */
    private final class Calm implements Awaitable<@Nullable Void> {
        @Override
        public void subscribe(Waiter<? super @Nullable Void> waiter) {
            keeper = waiter;
        }

        @Override
        public boolean unsubscribe(Waiter<? super @Nullable Void> waiter) {
            keeper = null;
            return true;
        }

        @Override
        public String toString() {
            return "visits to " + resource + " to end";
        }
    }

    /** Told when the doorkeeper has ended, also if it never ran: if visits still wait there must be another one. */
    private final class Relief extends Waiter<@Nullable Object> {
        @Override
        public void succeed(@Nullable Object value) {
            kept = false;
            if (!waiting.isEmpty()) {
                keep();
            }
        }

        @Override
        public void fail(Throwable killed) {
            succeed(null);
        }
    }
}
