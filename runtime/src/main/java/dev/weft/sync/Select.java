package dev.weft.sync;

import dev.weft.Awaitable;
import dev.weft.CheckedAction;
import dev.weft.CheckedCallable;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Factories of clauses for {@link Weft#select(Clause...)}, which waits for the first of several events.
 *
 * <pre>{@code
 * boolean more = Weft.select(
 *         Select.on(requests.receivingOrEnd(), request -> request.map(this::serve).orElse(false)),
 *         Select.on(results.sending(result), () -> true),
 *         Select.on(worker, outcome -> false), // the end of a greenlet
 *         Select.after(Duration.ofSeconds(1), () -> true));
 * }</pre>
 *
 * <p>Every awaitable can be a clause: sends, receives, ends of greenlets, timers, events, sockets, stages ({@link
 * Weft#completion}). If several are ready, one is chosen uniformly at random, as in Go, so that none is starved; {@code
 * selectFirst} takes the first. The handler of the chosen clause runs in the caller, after all others have been withdrawn:
 * their operations did not happen, and they keep no place in any queue. A failure of the chosen one is thrown.
 *
 * <p>An event on another loop is never ready at once, as that loop has to be asked. A select without clauses waits until it
 * is killed.
 *
 * <p>The same awaitable may be used in two clauses, unless it allows only one wait at a time (a send, a socket transfer,
 * anything that lives on another loop); the second then throws {@link dev.weft.Busy}. A select costs one object, a small
 * one per clause, and a query of each.
 */
public final class Select {
    private Select() {}

    /** A handler of a chosen clause's value; it may wait. */
    @FunctionalInterface
    public interface Handler<T extends @Nullable Object, R extends @Nullable Object, X extends Exception> {
        /** Returns the result of the select. */
        R handle(T value) throws X;
    }

    /** A {@link Handler} without a result. */
    @FunctionalInterface
    public interface VoidHandler<T extends @Nullable Object, X extends Exception> {
        /** Handles {@code value}. */
        void handle(T value) throws X;
    }

    /** A clause whose result is the value of {@code target}. */
    public static <T extends @Nullable Object> Clause<T, RuntimeException> on(Awaitable<T> target) {
        return new EventClause<T, T, RuntimeException>(target, value -> value);
    }

    /** A clause whose result is that of {@code handler}, called with the value of {@code target}. */
    public static <T extends @Nullable Object, R extends @Nullable Object, X extends Exception> Clause<R, X> on(
            Awaitable<T> target, Handler<? super T, ? extends R, ? extends X> handler) {
        return new EventClause<T, R, X>(target, handler);
    }

    /** As {@link #on(Awaitable, Handler)}, for an awaitable that declares a checked exception. */
    public static <T extends @Nullable Object, R extends @Nullable Object, X extends Exception> Clause<R, X> on(
            Awaitable.Checked<T, ? extends X> target, Handler<? super T, ? extends R, ? extends X> handler) {
        return new EventClause<T, R, X>(target, handler);
    }

    /** A clause whose result is that of {@code body}, for events whose value does not matter. */
    public static <R extends @Nullable Object, X extends Exception> Clause<R, X> on(
            Awaitable<?> target, CheckedCallable<? extends R, ? extends X> body) {
        return new EventClause<@Nullable Object, R, X>(target, value -> body.call());
    }

    /** A clause that runs {@code handler} with the value; the result of the select is null. */
    @SuppressWarnings("NullAway") // a Void is always null
    public static <T extends @Nullable Object, X extends Exception> Clause<@Nullable Void, X> run(
            Awaitable<T> target, VoidHandler<? super T, ? extends X> handler) {
        return new EventClause<T, @Nullable Void, X>(target, value -> {
            handler.handle(value);
            return null;
        });
    }

    /** As {@link #run(Awaitable, VoidHandler)}, for events whose value does not matter. */
    @SuppressWarnings("NullAway") // a Void is always null
    public static <X extends Exception> Clause<@Nullable Void, X> run(
            Awaitable<?> target, CheckedAction<? extends X> body) {
        return new EventClause<@Nullable Object, @Nullable Void, X>(target, value -> {
            body.run();
            return null;
        });
    }

    /** A clause that is ready {@code delay} after the start of the select. */
    public static <R extends @Nullable Object, X extends Exception> Clause<R, X> after(
            Duration delay, CheckedCallable<? extends R, ? extends X> body) {
        return on(Weft.timer(delay), body);
    }

    /** A clause that is chosen if no other is ready, so that the select does not wait. At most one, in any position. */
    public static <R extends @Nullable Object, X extends Exception> Clause<R, X> otherwise(
            CheckedCallable<? extends R, ? extends X> body) {
        return new Otherwise<>(body);
    }

    /** The implementation of {@link Weft#select(List)}. */
    public static <R extends @Nullable Object, X extends Exception> R any(
            List<? extends Clause<? extends R, ? extends X>> clauses) throws X {
        return select(clauses, Suspension::pick);
    }

    /** The implementation of {@link Weft#selectFirst(List)}. */
    public static <R extends @Nullable Object, X extends Exception> R first(
            List<? extends Clause<? extends R, ? extends X>> clauses) throws X {
        return select(clauses, left -> 0);
    }

    @SuppressWarnings("unchecked") // the chosen clause is one of those given
    private static <R extends @Nullable Object, X extends Exception> R select(
            List<? extends Clause<? extends R, ? extends X>> clauses, IntUnaryOperator order) throws X {
        Selection selection = selection(clauses, order);
        Clause<?, ?> chosen;
        try {
            chosen = Suspension.await(selection, null);
        } catch (EndOfChannel | ChannelClosed | ChannelFailed there) {
            throw CallerTrace.here(there);
        }
        return chosen instanceof Otherwise<?, ?> otherwise
                ? ((Otherwise<R, X>) otherwise).body().call()
                : ((EventClause<?, R, X>) chosen).conclude();
    }

    private static Selection selection(List<? extends Clause<?, ?>> clauses, IntUnaryOperator order) {
        EventClause<?, ?, ?>[] events = new EventClause<?, ?, ?>[clauses.size()];
        Otherwise<?, ?> otherwise = null;
        int count = 0;
        for (Clause<?, ?> clause : clauses) {
            if (clause instanceof EventClause<?, ?, ?> event) {
                events[count++] = event;
            } else if (otherwise == null) {
                otherwise = (Otherwise<?, ?>) clause;
            } else {
                throw new IllegalArgumentException("a select can have at most one otherwise clause");
            }
        }
        return new Selection(count == events.length ? events : Arrays.copyOf(events, count), otherwise, order);
    }
}
