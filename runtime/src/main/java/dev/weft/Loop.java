package dev.weft;

import dev.weft.kernel.ActionBody;
import dev.weft.kernel.EventLoop;
import dev.weft.loop.RunLoop;
import dev.weft.spi.Clock;
import dev.weft.spi.Poller;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * One thread that runs greenlets in turn, and with them timers and I/O. Opened by a {@link LoopGroup}. All methods may be
 * called from any thread; none blocks.
 *
 * <p>The ready queue is first in, first out. A turn runs a bounded batch of it, then looks at the selector, so neither
 * can starve the other.
 */
public sealed interface Loop extends Executor permits RunLoop {

    /** The loop whose greenlet, or whose callback, is calling; throws {@link IllegalStateException} elsewhere. */
    static Loop current() {
        return EventLoop.current().owner.handle();
    }

    /** The name of the group and the loop's number in it; also the name of its thread. */
    String name();

    /** The group it belongs to. */
    LoopGroup group();

    /**
     * Queues a new greenlet. Nothing of it runs before the caller yields, if the caller is on this loop.
     *
     * @throws RejectedExecutionException if the loop is closing or closed
     */
    <T extends @Nullable Object> Greenlet<T> spawn(Callable<T> body);

    /** As {@link #spawn(Callable)}, for a body without a result. */
    default Greenlet<@Nullable Void> spawn(Action body) {
        return spawn(new ActionBody(body));
    }

    /** As {@link #spawn(Callable)}, with a name. */
    <T extends @Nullable Object> Greenlet<T> spawn(String name, Callable<T> body);

    /** As {@link #spawn(String, Callable)}, for a body without a result. */
    default Greenlet<@Nullable Void> spawn(String name, Action body) {
        return spawn(name, new ActionBody(body));
    }

    /**
     * Runs {@code callback} on this loop: in a greenlet of the kernel's, after those that came before it. It may wait; the
     * ones after it then begin meanwhile, in another greenlet. Cheaper than {@link #spawn(Action)} for what is short, as one
     * greenlet runs many. What it throws goes to the system's logger. ({@code Suspension.post} is for events that are to go
     * before all greenlets.)
     *
     * @throws RejectedExecutionException if the loop is closed
     */
    @Override
    void execute(Runnable callback);

    /**
     * Runs {@code body} as a greenlet of this loop, blocks the calling thread until it has ended, and gives what it returned
     * or throws what it threw: as {@code spawn(body).join()}, but without a moment in which it could fail unheard. If the thread is interrupted meanwhile, the greenlet is killed. The caller's {@link
     * ScopedValue} bindings go along.
     *
     * @throws IllegalStateException if called by a greenlet, or on a loop's thread, which it would block: {@code
     *     spawn(body).join()} yields there
     * @throws RejectedExecutionException if the loop is closing or closed
     * @throws Cancelled if the greenlet was killed, or the thread interrupted
     */
    <T extends @Nullable Object> T call(Callable<T> body);

    /** As {@link #call(Callable)}, for a body without a result. */
    default void call(Action body) {
        call(new ActionBody(body));
    }

    /** As {@link #call(Callable)}, with a name for the greenlet. */
    <T extends @Nullable Object> T call(String name, Callable<T> body);

    /** As {@link #call(String, Callable)}, for a body without a result. */
    default void call(String name, Action body) {
        call(name, new ActionBody(body));
    }

    /** What {@link #keepAlive} gives. */
    interface Handle extends AutoCloseable {
        /** Takes the promise back; again, it does nothing. Any thread. */
        @Override
        void close();
    }

    /**
     * A promise, for as long as it is not closed, that another thread will bring something in: a loop whose greenlets all
     * wait is not reported as standing still ({@link dev.weft.spi.LoopListener#onStalled}) meanwhile. To be held by
     * whoever sets an event, or sends into a channel, from a thread that the kernel does not know of.
     */
    Handle keepAlive();

    /** Makes threads that are greenlets of this loop, for code that wants a thread factory. */
    ThreadFactory threadFactory();

    /**
     * An executor that runs every task as a greenlet of this loop. Closing it waits for its tasks and does not close the
     * loop. Its {@code shutdownNow} and a future's {@code cancel(true)} interrupt, which ends a wait with {@link Cancelled}.
     */
    ExecutorService executor();

    /**
     * The greenlets that have been spawned here and have not ended, in the order of their creation; a snapshot. Those of the
     * kernel's that call handlers, listeners and callbacks are among them while such a call waits.
     */
    List<Greenlet<?>> greenlets();

    /** The clock by which its timers and deadlines go; a test may have set another one than the machine's. */
    Clock clock();

    /** The loop's counters. */
    LoopStatistics statistics();

    /** What the loop sleeps in; for authors of things that bring events in. */
    Poller poller();
}
