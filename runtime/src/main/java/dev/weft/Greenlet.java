package dev.weft;

import dev.weft.kernel.GreenletTask;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A coroutine that runs on a {@link Loop}. Its code is written as if it blocked; while it waits, the loop runs others.
 *
 * <p>A greenlet never leaves its loop, and nothing else runs on that loop between two of its waits, so greenlets of one loop
 * can share plain objects without locks. Each is a virtual thread whose scheduler is the loop. Hence {@code ThreadLocal}s
 * are greenlet-local, JDK locks work and yield the loop, and debuggers and thread dumps show it.
 *
 * <p>All methods may be called from any thread. The loop holds a strong reference to a greenlet until it has ended, so the
 * handle need not be kept. A parked greenlet costs about 700 bytes of heap plus its frames.
 *
 * @param <T> the result of the body
 */
public sealed interface Greenlet<T extends @Nullable Object> extends Awaitable<T> permits GreenletTask {

    /**
     * The state of a greenlet.
     *
     * <pre>
     * NEW     -> READY      its thread was started (spawn does so at once)
     * NEW     -> CANCELLED  killed before it was started
     * READY   -> RUNNING    the loop ran it
     * RUNNING -> READY      it yielded (yieldNow), or was woken while it was about to wait
     * RUNNING -> WAITING    it waits
     * WAITING -> READY      the awaited event happened, or it was killed
     * RUNNING -> RETURNED   the body returned
     * RUNNING -> FAILED     the body threw
     * RUNNING -> CANCELLED  the body threw Cancelled after a kill or the cancellation of its scope, or was skipped
     *                       because that came first
     * READY, WAITING -> CANCELLED   its loop was closed and the grace period ran out
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

        /** Returns whether the greenlet has ended, in whatever way. */
        public boolean isDone() {
            return this == RETURNED || this == FAILED || this == CANCELLED;
        }
    }

    /** Returns the calling greenlet; throws {@link IllegalStateException} if the caller is not a greenlet. */
    static Greenlet<?> current() {
        return GreenletTask.current();
    }

    /**
     * Returns the name it was given, or {@code greenlet-} and the number of its thread. An unnamed thread is given that
     * name when it is first asked for, for example by a report, so that later log lines show the same name.
     */
    String name();

    /** Returns its loop. */
    Loop loop();

    /** Returns its current state; a snapshot if called from another thread. */
    State state();

    /** Returns the place where it was spawned: the first stack frame outside the runtime. */
    StackTraceElement spawnSite();

    /**
     * Describes what it waits for; empty while it does not wait. In code that does not use Weft's waits, this is the lock
     * or other object on which it is parked, with the owner if there is one, or else the JDK method called, and the place.
     */
    String waitingOn();

    /** Returns its current stack; empty before its first run and after its end. */
    StackTraceElement[] stackTrace();

    /** Returns the underlying thread, for APIs that take a {@code Thread}. */
    Thread thread();

    /**
     * Waits until it has ended and returns its result. A calling greenlet yields; a calling thread blocks.
     *
     * <p>An exception of the body is rethrown as it is, with its own stack trace and with the spawn site among its suppressed
     * exceptions. That includes checked exceptions, although this method declares none; use {@link #join(Class)} to declare
     * one.
     *
     * @throws Cancelled if it was killed, or if the caller was killed while waiting
     * @throws IllegalStateException if called on a loop's thread outside any greenlet, or by the greenlet itself
     */
    T join();

    /**
     * As {@link #join()}, but waits for at most {@code timeout}. If the time is up, the greenlet keeps running.
     *
     * @throws DeadlineExceeded if the time is up
     */
    T join(Duration timeout);

    /** As {@link #join()}, declaring that the body may throw an {@code X}: {@code join(IOException.class)}. */
    default <X extends Exception> T join(Class<X> declared) throws X {
        java.util.Objects.requireNonNull(declared, "declared");
        return join();
    }

    /**
     * Returns a future that completes once this greenlet has ended. Its dependent stages run where {@linkplain #onEnd
     * callbacks} do. Cancelling it does not affect the greenlet.
     */
    CompletableFuture<T> toFuture();

    /**
     * Kills the greenlet: its current wait, and every later one, throws {@link Cancelled}; {@code finally} blocks run. A
     * greenlet that has not started never runs. Returns at once and never throws; has no effect on a greenlet that has ended
     * or has been killed already. A greenlet that kills itself continues until its next wait.
     */
    default void kill() {
        kill("killed");
    }

    /** As {@link #kill()}, with a reason that becomes part of the exception's message. */
    void kill(String reason);

    /** As {@link #kill(String)}, because of {@code cause}, which becomes the cause of the exception's cause. */
    void kill(String reason, Throwable cause);

    /**
     * As {@link #kill(String)}, but {@linkplain Weft#shield shields} do not hold it off, neither those it is in nor later ones:
     * every wait throws from now on, those of clean-up code too (Erlang's {@code exit(Pid, kill)}). It reaches a greenlet that has
     * been killed already, and children of the scopes it is in.
     *
     * <p>The JVM allows no more. Code between two waits still runs on, and so do {@code finally} blocks up to their first wait;
     * the end of a {@link Scope} still waits for its children, and an off-loaded call that has begun is interrupted and waited
     * for.
     */
    void killForcibly(String reason);

    /**
     * Kills the greenlet and waits until it has ended, which includes its {@code finally} blocks. A calling greenlet yields;
     * a calling thread blocks.
     *
     * @return whether it has ended; false if it is still running after {@code grace}, because it swallows the kill, is
     *     shielded, or does not wait
     */
    boolean killAndJoin(Duration grace);

    /**
     * Throws {@code failure} into the greenlet, once: from its current wait, or from the next one (as gevent's {@code
     * kill(exception)}). Returns at once. {@linkplain Weft#shield Shields} do not protect against it. If several failures
     * arrive before one wait, the first is thrown and the others are suppressed in it.
     *
     * <p>A greenlet that has not started never runs, and has failed. One that is blocked in code that does not use Weft's
     * waits is interrupted, and its next wait throws. One that waits for the children of its {@link Scope} cancels them and
     * throws when they have ended. Has no effect on a greenlet that has ended.
     */
    void throwInto(Throwable failure);

    /** Returns how it ended; throws {@link IllegalStateException} if it has not ended. */
    Outcome<T> outcome();

    /**
     * Calls {@code callback} with this greenlet once it has ended, as {@link Loop#execute} would: once, on the loop, in the
     * next turn; it may wait. Exceptions it throws are logged. A callback does not count as observing a failure, which still
     * goes to joiners or to the uncaught handler.
     */
    void onEnd(Consumer<? super Greenlet<T>> callback);

    /** Spawns a greenlet on the caller's loop; equivalent to {@link Weft#spawn(Callable)}. */
    static <T extends @Nullable Object> Greenlet<T> spawn(Callable<T> body) {
        return Weft.spawn(body);
    }
}
