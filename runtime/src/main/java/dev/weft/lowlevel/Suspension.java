package dev.weft.lowlevel;

import dev.weft.Awaitable;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.diagnostics.SpawnSites;
import dev.weft.jdk.Frames;
import dev.weft.kernel.AtomicRegion;
import dev.weft.kernel.EventLoop;
import dev.weft.kernel.GreenletTask;
import dev.weft.kernel.Scopes;
import dev.weft.spi.Measured;
import dev.weft.spi.YieldMode;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The suspension primitives, for authors of blocking calls. */
public final class Suspension {
    private Suspension() {}

    /** Suspends the calling greenlet until {@code target} completes its waiter, at most for {@code timeout} if not null. */
    public static <T extends @Nullable Object> T await(Awaitable<T> target, @Nullable Duration timeout) {
        return GreenletTask.current().await(target, timeout);
    }

    /** As {@link #await(Awaitable, Duration)}, for awaitables with declared checked exceptions. */
    public static <T extends @Nullable Object, X extends Exception> T await(
            Awaitable.Checked<T, X> target, @Nullable Duration timeout) throws X {
        return GreenletTask.current().await(target, timeout);
    }

    /**
     * As {@link #await(Awaitable, Duration)}; {@code mode} states whether the caller can tell from the name of the call that it
     * waits. {@linkplain YieldMode#IMPLICIT Implicit} is for calls that mimic an API unaware of greenlets, such as {@code
     * java.net}: on a loop that {@linkplain dev.weft.ImplicitYields reports} implicit yields this wait is reported as one, and
     * on a loop that refuses them it throws {@link dev.weft.ImplicitYield} instead of waiting; on both, a wait that succeeds at
     * once does not yield when the budget is used up. On other loops the mode makes no difference, at no cost.
     */
    public static <T extends @Nullable Object> T await(
            Awaitable<T> target, @Nullable Duration timeout, YieldMode mode) {
        return GreenletTask.current().await(target, timeout, mode);
    }

    /** As {@link #await(Awaitable, Duration, YieldMode)}, for awaitables with declared checked exceptions. */
    public static <T extends @Nullable Object, X extends Exception> T await(
            Awaitable.Checked<T, X> target, @Nullable Duration timeout, YieldMode mode) throws X {
        return GreenletTask.current().await(target, timeout, mode);
    }

    /**
     * Returns what to subscribe to in place of {@code target} on the caller's loop: {@code target} itself, unless it is a
     * greenlet of another loop, whose end cannot be observed from here directly. Code that subscribes to an awaitable it was
     * given, as select does, must call this right before it subscribes; {@link #await} does so by itself. The result is for a
     * single wait. Costs nothing except for greenlets.
     *
     * @throws IllegalStateException outside any loop, if the target is a greenlet
     */
    public static <T extends @Nullable Object> Awaitable<T> here(Awaitable<T> target) {
        return GreenletTask.here(target);
    }

    /**
     * Returns a uniformly random number from {@code 0} to {@code n - 1}, for choosing among several ready alternatives. On a
     * {@linkplain dev.weft.testing.SteppedLoop#shuffled shuffled} loop it derives from the seed, so a test sees the same choices
     * each time. Must be called on a loop.
     */
    public static int pick(int n) {
        return n == 1 ? 0 : EventLoop.current().scheduler.pick(n);
    }

    /**
     * Must be called by an operation that succeeded without waiting. Throws {@link dev.weft.Cancelled} if the greenlet was
     * killed, and yields after 128 such successes in a row, so that a source that is always ready cannot starve other greenlets
     * (like tokio's cooperative budget).
     */
    public static void checkpoint() {
        checkpoint(YieldMode.EXPLICIT);
    }

    /** As {@link #checkpoint()}; an implicit one does not yield on a loop that reports or refuses implicit yields. */
    public static void checkpoint(YieldMode mode) {
        GreenletTask.current().checkpoint(mode);
    }

    /**
     * Runs {@code event} on the thread of {@code loop}, between greenlets, in its next turn. This is how other threads and loops
     * deliver completions to waiters. For authors of awaitables; users' code goes through {@link Loop#execute}, which runs it in
     * a greenlet, at the cost of a switch. The event must be short, and must not wait, take a lock that greenlets take (such as
     * a logger's) or call users' code. What it throws goes to the system logger. Any thread; never blocks.
     *
     * @throws java.util.concurrent.RejectedExecutionException if the loop is closed
     */
    public static void post(Loop loop, Runnable event) {
        EventLoop.of(loop).postEvent(event);
    }

    /**
     * Runs {@code event} on {@code loop}: at once if the caller is on it, otherwise as {@link #post} does. For events that are
     * irrelevant once the loop is closed: then it is dropped. Any thread; never blocks.
     */
    public static void tell(Loop loop, Runnable event) {
        tell(loop, event, () -> {});
    }

    /**
     * As {@link #tell(Loop, Runnable)}, but if the loop is closed, {@code ifClosed} runs instead, on another thread. One of the
     * two runs, once.
     */
    public static void tell(Loop loop, Runnable event, Runnable ifClosed) {
        EventLoop.of(loop).tell(event, ifClosed);
    }

    /**
     * Makes {@code hook} run on the thread of {@code loop} once the loop begins to close and its greenlets have been killed, but
     * have not run since. It must be short and must not wait. Must be called on the loop.
     *
     * @return false if that has begun; then the hook never runs
     */
    public static boolean addCloseHook(Loop loop, Runnable hook) {
        return EventLoop.of(loop).addCloseHook(hook);
    }

    /** Removes a hook of {@link #addCloseHook}. Must be called on the loop. */
    public static void removeCloseHook(Loop loop, Runnable hook) {
        EventLoop.of(loop).removeCloseHook(hook);
    }

    /**
     * Calls {@code event} when {@code greenlet} ends, on its loop's thread, before anything else runs there; if it has ended
     * already, in the loop's next turn. As {@link Greenlet#onEnd}, but {@code event} is bound by the rules of {@link #post}.
     *
     * @return a handle whose closing takes {@code event} back, in O(1); it may still be called if the end is on its way
     */
    public static <T extends @Nullable Object> Loop.Handle whenEnded(
            Greenlet<T> greenlet, Consumer<? super Greenlet<T>> event) {
        return ((GreenletTask<T>) greenlet).whenEnded(event);
    }

    /**
     * Returns an object that identifies the innermost scope, deadline or shield that the calling greenlet is in; null if there
     * is none, and outside greenlets. For authors of code that switches stacks: both must be in the same one.
     */
    public static @Nullable Object openScope() {
        return Scopes.open();
    }

    /** As {@link #openScope}, for atomic regions. */
    public static @Nullable Object openRegion() {
        return AtomicRegion.open();
    }

    /**
     * Signals that {@code resource}, which nothing bounds, has grown unusually large. It is watched from then on, while it
     * lives, and reported if it only grows. Call this on the loop; elsewhere it does nothing. Costs a weak reference.
     */
    public static void hasGrown(Measured resource) {
        EventLoop loop = EventLoop.currentOrNull();
        if (loop != null) {
            loop.owner.hasGrown(resource);
        }
    }

    /**
     * Records that {@code server} accepts nothing until one of its {@code limit} connections has ended, if there is a recording.
     * For authors of servers. Must be called on a loop.
     */
    public static void acceptLimitReached(Object server, int limit) {
        EventLoop.current().recorder().acceptLimit(server, limit);
    }

    /** Returns the {@link Thread#threadId} of the calling greenlet, which identifies it in reports; 0 outside greenlets. */
    public static long callerId() {
        return isOnLoop() && Thread.currentThread().isVirtual()
                ? Thread.currentThread().threadId()
                : 0;
    }

    /**
     * Declares that {@code types}, and the classes nested in them, spawn on behalf of their callers, so that {@link
     * Greenlet#spawnSite} is the caller's location: a server's connections appear as spawned where the server was started. For
     * authors of pools and servers. Must be called once, from a static initialiser, with all classes that are on the stack
     * between the caller and the spawn. Any thread.
     */
    public static void spawnsForOthers(Class<?>... types) {
        for (Class<?> type : types) {
            SpawnSites.spawnsForOthers(type);
        }
    }

    /**
     * Declares that frames of the package of {@code type} belong to Weft, so that reports skip them when they point at a user's
     * code. For authors of libraries whose calls wait. Any thread.
     */
    public static void belongsToRuntime(Class<?> type) {
        Frames.belongToRuntime(type.getPackageName());
    }

    /** Throws {@link IllegalStateException} unless the caller is in a greenlet or callback of {@code owner}. */
    public static void requireLoop(Loop owner, Object resource) {
        EventLoop.of(owner).requireCaller(resource);
    }

    /** Returns whether the caller is on {@code loop}: in one of its greenlets or callbacks. */
    public static boolean isOn(Loop loop) {
        return EventLoop.currentOrNull() == EventLoop.of(loop);
    }

    /** Returns whether the caller is on any loop: in a greenlet or a callback. */
    public static boolean isOnLoop() {
        return EventLoop.currentOrNull() != null;
    }
}
