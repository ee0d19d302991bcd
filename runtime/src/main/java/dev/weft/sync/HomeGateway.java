package dev.weft.sync;

import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;

/**
 * Access from other loops and threads to a resource that lives on one loop, its home. {@link #isHome}, {@link #post} and
 * {@link #tell} may be called from any thread, all other methods only on the home's.
 *
 * <p>When the home begins to close, the remote waiters fail.
 */
final class HomeGateway {
    final Loop home;
    private final String resource;
    private final Set<CrossLoopWaiter<?>> waiting = new LinkedHashSet<>();
    private final Runnable closeHook = this::failAll;

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
        if (waiting.isEmpty() && !Suspension.addCloseHook(home, closeHook)) {
            waiter.forget();
            waiter.fail(closed());
            return;
        }
        waiting.add(waiter);
        waiter.registered = true;
    }

    /** Removes a remote waiter whose wait has ended. */
    void unregister(CrossLoopWaiter<?> waiter) {
        if (waiter.registered && waiting.remove(waiter) && waiting.isEmpty()) {
            Suspension.removeCloseHook(home, closeHook);
        }
    }

    private void failAll() {
        for (CrossLoopWaiter<?> waiter : List.copyOf(waiting)) {
            waiter.forget();
            waiter.fail(closed());
        }
    }
}
