package dev.weft.actor;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Owners;
import dev.weft.spi.RemoteWaiter;
import dev.weft.spi.Waiter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A question to an owner, on its way there and back: the request that the owner handles, and what the asker waits for. For a
 * single wait, on any loop.
 */
final class Ask<S, R extends @Nullable Object> implements StateAction<S>, Awaitable<R> {
    private final Owner<S> owner;
    private final StateFunction<? super S, ? extends R, ?> question;
    private boolean isSent;
    private boolean hasBegun;
    private @Nullable Elsewhere<R> remote; // of an asker on another loop; confined to that loop
    private @Nullable Waiter<? super R> asker; // once it is sent, confined to the owner's loop
    private @Nullable Throwable failure; // that came back

    Ask(Owner<S> owner, StateFunction<? super S, ? extends R, ?> question) {
        this.owner = owner;
        this.question = question;
    }

    /** Represents an asker of another loop on the owner's loop. */
    private static final class Elsewhere<R extends @Nullable Object> extends RemoteWaiter<R> {
        private final Loop loop;

        Elsewhere(Waiter<? super R> waiter, Loop loop) {
            super(waiter);
            this.loop = loop;
        }

        @Override
        protected void deliver(Runnable completion) {
            Suspension.tell(loop, completion);
        }

        boolean isWithdrawn() {
            return withdraw();
        }
    }

    @Override
    public void subscribe(Waiter<? super R> waiter) {
        if (isSent) {
            throw new Busy(this, waiter);
        }
        isSent = true;
        if (Suspension.isOn(owner.loop())) {
            asker = waiter;
        } else {
            asker = remote = new Elsewhere<>(waiter, Loop.current());
        }
        owner.send(this);
    }

    /** Withdraws the question. If the owner has begun to handle it, it finishes, and the answer is dropped. */
    @Override
    public boolean unsubscribe(Waiter<? super R> waiter) {
        if (remote != null) {
            return remote.isWithdrawn();
        }
        asker = null;
        return true;
    }

    /** Handles the question, unless it was withdrawn. Throws only if the owner is to end, before it has answered. */
    @Override
    public void accept(S state) throws Exception {
        Waiter<? super R> waiting = asker;
        if (waiting == null || !waiting.isOpen()) {
            return;
        }
        hasBegun = true;
        R answer;
        try {
            answer = question.apply(state);
        } catch (Throwable t) {
            owner.rethrowIfKilled(t);
            fail(t);
            return;
        }
        Waiter<? super R> present = taken();
        if (present != null) {
            present.succeed(answer);
        }
    }

    /** Completes the wait of the asker, if it still waits, with {@code why}. Owner's loop. */
    void fail(Throwable why) {
        Waiter<? super R> present = taken();
        if (present != null) {
            failure = why;
            present.fail(why);
        }
    }

    /** Returns the asker, who must be completed now; null if it has left. */
    private @Nullable Waiter<? super R> taken() {
        Waiter<? super R> present = asker;
        asker = null;
        return present != null && present.tryClaim() ? present : null;
    }

    /** Adds the caller's stack to {@code thrown} if that came from the owner. Called by the asker, after its wait. */
    void addSite(Throwable thrown) {
        if (thrown == failure) {
            AskSite.addTo(thrown, owner.name());
        }
    }

    @Override
    public Owners owners() {
        return Owners.holders(Owners.Kind.OTHER, owner, List.of(owner.greenlet()));
    }

    @Override
    public String toString() {
        return "the answer of " + owner + (hasBegun ? ", which is at work on it" : "");
    }
}
