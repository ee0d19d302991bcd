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
 * The clauses of {@link Weft#select(Clause...)}: waiting for whichever comes first of many things.
 *
 * <pre>{@code
 * boolean more = Weft.select(
 *         Select.on(requests.receivingOrEnd(), request -> request.map(this::serve).orElse(false)),
 *         Select.on(results.sending(result), () -> true),
 *         Select.on(worker, outcome -> false), // the end of a greenlet
 *         Select.after(Duration.ofSeconds(1), () -> true));
 * }</pre>
 *
 * <p>Everything that can be awaited can be a clause: sends, receives, ends of greenlets, timers, events, sockets, stages
 * ({@link Weft#completion}). If several are ready one is chosen uniformly at random, as in Go, so that none is starved;
 * {@code selectFirst} takes the first. The handler of the chosen one runs in the caller, after all others have been
 * withdrawn: they did not happen, and keep no place in any queue. A failure of the chosen one is thrown.
 *
 * <p>What happens on another loop is never ready at once: the question has to go there. A select without any clause waits
 * until it is killed.
 *
 * <p>The same thing may stand in two clauses, unless it can be waited for by one only (a send, a transfer of a socket, what
 * lives on another loop): that is {@link dev.weft.Busy}. A select costs an object, a small one a clause, and asking each.
 */
public final class Select {
    private Select() {}

    /** What is to be done with the value of a chosen clause; may wait. */
    @FunctionalInterface
    public interface Handler<T extends @Nullable Object, R extends @Nullable Object, X extends Exception> {
        /** Gives the result of the select. */
        R handle(T value) throws X;
    }

    /** As {@link Handler}, without a result. */
    @FunctionalInterface
    public interface VoidHandler<T extends @Nullable Object, X extends Exception> {
        /** Does what is to be done. */
        void handle(T value) throws X;
    }

    /** Gives the value of {@code target} itself. */
    public static <T extends @Nullable Object> Clause<T, RuntimeException> on(Awaitable<T> target) {
        return new EventClause<T, T, RuntimeException>(target, value -> value);
    }

    /** Gives what {@code handler} makes of the value. */
    public static <T extends @Nullable Object, R extends @Nullable Object, X extends Exception> Clause<R, X> on(
            Awaitable<T> target, Handler<? super T, ? extends R, ? extends X> handler) {
        return new EventClause<T, R, X>(target, handler);
    }

    /** As {@link #on(Awaitable, Handler)}, for what may fail with an {@code X} that the compiler knows. */
    public static <T extends @Nullable Object, R extends @Nullable Object, X extends Exception> Clause<R, X> on(
            Awaitable.Checked<T, ? extends X> target, Handler<? super T, ? extends R, ? extends X> handler) {
        return new EventClause<T, R, X>(target, handler);
    }

    /** Gives what {@code body} does, for events without a value that matters. */
    public static <R extends @Nullable Object, X extends Exception> Clause<R, X> on(
            Awaitable<?> target, CheckedCallable<? extends R, ? extends X> body) {
        return new EventClause<@Nullable Object, R, X>(target, value -> body.call());
    }

    /** Runs {@code handler} with the value; the select gives null. */
    @SuppressWarnings("NullAway") // a Void is always null
    public static <T extends @Nullable Object, X extends Exception> Clause<@Nullable Void, X> run(
            Awaitable<T> target, VoidHandler<? super T, ? extends X> handler) {
        return new EventClause<T, @Nullable Void, X>(target, value -> {
            handler.handle(value);
            return null;
        });
    }

    /** As {@link #run(Awaitable, VoidHandler)}, for events without a value that matters. */
    @SuppressWarnings("NullAway") // a Void is always null
    public static <X extends Exception> Clause<@Nullable Void, X> run(
            Awaitable<?> target, CheckedAction<? extends X> body) {
        return new EventClause<@Nullable Object, @Nullable Void, X>(target, value -> {
            body.run();
            return null;
        });
    }

    /** Ready after {@code delay}, counted from the begin of the select. */
    public static <R extends @Nullable Object, X extends Exception> Clause<R, X> after(
            Duration delay, CheckedCallable<? extends R, ? extends X> body) {
        return on(Weft.timer(delay), body);
    }

    /** Chosen when no other clause is ready: with it the select does not wait. At most one; its place does not matter. */
    public static <R extends @Nullable Object, X extends Exception> Clause<R, X> otherwise(
            CheckedCallable<? extends R, ? extends X> body) {
        return new Otherwise<>(body);
    }

    /** What {@link Weft#select(List)} does. */
    public static <R extends @Nullable Object, X extends Exception> R any(
            List<? extends Clause<? extends R, ? extends X>> clauses) throws X {
        return select(clauses, Suspension::pick);
    }

    /** What {@link Weft#selectFirst(List)} does. */
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
                throw new IllegalArgumentException("a select can have one otherwise, and this has two");
            }
        }
        return new Selection(count == events.length ? events : Arrays.copyOf(events, count), otherwise, order);
    }
}
