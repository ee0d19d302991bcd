package dev.weft.cluster;

import dev.weft.Awaitable;
import dev.weft.Greenlet;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Owners;
import dev.weft.spi.Waiter;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A greenlet that was spawned on another node with {@link Node#spawn}. Here, {@link #greenlet} stands for it and ends as it does, so
 * whatever takes a greenlet takes it: joins, {@code select}, monitors, links, supervisors.
 *
 * <ul>
 *   <li>If it returns, its result is copied.
 *   <li>If it fails, its failure is thrown here as it was there, with the frames of that node; a suppressed {@link
 *       dev.weft.serial.CallSite} has those of this one. A failure whose class cannot travel is a {@link
 *       dev.weft.serial.RemoteFailure}. A result that cannot travel is a failure too.
 *   <li>If it is killed over there, this one counts as killed, for the same reason.
 *   <li>If its node is lost, this one fails with {@link NodeLost}, which says whether it had begun. It is not asked for again.
 * </ul>
 *
 * <p>All methods may be called by any greenlet or thread.
 *
 * @param <T> the result
 */
public final class RemoteGreenlet<T extends @Nullable Object> implements Awaitable<T> {
    private final Node node;
    private final Greenlet<T> greenlet;
    private final Map<Waiter<? super T>, Awaitable<T>> elsewhere = new ConcurrentHashMap<>(); // waits on other loops

    RemoteGreenlet(Node node, Greenlet<T> greenlet) {
        this.node = node;
        this.greenlet = greenlet;
    }

    /** Returns the node on which it runs. */
    public Node node() {
        return node;
    }

    /** Returns its name, which its greenlet has there too. */
    public String name() {
        return greenlet.name();
    }

    /** Returns the greenlet of this node that stands for it. */
    public Greenlet<T> greenlet() {
        return greenlet;
    }

    /**
     * Waits until it has ended and returns its result or throws its failure, as {@link Greenlet#join()} does.
     *
     * @throws dev.weft.Cancelled if it was killed, or if the caller was killed while waiting
     * @throws NodeLost if its node was lost
     */
    public T join() {
        return greenlet.join();
    }

    /**
     * As {@link #join()}, but waits for at most {@code timeout}. If the time is up, it keeps running.
     *
     * @throws dev.weft.DeadlineExceeded if the time is up
     */
    public T join(Duration timeout) {
        return greenlet.join(timeout);
    }

    /** As {@link #kill(String)}, without a reason. */
    public void kill() {
        greenlet.kill();
    }

    /**
     * Kills it, as {@link Greenlet#kill(String)} does: its {@code finally} blocks run over there, and the greenlet here ends once
     * they have. If it has not been sent yet, it never is. Returns at once. {@link Greenlet#killForcibly} does not wait for the
     * other node, which is told all the same.
     */
    public void kill(String reason) {
        greenlet.kill(reason);
    }

    @Override
    public void subscribe(Waiter<? super T> waiter) {
        Awaitable<T> end = Suspension.here(greenlet);
        if (end != greenlet) {
            elsewhere.put(waiter, end);
        }
        end.subscribe(waiter);
    }

    @Override
    public boolean unsubscribe(Waiter<? super T> waiter) {
        return Objects.requireNonNullElse(elsewhere.remove(waiter), greenlet).unsubscribe(waiter);
    }

    @Override
    public Owners owners() {
        return greenlet.owners();
    }

    @Override
    public String toString() {
        return greenlet.name() + " on node " + node;
    }
}
