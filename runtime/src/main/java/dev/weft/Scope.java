package dev.weft;

import dev.weft.kernel.TaskScope;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of code that greenlets are spawned into and that none of them outlives (trio's nursery, Kotlin's {@code
 * coroutineScope}): {@link Weft#scope(VoidBody)} returns, or throws, only when its body and all its children have ended.
 *
 * <pre>{@code
 * Weft.scope(s -> {
 *     s.spawn(() -> copy(client, server));
 *     s.spawn(() -> copy(server, client));
 * });   // both have ended; if one failed, the other was cancelled, and the failure comes out here
 * }</pre>
 *
 * <p>The body counts as a child. Children inherit the cancellation and the deadline of the scope, not of whoever spawns
 * them, and the {@link ScopedValue} bindings that held where it was opened. A child that is killed, or that ends because it
 * was cancelled, is no failure. What several children throw is joined: the first failure is thrown, the others are its
 * suppressed exceptions.
 *
 * <p>For greenlets of the loop on which it was opened: the body, and its children, may spawn into it until it has ended.
 */
public sealed interface Scope permits TaskScope {

    /** What the scope does when a child ends. */
    enum Policy {
        /** The first failure, of a child or of the body, cancels the rest and is thrown. */
        ALL,
        /**
         * The first child that returns cancels the rest, and the body; if none returns, the first failure is thrown. What
         * other children throw after a success is dropped, what the body throws is not.
         */
        FIRST_SUCCESS,
        /** All go on to their ends, whatever happens; then the first failure is thrown. */
        COLLECT,
        /** A child's failure stays its own: its joiners get it, or the uncaught handler. The body's cancels all. */
        SUPERVISE
    }

    /** The code of a scope. */
    @FunctionalInterface
    interface Body<T extends @Nullable Object, X extends Exception> {
        /** Runs in the greenlet that opens the scope. */
        T run(Scope scope) throws X;
    }

    /** As {@link Body}, without a result. */
    @FunctionalInterface
    interface VoidBody<X extends Exception> {
        /** Runs in the greenlet that opens the scope. */
        void run(Scope scope) throws X;
    }

    /** The code of a child that says when it has started. */
    @FunctionalInterface
    interface Starting<V extends @Nullable Object> {
        /** Calls {@code started} once it is up, with what the starter wants to know, and goes on. */
        void run(Started<V> started) throws Exception;
    }

    /** How a child tells its starter that it is up. */
    @FunctionalInterface
    interface Started<V extends @Nullable Object> {
        /**
         * Lets the starter go on.
         *
         * @throws IllegalStateException if it was called before
         */
        void started(V value);
    }

    /**
     * Queues a new greenlet, a child of this scope. In one that is cancelled it never runs.
     *
     * @throws IllegalStateException if the scope has ended, or if called elsewhere than on its loop
     */
    <T extends @Nullable Object> Greenlet<T> spawn(Callable<T> body);

    /** As {@link #spawn(Callable)}, for a body without a result. */
    Greenlet<@Nullable Void> spawn(Action body);

    /** As {@link #spawn(Callable)}, with a name. */
    <T extends @Nullable Object> Greenlet<T> spawn(String name, Callable<T> body);

    /** As {@link #spawn(String, Callable)}, for a body without a result. */
    Greenlet<@Nullable Void> spawn(String name, Action body);

    /**
     * Spawns a child and waits until it says that it has started (trio's {@code nursery.start}); gives what it says. A
     * failure before that is thrown here, and is not the scope's. If the caller is cancelled meanwhile, the child is killed.
     *
     * @throws IllegalStateException if the child returns without having called {@code started}
     */
    <V extends @Nullable Object> V start(Starting<V> body);

    /** Cancels the body and all children: their waits throw {@link Cancelled}. Never waits; nothing once it has ended. */
    default void cancel() {
        cancel("the scope was cancelled");
    }

    /** As {@link #cancel()}, with a reason that becomes part of the messages. */
    void cancel(String reason);

    /** Whether this scope, or one around it, has been cancelled. */
    boolean isCancelled();

    /** The children that have not ended, in the order of their creation. */
    List<Greenlet<?>> children();
}
