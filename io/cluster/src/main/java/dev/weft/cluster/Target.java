package dev.weft.cluster;

import dev.weft.Awaitable;
import dev.weft.Greenlet;
import dev.weft.actor.Mailbox;
import dev.weft.actor.Owner;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** What a reference leads to. Any thread. */
sealed interface Target<M> {
    /** Returns the greenlet whose end is that of the target. */
    Greenlet<?> greenlet();

    /** Sends a message; waits if there is no room for it. */
    void tell(M message);

    /** Sends a message if there is room for it. */
    boolean tryTell(M message);

    /** Returns an awaitable that asks when it is subscribed to; {@code asked} is called by the target's greenlet. */
    <R extends @Nullable Object> Awaitable<R> asking(M message, Asked<R> asked);

    /** What a question does with the call of the receiver. */
    interface Asked<R extends @Nullable Object> {
        R answer(Callable<@Nullable Object> receiver) throws Exception;
    }

    /** An owner, and what it does with messages. */
    record OfOwner<S, M>(Owner<S> owner, Receiver<? super S, ? super M> receiver) implements Target<M> {
        @Override
        public Greenlet<?> greenlet() {
            return owner.greenlet();
        }

        @Override
        public void tell(M message) {
            owner.tell(state -> receiver.receive(state, message));
        }

        @Override
        public boolean tryTell(M message) {
            return owner.tryTell(state -> receiver.receive(state, message));
        }

        @Override
        public <R extends @Nullable Object> Awaitable<R> asking(M message, Asked<R> asked) {
            return owner.asking(state -> asked.answer(() -> receiver.receive(state, message)));
        }

        @Override
        public String toString() {
            return owner.toString();
        }
    }

    /** A mailbox, and who receives from it. */
    record OfMailbox<M>(Mailbox<M> mailbox, Greenlet<?> greenlet) implements Target<M> {
        @Override
        public void tell(M message) {
            mailbox.send(message);
        }

        @Override
        public boolean tryTell(M message) {
            return mailbox.trySend(message);
        }

        @Override
        public <R extends @Nullable Object> Awaitable<R> asking(M message, Asked<R> asked) {
            throw new UnsupportedOperationException(
                    this
                            + " cannot be asked; send it a message with a Ref to a mailbox of yours, and receive the answer there");
        }

        @Override
        public String toString() {
            return "mailbox of " + greenlet.name();
        }
    }
}
