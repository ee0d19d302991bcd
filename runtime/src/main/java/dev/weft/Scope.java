package dev.weft;

import dev.weft.kernel.TaskScope;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A block of code into which greenlets are spawned and which none of them outlives (trio's nursery, Kotlin's {@code
 * coroutineScope}). {@link Weft#scope(VoidBody)} returns or throws only when its body and all its children have ended.
 *
 * <pre>{@code
 * Weft.scope(s -> {
 *     s.spawn(() -> copy(client, server));
 *     s.spawn(() -> copy(server, client));
 * });   // both have ended; if one failed, the other was cancelled, and the failure comes out here
 * }</pre>
 *
 * <p>The body counts as a child. Children inherit the cancellation and the deadline of the scope, not of the greenlet that
 * spawns them, and the {@link ScopedValue} bindings at the place where the scope was opened. A child that is killed, or that
 * ends because it was cancelled, does not count as a failure. If several children fail, the first failure is thrown, with
 * the others as its suppressed exceptions.
 *
 * <p>A scope is confined to the loop on which it was opened. Its body and its children may spawn into it until it has ended.
 */
public sealed interface Scope permits TaskScope {

    /** How the scope reacts when a child ends. */
    enum Policy {
        /** The first failure, of a child or of the body, cancels the rest and is thrown. */
        ALL,
        /**
         * The first child that returns cancels the rest and the body. If none returns, the first failure is thrown. After a
         * success, failures of other children are dropped; a failure of the body is not.
         */
        FIRST_SUCCESS,
        /** All run to their ends, whatever happens; then the first failure is thrown. */
        COLLECT,
        /** A child's failure goes only to its joiners or to the uncaught handler. A failure of the body cancels all. */
        SUPERVISE
    }

    /** The code of a scope. */
    @FunctionalInterface
    interface Body<T extends @Nullable Object, X extends Exception> {
        /** Runs in the greenlet that opens the scope. */
        T run(Scope scope) throws X;
    }

    /** A {@link Body} without a result. */
    @FunctionalInterface
    interface VoidBody<X extends Exception> {
        /** Runs in the greenlet that opens the scope. */
        void run(Scope scope) throws X;
    }

    /** The code of a child that signals when it has started. */
    @FunctionalInterface
    interface Starting<V extends @Nullable Object> {
        /** Calls {@code started} once it is up, with a value for the starter, and continues. */
        void run(Started<V> started) throws Exception;
    }

    /** The callback with which a child tells its starter that it is up. */
    @FunctionalInterface
    interface Started<V extends @Nullable Object> {
        /**
         * Lets the starter continue, with {@code value}.
         *
         * @throws IllegalStateException if called more than once
         */
        void started(V value);
    }

    /**
     * Queues a new greenlet as a child of this scope. If the scope has been cancelled, it never runs.
     *
     * @throws IllegalStateException if the scope has ended, or if not called on its loop
     */
    <T extends @Nullable Object> Greenlet<T> spawn(Callable<T> body);

    /** As {@link #spawn(Callable)}, for a body without a result. */
    Greenlet<@Nullable Void> spawn(Action body);

    /** As {@link #spawn(Callable)}, with a name. */
    <T extends @Nullable Object> Greenlet<T> spawn(String name, Callable<T> body);

    /** As {@link #spawn(String, Callable)}, for a body without a result. */
    Greenlet<@Nullable Void> spawn(String name, Action body);

    /**
     * Spawns a child, waits until it signals that it has started (trio's {@code nursery.start}), and returns its value. A
     * failure before that is thrown here and does not count as the scope's. If the caller is cancelled while it waits, the
     * child is killed.
     *
     * @throws IllegalStateException if the child returns without having called {@code started}
     */
    <V extends @Nullable Object> V start(Starting<V> body);

    /** Cancels the body and all children: their waits throw {@link Cancelled}. Never waits; no effect after the end. */
    default void cancel() {
        cancel("the scope was cancelled");
    }

    /** As {@link #cancel()}, with a reason that becomes part of the exceptions' messages. */
    void cancel(String reason);

    /** Returns whether this scope, or an enclosing one, has been cancelled. */
    boolean isCancelled();

    /** Returns the children that have not ended, in the order of their creation. */
    List<Greenlet<?>> children();
}
