package dev.weft.kernel;

import dev.weft.Action;
import dev.weft.Awaitable;
import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Scope;
import dev.weft.jdk.ScopedValues;
import dev.weft.spi.Owners;
import dev.weft.spi.Waiter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import org.agrona.collections.Hashing;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/** A cancel scope with child greenlets (trio's nursery). Belongs to the loop's thread. */
public final class TaskScope extends CancelScope implements Scope {
    private static final int MIN_CAPACITY = 8;

    private final GreenletTask<?> opener;
    private final Policy policy;
    private final @Nullable Object scopedValues; // of the greenlet that opened it
    private final Long2ObjectHashMap<GreenletTask<?>>
            children = // by thread ID; without the shared iterator, as observers
            new Long2ObjectHashMap<>(MIN_CAPACITY, Hashing.DEFAULT_LOAD_FACTOR, false); // read it too
    private final Failures failures = new Failures();
    private final LastChild lastChild = new LastChild();

    /** The off-loaded call whose greenlets this scope holds, if any. */
    public @Nullable Object openedFor;

    private boolean over;
    private boolean bodyHasFailed;
    private boolean childWasCancelled;
    private @Nullable Greenlet<?> unstarted; // the child whose starter has just been told of its end
    private boolean hasResult;
    private @Nullable Object result; // of the first child that returned, for FIRST_SUCCESS

    public TaskScope(GreenletTask<?> opener, Policy policy) {
        super(opener, Kind.CHILDREN, opener.scope(), NEVER);
        this.opener = opener;
        this.policy = policy;
        scopedValues = ScopedValues.capture();
    }

    /** The body has thrown {@code thrown}. */
    void bodyFailed(Throwable thrown) {
        if (policy == Policy.FIRST_SUCCESS ? isSourceOf(thrown) : hasCaused(thrown)) {
            return;
        }
        bodyHasFailed = true;
        failures.add(thrown);
        if (policy != Policy.COLLECT) {
            cancel(new Cancellation("the body of its scope failed: " + Failures.describe(thrown)));
        }
    }

    /**
     * Waits for the children, whatever happens meanwhile. A cancellation of an enclosing scope reaches them through this scope.
     * An interrupt, or an exception thrown at the opener, counts as a failure of the body (as in trio).
     */
    public void awaitChildren() {
        boolean interrupted = false;
        while (!children.isEmpty()) {
            try {
                owner.suspend(lastChild, null);
            } catch (VirtualMachineError cannotWait) { // for example, the stack is too deep to be unmounted
                bodyFailed(cannotWait);
                break;
            } catch (Throwable t) {
                interrupted |= Thread.interrupted(); // would end the next wait at once
                if (!(t instanceof Cancelled) || owner.cancellation() == null) {
                    bodyFailed(t);
                }
            }
        }
        over = true;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Throws the scope's failures, if any. Called when the scope has been left. */
    void conclude() {
        if (!hasResult) {
            failures.rethrow();
        }
        requireBody();
        if (!hasResult) {
            requireWholeChildren();
        }
    }

    /** Throws the body's failure, if any; those of the children stay with them. */
    void requireBody() {
        if (bodyHasFailed) {
            failures.rethrow();
        }
    }

    /** Throws if children were cancelled by an enclosing scope, as the caller must not miss that they are incomplete. */
    void requireWholeChildren() {
        if (childWasCancelled) {
            try {
                owner.requireNotCancelled("the end of a scope, whose children were cancelled");
            } catch (Cancelled cancelled) {
                throw failures.withAftermath(cancelled);
            }
        }
    }

    boolean hasResult() {
        return hasResult;
    }

    /** Returns the exception for a body that this scope's cancellation cut off, so that there is no value. */
    Cancelled cutOff() {
        Cancellation cancelled = own();
        return new Cancelled(
                cancelled == null
                        ? "the scope has no value, as each of its children was killed"
                        : "the scope has no value, as it was cancelled (" + cancelled.reason() + ")",
                null);
    }

    @Nullable Object result() {
        return result;
    }

    /** The awaitable for the last child's end. */
    private final class LastChild implements Awaitable<@Nullable Void> {
        private @Nullable Waiter<? super @Nullable Void> waiter;

        @Override
        public void subscribe(Waiter<? super @Nullable Void> subscriber) {
            waiter = subscriber;
        }

        @Override
        public boolean unsubscribe(Waiter<? super @Nullable Void> subscriber) {
            waiter = null;
            return true;
        }

        @Override
        public Owners owners() {
            return Owners.all(Owners.Kind.SCOPE, this, inOrder());
        }

        @SuppressWarnings("NullAway") // a Void is always null
        void ended() {
            Waiter<? super @Nullable Void> subscriber = waiter;
            if (subscriber != null) {
                waiter = null;
                subscriber.succeed(null);
            }
        }

        @Override
        public String toString() {
            return "the end of the scope's " + children.size() + " children";
        }
    }

    /** A child has ended. Returns whether the scope handles its failure, if it has failed. */
    @Override
    boolean childEnded(CancellableWait ended) {
        GreenletTask<?> child = (GreenletTask<?>) ended;
        children.remove(child.thread().threadId());
        boolean heard = note(child);
        unstarted = null;
        if (children.isEmpty()) {
            lastChild.ended();
        }
        return heard;
    }

    private boolean note(GreenletTask<?> child) {
        switch (child.state()) {
            case CANCELLED -> {
                childWasCancelled = true;
                failures.addAftermath(child.failure());
            }
            case FAILED -> {
                if (child == unstarted) {
                    return true;
                }
                if (policy == Policy.SUPERVISE) {
                    return false;
                }
                failures.add(child.failure());
                if (policy == Policy.ALL) {
                    cancel(new Cancellation("another child of its scope failed: " + child.name() + ": "
                            + Failures.describe(child.failure())));
                }
                return true;
            }
            default -> {
                if (child != unstarted && policy == Policy.FIRST_SUCCESS && !hasResult) {
                    hasResult = true;
                    result = child.value();
                    cancel(new Cancellation("another child of its scope was the first to succeed: " + child.name()));
                }
            }
        }
        return false;
    }

    @Override
    void expose(Cancellation cancellation) {
        super.expose(cancellation);
        for (GreenletTask<?> child : inOrder()) {
            child.cancelInside(this, cancellation);
        }
    }

    private List<GreenletTask<?>> inOrder() {
        List<GreenletTask<?>> all = new ArrayList<>(children.values());
        all.sort(Comparator.comparingLong(child -> child.thread().threadId()));
        return all;
    }

    private <T extends @Nullable Object> GreenletTask<T> adopt(@Nullable String name, Callable<T> body) {
        requireLoop();
        if (over) {
            throw new IllegalStateException(this + " has ended; spawn into it while its body or its children run");
        }
        GreenletTask<T> child = opener.loop.create(name, body, ActionBody.written(body));
        child.spawnInto(this);
        ScopedValues.inherit(child.thread(), scopedValues);
        long number = child.thread().threadId();
        children.put(number, child);
        try {
            child.thread().start();
        } catch (Throwable t) {
            children.remove(number);
            throw t;
        }
        return child;
    }

    @Override
    public <T extends @Nullable Object> Greenlet<T> spawn(Callable<T> body) {
        return adopt(null, body);
    }

    @Override
    public Greenlet<@Nullable Void> spawn(Action body) {
        return adopt(null, new ActionBody(body));
    }

    @Override
    public <T extends @Nullable Object> Greenlet<T> spawn(String name, Callable<T> body) {
        return adopt(name, body);
    }

    @Override
    public Greenlet<@Nullable Void> spawn(String name, Action body) {
        return adopt(name, new ActionBody(body));
    }

    @Override
    public <V extends @Nullable Object> V start(Starting<V> body) {
        GreenletTask<?> starter = GreenletTask.current();
        Handshake<V> handshake = new Handshake<>(body);
        GreenletTask<?> child = adopt(null, handshake);
        child.whenEnded(ended -> unstarted = handshake.ended(ended) ? ended : null);
        try {
            return starter.await(handshake, null);
        } catch (Throwable t) {
            if (!child.state().isDone()) { // the starter's wait was ended, not the child
                child.kill("its starter was cancelled");
                Scopes.shield(() -> Joining.awaitEnd(child, null));
            }
            throw t;
        }
    }

    @Override
    public void cancel(String reason) {
        requireLoop();
        cancel(new Cancellation(reason));
    }

    @Override
    public List<Greenlet<?>> children() {
        requireLoop();
        return List.copyOf(inOrder());
    }

    /** Returns how many children have not ended. Any thread; a snapshot. */
    public int countChildren() {
        return children.size();
    }

    private void requireLoop() {
        opener.loop.requireCaller(this);
    }

    @Override
    public String toString() {
        return "scope (" + policy + ", " + children.size() + " children, opened by " + owner.name() + ")";
    }
}
