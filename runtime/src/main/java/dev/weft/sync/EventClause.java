package dev.weft.sync;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.Greenlet;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Claim;
import dev.weft.spi.Waiter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A clause that waits for {@code target}, and is itself the waiter. Confined to the thread of the selecting greenlet. */
final class EventClause<T extends @Nullable Object, R extends @Nullable Object, X extends Exception> extends Waiter<T>
        implements Clause<R, X> {
    private final Awaitable<? extends T> target;
    private final Select.Handler<? super T, ? extends R, ? extends X> handler;
    private @Nullable Awaitable<? extends T> awaited; // the target, or its representative on this loop
    private @Nullable Selection selection;
    private @Nullable T value;
    private @Nullable Throwable failure;

    EventClause(Awaitable<? extends T> target, Select.Handler<? super T, ? extends R, ? extends X> handler) {
        this.target = Objects.requireNonNull(target, "target");
        this.handler = Objects.requireNonNull(handler, "handler");
    }

    /** Starts the wait; completes {@code selected} at once if the target is ready. */
    void begin(Selection selected) {
        if (selection != null) {
            throw new Busy(this, selection);
        }
        selection = selected;
        failure = null;
        Awaitable<? extends T> present = Suspension.here(target);
        awaited = present;
        try {
            present.subscribe(this);
        } catch (RuntimeException | Error e) {
            selection = null;
            throw e;
        }
    }

    /** Returns what it waits for. Any thread, while the select waits. */
    Awaitable<?> awaited() {
        return Objects.requireNonNull(awaited, "the select is over");
    }

    /** Cancels the wait; returns false if it is too late. */
    boolean withdraw() {
        if (!Objects.requireNonNull(awaited).unsubscribe(this)) {
            return false;
        }
        over();
        return true;
    }

    /** Detaches the clause from its select. */
    void over() {
        selection = null;
        awaited = null;
    }

    @Nullable Throwable failure() {
        return failure;
    }

    /** Runs the handler with the value, in the selecting greenlet. */
    @SuppressWarnings("NullAway") // the value is of the target's own type, which may be nullable
    R conclude() throws X {
        T present = value;
        value = null;
        return handler.handle(present);
    }

    @Override
    public void succeed(T completed) {
        Selection present = selection();
        if (present.isWonBy(this)) {
            value = completed;
            present.won(this);
        }
    }

    @Override
    public void fail(Throwable cause) {
        Selection present = selection();
        if (present.isWonBy(this)) {
            failure = Objects.requireNonNull(cause, "failure");
            present.won(this);
        }
    }

    private Selection selection() {
        if (selection == null) {
            throw new IllegalStateException(this + " was completed after its select had ended");
        }
        return selection;
    }

    @Override
    public @Nullable Claim claim() {
        return selection().claim();
    }

    @Override
    public Claim share() {
        return selection().share();
    }

    @Override
    public Object party() {
        return selection();
    }

    @Override
    public String toString() {
        return target instanceof Greenlet<?> greenlet
                ? "the end of greenlet \"" + greenlet.name() + "\"" // without what that waits for: it may be a cycle
                : target.toString();
    }
}
