package dev.weft.cluster;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Owners;
import dev.weft.spi.RemoteWaiter;
import dev.weft.spi.Waiter;
import org.jspecify.annotations.Nullable;

/** A question to a target on another node, and what the asker waits for. For a single wait, on any loop. */
final class RemoteAsk<R> implements Awaitable<R> {
    private final RemoteRef<?> target;
    private final byte[] message;
    private final Class<R> type;
    private boolean isUsed;
    private @Nullable Elsewhere<R> remote; // of an asker on another loop; confined to that loop

    // Confined to the home loop.
    private @Nullable Waiter<? super R> asker; // null before it was sent, and once the wait is over
    private long number;
    private byte @Nullable [] frame;

    private volatile @Nullable Throwable failure; // that came back

    RemoteAsk(RemoteRef<?> target, byte[] message, Class<R> type) {
        this.target = target;
        this.message = message;
        this.type = type;
    }

    /** Represents an asker of another loop on the home loop. */
    private static final class Elsewhere<R> extends RemoteWaiter<R> {
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
        if (isUsed) {
            throw new Busy(this, waiter);
        }
        isUsed = true;
        if (Suspension.isOn(target.home())) {
            send(waiter);
        } else {
            Elsewhere<R> representing = new Elsewhere<>(waiter, Loop.current());
            remote = representing;
            Suspension.tell(target.home(), () -> send(representing), () -> representing.fail(target.left()));
        }
    }

    private void send(Waiter<? super R> waiter) {
        NodeLost dead = target.dead();
        if (dead != null) {
            failure = dead.forRequest("the message", NodeLost.Begun.NO);
            waiter.fail(failure);
        } else {
            asker = waiter;
            frame = target.inquiries().ask(this, target.number(), message);
        }
    }

    /** Withdraws the question. If the target has begun, it finishes, and the answer is dropped. */
    @Override
    public boolean unsubscribe(Waiter<? super R> waiter) {
        if (remote == null) {
            cancel();
            return true;
        }
        boolean isWithdrawn = remote.isWithdrawn();
        if (isWithdrawn) {
            Suspension.tell(target.home(), this::cancel);
        }
        return isWithdrawn;
    }

    private void cancel() {
        asker = null;
        if (frame != null) {
            target.inquiries().cancel(number, frame);
        }
    }

    void number(long given) {
        number = given;
    }

    /** The answer has come. Home loop. */
    void succeed(@Nullable Object answer) {
        R cast;
        try {
            cast = target.cast(answer, type);
        } catch (ClassCastException e) {
            fail(e);
            return;
        }
        Waiter<? super R> present = taken();
        if (present != null) {
            present.succeed(cast);
        }
    }

    /** There will be no answer. Home loop. */
    void fail(Throwable why) {
        Waiter<? super R> present = taken();
        if (present != null) {
            failure = why;
            present.fail(why);
        }
    }

    void lost(NodeLost why) {
        byte[] sent = frame;
        boolean isUnsent = sent != null && target.inquiries().session().withdraw(sent);
        fail(why.forRequest("the message", isUnsent ? NodeLost.Begun.NO : NodeLost.Begun.UNKNOWN));
    }

    /** Returns the asker, who must be completed now; null if it has left. */
    private @Nullable Waiter<? super R> taken() {
        Waiter<? super R> present = asker;
        asker = null;
        return present != null && present.tryClaim() ? present : null;
    }

    /** Returns whether {@code thrown} is what the wait has failed with. */
    boolean hasFailedWith(Throwable thrown) {
        return thrown == failure;
    }

    @Override
    public Owners owners() {
        return Owners.outside(Owners.Kind.OTHER, this);
    }

    @Override
    public String toString() {
        return "the answer of " + target;
    }
}
