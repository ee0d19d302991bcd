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
 * An event loop: one thread that runs greenlets in turn, along with timers and I/O. Opened by a {@link LoopGroup}. All
 * methods may be called from any thread; none blocks except {@code call}.
 *
 * <p>The run queue is first in, first out. Each turn runs a bounded batch of it and then polls for I/O, so neither can
 * starve the other.
 */
public sealed interface Loop extends Executor permits RunLoop {

    /** Returns the loop of the calling greenlet or callback; throws {@link IllegalStateException} elsewhere. */
    static Loop current() {
        return EventLoop.current().owner.handle();
    }

    /** Returns the name of the group with the loop's number in it; also the name of its thread. */
    String name();

    /** Returns the group it belongs to. */
    LoopGroup group();

    /**
     * Queues a new greenlet. If the caller is on this loop, it does not start before the caller yields.
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
     * Runs {@code callback} on this loop, in a greenlet of the runtime, after the callbacks queued before it. If it waits,
     * later callbacks start meanwhile in another greenlet. Cheaper than {@link #spawn(Action)} for short callbacks, as one
     * greenlet runs many. Exceptions it throws go to the system logger. ({@code Suspension.post} is for events that must run
     * before all greenlets.)
     *
     * @throws RejectedExecutionException if the loop is closed
     */
    @Override
    void execute(Runnable callback);

    /**
     * Runs {@code body} as a greenlet of this loop, blocks the calling thread until it has ended, and returns its result or
     * throws its exception. Unlike {@code spawn(body).join()}, there is no moment at which it could fail unobserved. If the
     * thread is interrupted, the greenlet is killed. The greenlet inherits the caller's {@link ScopedValue} bindings.
     *
     * @throws IllegalStateException if called by a greenlet, or on a loop's thread, which it would block; use {@code
     *     spawn(body).join()} there, which yields
     * @throws RejectedExecutionException if the loop is closing or closed
     * @throws Cancelled if the greenlet was killed or the thread interrupted
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

    /** A handle of something that lasts until it is closed: see {@link #keepAlive}, {@code Suspension.whenEnded}. */
    interface Handle extends AutoCloseable {
        /** Gives it up; has no effect if that was done before. Any thread. */
        @Override
        void close();
    }

    /**
     * Announces that another thread will wake this loop up. While such a handle is open, a loop whose greenlets all wait is
     * not reported as stalled ({@link dev.weft.spi.LoopListener#onStalled}). Hold one when a thread that the runtime does not
     * know will set an event or send to a channel.
     */
    Handle keepAlive();

    /** Returns a factory whose threads are greenlets of this loop. */
    ThreadFactory threadFactory();

    /**
     * Returns an executor that runs every task as a greenlet of this loop. Closing it waits for its tasks and does not close
     * the loop. {@code shutdownNow} and a future's {@code cancel(true)} interrupt, which ends a wait with {@link Cancelled}.
     */
    ExecutorService executor();

    /**
     * Returns a snapshot of the greenlets spawned here that have not ended, in the order of their creation. It includes
     * greenlets of the runtime that run handlers, listeners and callbacks while such a call waits.
     */
    List<Greenlet<?>> greenlets();

    /** Returns the clock for timers and deadlines; tests may replace the system clock. */
    Clock clock();

    /** Returns the loop's counters. */
    LoopStatistics statistics();

    /** Returns the poller in which the loop sleeps; for authors of event sources. */
    Poller poller();
}
