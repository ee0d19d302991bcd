package dev.weft.shared;

import dev.weft.actor.Owner;
import dev.weft.actor.StateAction;
import dev.weft.actor.StateFunction;
import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Owner} that tasks can capture and reach from wherever they run: greenlets, threads, or processes, where requests
 * travel to the owner and answers travel back. Python's {@code multiprocessing} calls this a manager.
 *
 * <pre>{@code
 * SharedOwner<Map<String, Integer>> counts = SharedOwner.of(Owner.start("counts", HashMap::new));
 * workers.map(words, word -> counts.ask(map -> map.merge(word, 1, Integer::sum)));
 * }</pre>
 *
 * <p>A task in a process reaches the owner while it runs, over its worker's connection, one request at a time; a request from a
 * thread that outlives its task waits for the worker's next task. Requests and answers are bound by the pool's allow-list. A
 * request takes the time of a small task. Any thread and any greenlet; a waiting greenlet yields.
 *
 * @param <S> the state
 */
public sealed interface SharedOwner<S> permits LocalOwner, DistantOwner {
    /**
     * A question that can travel.
     *
     * @param <S> the state
     * @param <R> the answer
     * @param <X> the exception that it may throw
     */
    @FunctionalInterface
    interface Question<S, R extends @Nullable Object, X extends Exception>
            extends StateFunction<S, R, X>, Serializable {}

    /**
     * A request without an answer that can travel.
     *
     * @param <S> the state
     */
    @FunctionalInterface
    interface Request<S> extends StateAction<S>, Serializable {}

    /** Returns a reference to {@code owner}, which lives in this process. */
    static <S> SharedOwner<S> of(Owner<S> owner) {
        return new LocalOwner<>(Objects.requireNonNull(owner, "owner"));
    }

    /**
     * Asks a question, as {@link Owner#ask(StateFunction)} does. From another process, what the question throws comes back whole,
     * with the place of this call among its suppressed exceptions.
     *
     * @throws X if the question throws it; unchecked exceptions come back likewise
     * @throws dev.weft.actor.OwnerEnded if the owner has ended, or ends before it has answered
     * @throws dev.weft.serial.SerializationFailed if the question or its answer cannot travel
     */
    <R extends @Nullable Object, X extends Exception> R ask(Question<? super S, ? extends R, X> question) throws X;

    /**
     * As {@link #ask(Question)}, but waits for at most {@code timeout} for the owner.
     *
     * @throws dev.weft.DeadlineExceeded if the time is up
     */
    <R extends @Nullable Object, X extends Exception> R ask(
            Question<? super S, ? extends R, X> question, Duration timeout) throws X;

    /** Sends a request, as {@link Owner#tell} does. From another process, returns once the owner's mailbox has taken it. */
    void tell(Request<? super S> request);
}
