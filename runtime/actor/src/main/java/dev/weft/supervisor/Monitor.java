package dev.weft.supervisor;

import dev.weft.Awaitable;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Owners;
import dev.weft.spi.WaitQueue;
import dev.weft.spi.Waiter;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Watches a greenlet from one side (Erlang's {@code monitor/2}): tells how it ended, and is otherwise without effect on either. Of
 * one that has ended already it tells at once.
 *
 * <pre>{@code
 * try (Monitor worker = Monitor.of(greenlet)) {
 *     Weft.select(
 *             Select.on(jobs.receiving(), job -> handle(job)),
 *             Select.on(worker, exit -> replace(exit)));
 * }
 * }</pre>
 *
 * <p>Unlike a join it throws nothing of the greenlet's, and does not count as observing its failure: that still goes to those who
 * join it, or to the uncaught handler. Monitors are independent of each other.
 *
 * <p>The greenlet may be on any loop; the monitor belongs to the loop on which it was created, and must be used there.
 */
public final class Monitor implements Awaitable<Exit>, AutoCloseable {
    static {
        Suspension.belongsToRuntime(Monitor.class);
    }

    private final Loop home = Loop.current();
    private final Greenlet<?> greenlet;
    private final WaitQueue<Exit> waiting = new WaitQueue<>();
    private Loop.@Nullable Handle endOfGreenlet; // null once it has ended, or the monitor was closed
    private @Nullable Exit exit;

    private Monitor(Greenlet<?> greenlet) {
        this.greenlet = greenlet;
    }

    /**
     * Begins to watch {@code greenlet}.
     *
     * @throws IllegalStateException outside any loop
     */
    public static Monitor of(Greenlet<?> greenlet) {
        Monitor monitor = new Monitor(Objects.requireNonNull(greenlet, "greenlet"));
        if (greenlet.state().isDone()) {
            monitor.exit = Exit.of(greenlet);
        } else {
            monitor.endOfGreenlet = Suspension.whenEnded(
                    greenlet, ended -> Suspension.tell(monitor.home, () -> monitor.down(Exit.of(ended))));
        }
        return monitor;
    }

    private void down(Exit how) {
        if (endOfGreenlet == null) {
            return; // closed meanwhile
        }
        endOfGreenlet = null;
        exit = how;
        Waiter<? super Exit> waiter;
        while ((waiter = waiting.poll()) != null) {
            waiter.succeed(how);
        }
    }

    /** Waits until the greenlet has ended. */
    public Exit await() {
        return Weft.await(this);
    }

    /**
     * As {@link #await()}, for at most {@code timeout}.
     *
     * @throws dev.weft.DeadlineExceeded if the time is up
     */
    public Exit await(Duration timeout) {
        return Weft.await(this, timeout);
    }

    @Override
    public void subscribe(Waiter<? super Exit> waiter) {
        Suspension.requireLoop(home, this);
        if (exit != null) {
            waiter.succeed(exit);
        } else if (endOfGreenlet == null) {
            throw new IllegalStateException(this + " was closed; create another one");
        } else {
            waiting.add(waiter);
        }
    }

    @Override
    public boolean unsubscribe(Waiter<? super Exit> waiter) {
        waiting.remove(waiter);
        return true;
    }

    @Override
    public Owners owners() {
        return Owners.all(Owners.Kind.JOIN, this, List.of(greenlet));
    }

    /** Stops watching ({@code demonitor/1}). Those who still wait for it get an {@link IllegalStateException}. */
    @Override
    public void close() {
        Suspension.requireLoop(home, this);
        if (endOfGreenlet != null) {
            endOfGreenlet.close();
            endOfGreenlet = null;
            waiting.failAll(() -> new IllegalStateException(this + " was closed"));
        }
    }

    @Override
    public String toString() {
        return "monitor of " + greenlet.name();
    }
}
