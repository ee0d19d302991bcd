package dev.weft.kernel;

import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Outcome;
import dev.weft.Scope;
import dev.weft.Weft;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What {@code Weft} offers of scopes and deadlines. */
public final class Scopes {
    private Scopes() {}

    // ---- deadlines and shields
    // ---------------------------------------------------------------------------------------

    /** Runs {@code body} under a deadline. */
    public static <T extends @Nullable Object, X extends Exception> T withTimeout(
            Duration timeout, Weft.Body<T, X> body) throws X {
        GreenletTask<?> self = GreenletTask.current();
        CancelScope scope = self.enter(CancelScope.Kind.DEADLINE, Blocking.nanos(timeout));
        T value;
        try {
            value = body.call();
        } catch (Throwable t) {
            self.leave(scope);
            if (scope.hasCaused(t)) {
                throw new DeadlineExceeded(timeout, t);
            }
            throw Sneaky.rethrow(t);
        }
        self.leave(scope);
        return value;
    }

    /** Runs {@code body} under a deadline; returns whether it got through. */
    public static <X extends Exception> boolean moveOnAfter(Duration timeout, Weft.VoidBody<X> body) throws X {
        GreenletTask<?> self = GreenletTask.current();
        CancelScope scope = self.enter(CancelScope.Kind.DEADLINE, Blocking.nanos(timeout));
        try {
            body.run();
        } catch (Throwable t) {
            self.leave(scope);
            if (scope.hasCaused(t)) {
                return false;
            }
            throw Sneaky.rethrow(t);
        }
        self.leave(scope);
        return true;
    }

    /** Runs {@code body} out of reach of the cancellations around it. */
    public static <T extends @Nullable Object, X extends Exception> T shield(Weft.Body<T, X> body) throws X {
        GreenletTask<?> self = GreenletTask.current();
        CancelScope scope = self.enter(CancelScope.Kind.SHIELD, CancelScope.NEVER);
        try {
            return body.call();
        } finally {
            self.leave(scope);
        }
    }

    /** How long the caller may still wait; empty: without limit. */
    public static Optional<Duration> effectiveDeadline() {
        GreenletTask<?> self = GreenletTask.current();
        if (self.cancellation() != null) {
            return Optional.of(Duration.ZERO);
        }
        long deadline = CancelScope.effectiveDeadline(self.scope());
        return deadline == CancelScope.NEVER
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(self.loop.nanosUntil(deadline)));
    }

    // ---- scopes
    // ------------------------------------------------------------------------------------------------------

    /** Runs {@code body} in a scope of its own. */
    public static <T extends @Nullable Object, X extends Exception> T call(Scope.Policy policy, Scope.Body<T, X> body)
            throws X {
        GreenletTask<?> self = GreenletTask.current();
        Nursery nursery = new Nursery(self, policy);
        self.enter(nursery);
        List<T> value = new ArrayList<>(1);
        try {
            value.add(body.run(nursery));
        } catch (Throwable t) {
            nursery.bodyFailed(t);
        }
        close(self, nursery);
        if (value.isEmpty()) {
            throw nursery.cutOff();
        }
        return value.get(0);
    }

    /** As the other, without a result: to be cut off by its own cancellation is to be done. */
    public static <X extends Exception> void run(Scope.Policy policy, Scope.VoidBody<X> body) throws X {
        GreenletTask<?> self = GreenletTask.current();
        Nursery nursery = new Nursery(self, policy);
        self.enter(nursery);
        try {
            body.run(nursery);
        } catch (Throwable t) {
            nursery.bodyFailed(t);
        }
        close(self, nursery);
    }

    private static void close(GreenletTask<?> self, Nursery nursery) {
        nursery.awaitChildren();
        self.leave(nursery);
        nursery.conclude();
    }

    /** The result of the first of {@code bodies} to return. */
    @SuppressWarnings({"unchecked", "NullAway"}) // one of the bodies returned it
    public static <T extends @Nullable Object> T firstSuccess(Collection<? extends Callable<? extends T>> bodies) {
        if (bodies.isEmpty()) {
            throw new IllegalArgumentException("firstSuccess of no bodies: there can be no result");
        }
        GreenletTask<?> self = GreenletTask.current();
        Nursery nursery = new Nursery(self, Scope.Policy.FIRST_SUCCESS);
        self.enter(nursery);
        try {
            bodies.forEach(nursery::spawn);
        } catch (Throwable t) {
            nursery.bodyFailed(t);
        }
        close(self, nursery);
        if (!nursery.hasResult()) {
            throw nursery.cutOff();
        }
        return (T) nursery.result();
    }

    /** The results of all {@code bodies}, in their order. */
    public static <T extends @Nullable Object> List<T> all(Collection<? extends Callable<? extends T>> bodies) {
        List<Greenlet<? extends T>> children = new ArrayList<>(bodies.size());
        run(Scope.Policy.ALL, scope -> {
            bodies.forEach(body -> children.add(scope.spawn(body)));
        });
        List<T> results = new ArrayList<>(bodies.size());
        children.forEach(child -> results.add(child.outcome().get()));
        return results;
    }

    /** How each of {@code bodies} ended, in their order. */
    public static <T extends @Nullable Object> List<Outcome<? extends T>> collect(
            Collection<? extends Callable<? extends T>> bodies) {
        GreenletTask<?> self = GreenletTask.current();
        Nursery nursery = new Nursery(self, Scope.Policy.COLLECT);
        self.enter(nursery);
        List<Greenlet<? extends T>> children = new ArrayList<>(bodies.size());
        try {
            bodies.forEach(body -> children.add(nursery.spawn(body)));
        } finally {
            nursery.awaitChildren();
            self.leave(nursery);
        }
        nursery.requireWholeChildren();
        List<Outcome<? extends T>> outcomes = new ArrayList<>(children.size());
        children.forEach(child -> outcomes.add(child.outcome()));
        return outcomes;
    }

    /** Waits for the ends of all {@code greenlets}; false when the time is up. */
    public static boolean joinAll(Collection<? extends Greenlet<?>> greenlets, @Nullable Duration timeout) {
        List<CompletableFuture<?>> ends = new ArrayList<>(greenlets.size());
        for (Greenlet<?> greenlet : greenlets) {
            CompletableFuture<Boolean> end = new CompletableFuture<>();
            greenlet.onEnd(ended -> end.complete(true));
            ends.add(end);
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new));
        return GreenletTask.isIn(all, "the ends of " + ends.size() + " greenlets", timeout);
    }

    /** A body that has the caller's scoped values wherever it runs. */
    public static <T extends @Nullable Object> Callable<T> carrying(Callable<T> body) {
        Object bindings = ScopedValues.capture();
        return () -> ScopedValues.callWith(bindings, body);
    }
}
