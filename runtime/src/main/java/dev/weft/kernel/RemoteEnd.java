package dev.weft.kernel;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.lowlevel.Claim;
import dev.weft.lowlevel.Waiter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The end of a greenlet, for one of another loop: it stands among the joiners there, and posts the news to where its waiter
 * is. The claim decides between the end and a waiter that leaves, so a failure is either thrown at the waiter or nobody has
 * heard of it, and never lost in between. For one wait.
 */
final class RemoteEnd<T extends @Nullable Object> extends Waiter<T> implements Awaitable<T> {
    private final GreenletTask<T> greenlet;
    private final EventLoop home; // of the waiter
    private @Nullable Waiter<? super T> waiter;
    private @Nullable Claim claim;

    private RemoteEnd(GreenletTask<T> greenlet, EventLoop home) {
        this.greenlet = greenlet;
        this.home = home;
    }

    /** What stands for {@code target} on the loop {@code here}; mostly it does so itself. */
    @SuppressWarnings("unchecked") // a greenlet is an awaitable of its own type
    static <T extends @Nullable Object> Awaitable<T> orItself(Awaitable<T> target, EventLoop here) {
        Objects.requireNonNull(target, "target");
        return target instanceof GreenletTask<?> greenlet && greenlet.loop != here
                ? new RemoteEnd<>((GreenletTask<T>) target, here)
                : target;
    }

    @Override
    public void subscribe(Waiter<? super T> subscriber) {
        if (waiter != null) {
            throw new Busy(this, waiter);
        }
        waiter = subscriber;
        claim = subscriber.share();
        home.outsideWaitBegins();
        greenlet.tellAtEnd(this);
    }

    @Override
    public boolean unsubscribe(Waiter<? super T> subscriber) {
        Claim contended = claim();
        if (!contended.tryTake(this) && contended.isTakenBy(claimant())) {
            return false; // the news is on its way
        }
        home.outsideWaitEnds();
        greenlet.loop.onLoop(() -> greenlet.unsubscribe(this));
        return true;
    }

    private void arrive(Runnable completion) {
        if (EventLoop.currentOrNull() == home) { // or it has left, and its greenlets were given up
            home.outsideWaitEnds();
            completion.run();
        }
    }

    @Override
    public void succeed(T value) {
        if (isOurs()) {
            home.onLoop(() -> arrive(() -> waiter().succeed(value)));
        }
    }

    @Override
    public void fail(Throwable failure) {
        if (isOurs()) {
            home.onLoop(() -> arrive(() -> waiter().fail(failure)));
        }
    }

    /** Whether the claim was taken for us, or can be now. */
    private boolean isOurs() {
        return claim().isTakenBy(claimant()) || claim().tryTake(claimant());
    }

    private Waiter<? super T> waiter() {
        return Objects.requireNonNull(waiter, "nobody awaits this");
    }

    @Override
    public Claim claim() {
        return Objects.requireNonNull(claim, "nobody awaits this");
    }

    @Override
    public Claim share() {
        return claim();
    }

    @Override
    public Object claimant() {
        return waiter().claimant();
    }

    @Override
    public Object party() {
        return waiter().party();
    }

    @Override
    public String toString() {
        return greenlet.describeEnd();
    }
}
