package dev.weft.cluster;

import dev.weft.Awaitable;
import dev.weft.Greenlet;
import dev.weft.Loop;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The address of an {@link dev.weft.actor.Owner} or a {@link dev.weft.actor.Mailbox} that may be on another node (Erlang's pid). It can
 * be sent to any node in messages, answers and tasks; at home it is the same one again.
 *
 * <pre>{@code
 * Ref<Order> stock = cluster.refer(owner, (shelves, order) -> shelves.take(order));
 * cluster.publish("stock", stock);
 * ...
 * Ref<Order> stock = cluster.<Order>whereIs("stock").orElseThrow(); // on another node
 * int left = stock.ask(new Order("apples", 3), Integer.class, Duration.ofSeconds(1));
 * }</pre>
 *
 * <p>Messages of one sender to one target arrive in order and at most once, told and asked ones alike. One may be lost with its node,
 * or if its target has ended; who must know asks, or watches the {@link #greenlet}.
 *
 * <p>A reference to another node lasts as long as both nodes see each other. Then it is dead for ever, also when the node is there
 * again, and wherever it is sent: all methods throw {@link NodeLost}. A new one comes by a name or in a message.
 *
 * <p>Two are equal if they have the same target, dead or not. All methods may be called by any greenlet or thread, which blocks where a
 * greenlet would wait. What is sent within a node is not copied.
 *
 * @param <M> the messages
 */
public abstract sealed class Ref<M> permits LocalRef, RemoteRef {
    /** How many messages a node may tell one target before that has taken some of them in. */
    static final int CREDIT = 256;

    Ref() {}

    /**
     * Sends a message without an answer. Waits if the target does not keep up: at most 256 messages of one node are on their way to a
     * target on another one, besides those in its own mailbox.
     *
     * @throws NodeLost if the reference is dead
     * @throws dev.weft.serial.SerializationFailed if the message cannot be sent
     * @throws dev.weft.actor.OwnerEnded if the target is on this node and has ended; on another node, the message is lost
     */
    public abstract void tell(M message);

    /** As {@link #tell}, but never waits on the cluster's loop; returns false if it would have to, and the message was not sent. */
    public abstract boolean tryTell(M message);

    /**
     * Sends a message, and waits for the answer. What the receiver throws is thrown here, whole: with its own stack, and the
     * caller's as a suppressed {@link dev.weft.serial.CallSite}. If the caller is cancelled and the target has not begun, it never
     * does.
     *
     * @param answer the class of the answer, which may be null
     * @throws NodeLost if the node is lost before it has answered; whether the target has begun is said there
     * @throws TargetEnded if the target had ended
     * @throws dev.weft.actor.OwnerEnded if the target ends before it has answered
     * @throws ClassCastException if the answer is of another class
     * @throws UnsupportedOperationException if the target is a mailbox
     */
    public final <R> R ask(M message, Class<R> answer) {
        return answer(message, answer, null);
    }

    /**
     * As {@link #ask(Object, Class)}, but waits for at most {@code timeout}.
     *
     * @throws dev.weft.DeadlineExceeded if the time is up
     */
    public final <R> R ask(M message, Class<R> answer, Duration timeout) {
        return answer(message, answer, timeout);
    }

    abstract <R> R answer(M message, Class<R> answer, @Nullable Duration timeout);

    /**
     * Returns an awaitable that asks when the wait begins, for use in a select. If another clause is chosen, the message is withdrawn,
     * as when the time is up. For a single wait.
     */
    public abstract <R> Awaitable<R> asking(M message, Class<R> answer);

    /**
     * Returns a greenlet that ends as the target does, to be joined, awaited, killed, monitored, linked and supervised. For a
     * target on another node it is one of this node that stands for it: if the target returns, so does it, with null; if the target
     * fails or is killed, it ends likewise, with the same failure or reason; if the node is lost, it fails with {@link NodeLost},
     * and of a target that had ended already, with {@link TargetEnded}. Killing it kills the target, and it ends once that has.
     *
     * <p>That of a mailbox is the greenlet that receives from it. A failure counts as observed. The first call costs a greenlet, which
     * lasts as long as the target and the session with its node.
     */
    public abstract Greenlet<?> greenlet();

    /**
     * Links the calling greenlet and the target, in both directions (Erlang's {@code link/1}): when one ends in any other way than by
     * returning, or its node is lost, the other is killed; see {@link dev.weft.supervisor.Link}. A link to the {@link #greenlet} does
     * the same, except that the target is not told if this node is lost.
     *
     * @return a handle whose closing removes the link
     * @throws IllegalStateException outside greenlets
     */
    public abstract Loop.Handle link();

    /** Returns the node that the target is on. */
    public abstract Node node();

    /** Returns what tells targets of one node apart. */
    abstract long number();

    @Override
    public final boolean equals(Object other) {
        return other instanceof Ref<?> ref
                && ref.number() == number()
                && ref.node().equals(node());
    }

    @Override
    public final int hashCode() {
        return Long.hashCode(number()) * 31 + node().hashCode();
    }

    /** Casts {@code answer}, or says what is wrong. */
    @SuppressWarnings({"unchecked", "NullAway"}) // an answer may be null
    final <R> R cast(@Nullable Object answer, Class<R> type) {
        if (answer != null && !type.isInstance(answer)) {
            throw new ClassCastException(
                    this + " answered with a " + answer.getClass().getName() + ", not a " + type.getName()
                            + "; ask with the class that its receiver returns");
        }
        return (R) answer;
    }
}
