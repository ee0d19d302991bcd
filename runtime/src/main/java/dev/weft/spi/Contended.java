package dev.weft.spi;

import dev.weft.Greenlet;
import java.util.Collection;

/**
 * A resource that some greenlets hold while others wait for it: the tokens of a limiter, the connections of a pool. It tells
 * the loop which greenlets must proceed before any waiter can, so that deadlocks are detected and reported even while timers
 * and sockets keep the loop busy.
 *
 * <p>It is also the {@link dev.weft.Awaitable} that {@link dev.weft.Greenlet}s wait for, and calls {@link
 * dev.weft.lowlevel.Suspension#contended} when a greenlet begins to wait for it. The loop checks it once a second while
 * there are waiters. The check is for permanent deadlock: a greenlet that waits with a time limit, or for anything the
 * runtime cannot look into, is assumed to proceed.
 *
 * <p>{@code toString} describes what a waiter would get, as in "a token of the limiter". Must be used on the loop's thread.
 */
public interface Contended {
    /** Returns whether any greenlet waits for it. */
    boolean isAwaited();

    /**
     * Returns all holders: the greenlets of which at least one must proceed before any waiter can. Returns an empty collection
     * if they are not known for certain, as when a token is held on behalf of something else; then nothing is reported.
     */
    Collection<? extends Greenlet<?>> holders();
}
