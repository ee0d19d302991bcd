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
import dev.weft.spi.Contended;
import dev.weft.spi.YieldMode;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The suspension seam, from the side of one who waits; for authors of blocking calls. */
public final class Suspension {
    private Suspension() {}

    /** Suspends the calling greenlet until {@code target} completes its waiter, for {@code timeout} if one is given. */
    public static <T extends @Nullable Object> T await(Awaitable<T> target, @Nullable Duration timeout) {
        return GreenletTask.current().await(target, timeout);
    }

    /** As {@link #await(Awaitable, Duration)}, for awaitables whose checked exceptions the compiler knows. */
    public static <T extends @Nullable Object, X extends Exception> T await(
            Awaitable.Checked<T, X> target, @Nullable Duration timeout) throws X {
        return GreenletTask.current().await(target, timeout);
    }

    /**
     * As {@link #await(Awaitable, Duration)}, by a call that says, with {@code mode}, whether its name tells the caller that
     * it waits. An {@linkplain YieldMode#IMPLICIT implicit} one is for faces that look like an API which knows nothing of
     * greenlets, such as {@code java.net}'s: on a loop that {@linkplain dev.weft.ImplicitYields reports} implicit yields this
     * wait is one of them, and on one that refuses them it throws {@link dev.weft.ImplicitYield} instead of waiting; on both,
     * one that succeeds at once does not yield when the budget is used up. Elsewhere it is the same, at the same cost.
     */
    public static <T extends @Nullable Object> T await(
            Awaitable<T> target, @Nullable Duration timeout, YieldMode mode) {
        return GreenletTask.current().await(target, timeout, mode);
    }

    /** As {@link #await(Awaitable, Duration, YieldMode)}, for awaitables whose checked exceptions the compiler knows. */
    public static <T extends @Nullable Object, X extends Exception> T await(
            Awaitable.Checked<T, X> target, @Nullable Duration timeout, YieldMode mode) throws X {
        return GreenletTask.current().await(target, timeout, mode);
    }

    /**
     * What stands for {@code target} on the caller's loop: itself, unless it is a greenlet of another loop, whose end can
     * only be heard of there. To be called by whoever subscribes to an awaitable that he was given, as select does, right
     * before he does; {@link #await} does it by itself. For one wait. Costs nothing for all but greenlets.
     *
     * @throws IllegalStateException outside any loop, if the target is a greenlet
     */
    public static <T extends @Nullable Object> Awaitable<T> here(Awaitable<T> target) {
        return GreenletTask.here(target);
    }

    /**
     * One of {@code 0} to {@code n - 1}, uniformly at random, for those who choose among several that are ready. On a
     * {@linkplain dev.weft.testing.SteppedLoop#shuffled shuffled} loop it comes from the seed, so that a test sees the same
     * choices each time. The caller must be on a loop.
     */
    public static int pick(int n) {
        return n == 1 ? 0 : EventLoop.current().scheduler.pick(n);
    }

    /**
     * To be called by an operation that succeeded without waiting: throws {@link dev.weft.Cancelled} if the greenlet was
     * killed, and yields when it has used up its budget of 128 such successes in a row, so that a source which is always
     * ready cannot starve the rest (as tokio's cooperative budget).
     */
    public static void checkpoint() {
        checkpoint(YieldMode.EXPLICIT);
    }

    /** As {@link #checkpoint()}; an implicit one does not yield on a loop that reports or refuses implicit yields. */
    public static void checkpoint(YieldMode mode) {
        GreenletTask.current().checkpoint(mode);
    }

    /**
     * Runs {@code event} on the thread of {@code loop}, between greenlets, with its next turn: how other threads, and other
     * loops, bring in what a waiter is to be told. For authors of things to be waited for, as {@link Loop#execute} hands
     * users' code to a greenlet, which takes a switch. The event must be short: it must not wait, must not take a lock that
     * greenlets take (a logger's is one), and must not call code of users. What it throws goes to the system's logger. Any
     * thread; never blocks.
     *
     * @throws java.util.concurrent.RejectedExecutionException if the loop is closed
     */
    public static void post(Loop loop, Runnable event) {
        EventLoop.of(loop).postEvent(event);
    }

    /**
     * Runs {@code event} on {@code loop}: at once if the caller is there, otherwise as {@link #post} does. For events that
     * nobody wants to know of any more when the loop is closed. Any thread; never blocks.
     *
     * @return false if the loop is closed, and the event was dropped
     */
    public static boolean tell(Loop loop, Runnable event) {
        return EventLoop.of(loop).tell(event);
    }

    /**
     * Calls {@code event} with {@code greenlet} as it ends, on its loop's thread, before anything else runs there; if it has
     * ended already, with the loop's next turn. As {@link Greenlet#onEnd}, but for the rules of {@link #post}.
     */
    public static <T extends @Nullable Object> void whenEnded(
            Greenlet<T> greenlet, Consumer<? super Greenlet<T>> event) {
        ((GreenletTask<T>) greenlet).whenEnded(event);
    }

    /**
     * The innermost scope, deadline or shield that the calling greenlet is in, told by identity; null if there is none, and
     * outside greenlets. For authors of code that changes stacks: what the two of them have open must be the same.
     */
    public static @Nullable Object openScope() {
        return Scopes.open();
    }

    /** As {@link #openScope}, for atomic regions. */
    public static @Nullable Object openRegion() {
        return AtomicRegion.open();
    }

    /**
     * Somebody waits for {@code thing}, which others hold: the loop looks at it now and then, for as long as it {@linkplain
     * Contended#isAwaited is awaited}, and reports those who can never go on. Called when the first one begins to wait, on
     * the loop; elsewhere it does nothing. Costs a look into a map.
     */
    public static void contended(Contended thing) {
        EventLoop loop = EventLoop.currentOrNull();
        if (loop != null) {
            loop.owner.contended(thing);
        }
    }

    /**
     * {@code types}, and the classes within them, spawn on behalf of those who call them, so {@link Greenlet#spawnSite} is the
     * caller's place; a server's connections are spawned where the server was started. For authors of pools and servers:
     * to be called once, from a static initializer, with all classes that are on the stack between the caller and the
     * spawn. Any thread.
     */
    public static void spawnsForOthers(Class<?>... types) {
        for (Class<?> type : types) {
            SpawnSites.spawnsForOthers(type);
        }
    }

    /**
     * The frames of the package of {@code type} are Weft's own, where reports tell the place in somebody's code. For authors
     * of faces whose calls wait. Any thread.
     */
    public static void belongsToRuntime(Class<?> type) {
        Frames.belongToRuntime(type.getPackageName());
    }

    /** Throws {@link IllegalStateException} unless the caller is a greenlet, or a callback, of {@code owner}. */
    public static void requireLoop(Loop owner, Object resource) {
        EventLoop.of(owner).requireCaller(resource);
    }

    /** Whether the caller is on {@code loop}: in one of its greenlets or callbacks. */
    public static boolean isOn(Loop loop) {
        return EventLoop.currentOrNull() == EventLoop.of(loop);
    }

    /** Whether the caller is on any loop: in a greenlet or a callback. */
    public static boolean isOnLoop() {
        return EventLoop.currentOrNull() != null;
    }
}
