package dev.weft;

import dev.weft.kernel.GreenletTask;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A coroutine of a {@link Loop}: code that looks as if it blocked, and gives the loop to others whenever it waits.
 *
 * <p>It never leaves its loop, and between two waits nothing else runs there: greenlets of one loop share plain objects
 * without locks. Under it is a virtual thread whose scheduler is the loop, so {@code ThreadLocal} is greenlet-local,
 * locks of the JDK work and make it yield, and a debugger or a thread dump shows it.
 *
 * <p>All methods may be called from any thread. A greenlet is held strongly by its loop until it has ended; nobody needs
 * to keep the handle. Parked, it costs about 700 bytes of heap plus its frames.
 *
 * @param <T> what the body returns
 */
public sealed interface Greenlet<T extends @Nullable Object> extends Awaitable<T> permits GreenletTask {

    /**
     * Where a greenlet stands.
     *
     * <pre>
     * NEW     -> READY      its thread was started (spawn does so at once)
     * NEW     -> CANCELLED  killed before it was started
     * READY   -> RUNNING    its turn came
     * RUNNING -> READY      it gave up its turn (yieldNow), or was woken while it was about to wait
     * RUNNING -> WAITING    it waits
     * WAITING -> READY      what it waited for happened, or it was killed
     * RUNNING -> RETURNED   the body returned
     * RUNNING -> FAILED     the body threw
     * RUNNING -> CANCELLED  the body let Cancelled out after a kill, or of a cancelled scope, or was left out because
     *                       that came first
     * READY, WAITING -> CANCELLED   its loop was closed and could not wait for it any longer
     * </pre>
     */
    enum State {
        NEW,
        READY,
        RUNNING,
        WAITING,
        RETURNED,
        FAILED,
        CANCELLED;

        /** Whether the greenlet has ended, one way or another. */
        public boolean isDone() {
            return this == RETURNED || this == FAILED || this == CANCELLED;
        }
    }

    /** The greenlet that calls; throws {@link IllegalStateException} outside any. */
    static Greenlet<?> current() {
        return GreenletTask.current();
    }

    /**
     * Its name: the one it was given, or {@code greenlet-} and its thread's number. A thread without a name is given that one
     * when it is first asked for, by a report for one, so that log lines say the same from then on.
     */
    String name();

    /** Its loop. */
    Loop loop();

    /** Where it stands now. A snapshot, when asked from another thread. */
    State state();

    /** Where it was spawned: the first frame outside the runtime. */
    StackTraceElement spawnSite();

    /**
     * What it waits for, as text; empty while it does not wait. Inside code that knows nothing of Weft that is the lock or
     * other object that it is parked on, with the owner if there is one, or else the method of the JDK that was called, and where.
     */
    String waitingOn();

    /** Its stack as it is now; empty before its first run and after its end. */
    StackTraceElement[] stackTrace();

    /** The thread under it, for what knows only threads. */
    Thread thread();

    /**
     * Waits until it has ended, and gives what it returned. A greenlet that calls yields; a thread that calls blocks.
     *
     * <p>What the body threw is rethrown as it is, with its own stack trace and the place of the spawn among its
     * suppressed exceptions. That holds for checked exceptions too, although this method declares none: use {@link
     * #join(Class)} where the compiler should know.
     *
     * @throws Cancelled if it was killed, or if the caller was while waiting
     * @throws IllegalStateException if called on a loop's thread outside any greenlet, or by the greenlet itself
     */
    T join();

    /**
     * As {@link #join()}, for {@code timeout} at the most. When the time is up the greenlet goes on running.
     *
     * @throws DeadlineExceeded when the time is up
     */
    T join(Duration timeout);

    /** As {@link #join()}, telling the compiler that the body may throw an {@code X}: {@code join(IOException.class)}. */
    default <X extends Exception> T join(Class<X> declared) throws X {
        java.util.Objects.requireNonNull(declared, "declared");
        return join();
    }

    /**
     * A future that completes once this greenlet has ended; what depends on it runs where {@linkplain #onEnd callbacks} do.
     * Cancelling it does nothing to the greenlet.
     */
    CompletableFuture<T> toFuture();

    /**
     * Kills it: its present wait, and every later one, throws {@link Cancelled}; {@code finally} blocks run. One that never
     * ran never runs. Returns at once and is never thrown at the caller; killing one that has ended, or has been killed,
     * does nothing. A greenlet that kills itself goes on to its next wait.
     */
    default void kill() {
        kill("killed");
    }

    /** As {@link #kill()}, with a reason that becomes part of the message. */
    void kill(String reason);

    /**
     * Kills it and waits for its end, which may take as long as its {@code finally} blocks do. A greenlet that calls yields;
     * a thread that calls blocks.
     *
     * @return whether it has ended; false when {@code grace} is over and it goes on, because it swallows the kill, is
     *     shielded, or does not wait
     */
    boolean killAndJoin(Duration grace);

    /**
     * Throws {@code failure} at it, once: at its present wait, or at the next one (as gevent's {@code kill(exception)}). One
     * that never ran never runs, and has failed; inside code that knows nothing of Weft it is interrupted, and its next
     * wait throws. One that waits for the children of its {@link Scope} cancels them, and throws when they have ended. A
     * {@linkplain Weft#shield shield} does not hold it off. Of several before one wait the others are suppressed in the
     * first. Does nothing to one that has ended. Returns at once.
     */
    void throwInto(Throwable failure);

    /** How it has ended; throws {@link IllegalStateException} while it has not. */
    Outcome<T> outcome();

    /**
     * Calls {@code callback} with this greenlet once it has ended, as {@link Loop#execute} would: once, on the loop, where it
     * may wait, with the next turn. What it throws is logged. It does not count as having heard of a failure: that still
     * goes to joiners or to the uncaught handler.
     */
    void onEnd(Consumer<? super Greenlet<T>> callback);

    /** Spawns a greenlet on the caller's loop; the same as {@link Weft#spawn(Callable)}. */
    static <T extends @Nullable Object> Greenlet<T> spawn(Callable<T> body) {
        return Weft.spawn(body);
    }
}
