package dev.weft.kernel;

import dev.weft.CheckedAction;
import dev.weft.CheckedCallable;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Outcome;
import dev.weft.Scope;
import dev.weft.jdk.ScopedValues;
import dev.weft.spi.Sneaky;
import dev.weft.spi.YieldMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The scopes and deadlines that {@code Weft} offers. */
public final class Scopes {
    private Scopes() {}

    /** Runs {@code body} under a deadline; throws {@link DeadlineExceeded} if it expires. */
    public static <T extends @Nullable Object, X extends Exception> T withTimeout(
            Duration timeout, CheckedCallable<T, X> body) throws X {
        GreenletTask<?> self = GreenletTask.current();
        CancelScope scope = self.enter(CancelScope.Kind.DEADLINE, Blocking.nanos(timeout));
        T value;
        try {
            value = body.call();
        } catch (Throwable t) {
            boolean timeIsUp = scope.hasCaused(t);
            self.leave(scope);
            if (timeIsUp) {
                self.deadlineExceeded("the end of a block", timeout);
                throw new DeadlineExceeded(timeout, t);
            }
            throw Sneaky.rethrow(t);
        }
        self.leave(scope);
        return value;
    }

    /** Runs {@code body} under a deadline; returns whether it completed in time. */
    public static <X extends Exception> boolean moveOnAfter(Duration timeout, CheckedAction<X> body) throws X {
        GreenletTask<?> self = GreenletTask.current();
        CancelScope scope = self.enter(CancelScope.Kind.DEADLINE, Blocking.nanos(timeout));
        try {
            body.run();
        } catch (Throwable t) {
            boolean timeIsUp = scope.hasCaused(t);
            self.leave(scope);
            if (timeIsUp) {
                self.deadlineExceeded("the end of a block", timeout);
                return false;
            }
            throw Sneaky.rethrow(t);
        }
        self.leave(scope);
        return true;
    }

    /** Runs {@code body} shielded from the cancellation of enclosing scopes. */
    public static <T extends @Nullable Object, X extends Exception> T shield(CheckedCallable<T, X> body) throws X {
        GreenletTask<?> self = GreenletTask.current();
        CancelScope scope = self.enter(CancelScope.Kind.SHIELD, CancelScope.NEVER);
        try {
            return body.call();
        } finally {
            self.leave(scope);
        }
    }

    /** Returns how long the caller may still wait; empty if without limit. */
    public static Optional<Duration> effectiveDeadline() {
        GreenletTask<?> self = GreenletTask.current();
        if (self.cancellation() != null) {
            return Optional.of(Duration.ZERO);
        }
        long deadline = CancelScope.effectiveDeadline(self.scope());
        return deadline == CancelScope.NEVER
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(self.loop.scheduler.nanosUntil(deadline)));
    }

    /** Returns the innermost block that the caller's stack is in; null if there is none, and outside greenlets. */
    public static @Nullable CancelScope open() {
        GreenletTask<?> self = EventLoop.callerOrNull();
        if (self == null) {
            return null;
        }
        CancelScope innermost = self.scope();
        return innermost instanceof KillScope ? innermost.parent : innermost; // created by a kill, not by a block
    }

    /** Runs {@code body} in a new scope. */
    public static <T extends @Nullable Object, X extends Exception> T call(Scope.Policy policy, Scope.Body<T, X> body)
            throws X {
        GreenletTask<?> self = GreenletTask.current();
        TaskScope scope = new TaskScope(self, policy);
        self.enter(scope);
        List<T> value = new ArrayList<>(1);
        try {
            value.add(body.run(scope));
        } catch (Throwable t) {
            scope.bodyFailed(t);
        }
        close(self, scope);
        if (value.isEmpty()) {
            throw scope.cutOff();
        }
        return value.get(0);
    }

    /** As {@link #call}, but without a result: a body cut off by the scope's own cancellation counts as complete. */
    public static <X extends Exception> void run(Scope.Policy policy, Scope.VoidBody<X> body) throws X {
        GreenletTask<?> self = GreenletTask.current();
        TaskScope scope = new TaskScope(self, policy);
        self.enter(scope);
        try {
            body.run(scope);
        } catch (Throwable t) {
            scope.bodyFailed(t);
        }
        close(self, scope);
    }

    private static void close(GreenletTask<?> self, TaskScope scope) {
        scope.awaitChildren();
        self.leave(scope);
        scope.conclude();
    }

    /** Returns the result of the first of {@code bodies} to return. */
    @SuppressWarnings({"unchecked", "NullAway"}) // one of the bodies returned it
    public static <T extends @Nullable Object> T firstSuccess(Collection<? extends Callable<? extends T>> bodies) {
        if (bodies.isEmpty()) {
            throw new IllegalArgumentException("firstSuccess of no bodies: there can be no result");
        }
        GreenletTask<?> self = GreenletTask.current();
        TaskScope scope = new TaskScope(self, Scope.Policy.FIRST_SUCCESS);
        self.enter(scope);
        try {
            bodies.forEach(scope::spawn);
        } catch (Throwable t) {
            scope.bodyFailed(t);
        }
        close(self, scope);
        if (!scope.hasResult()) {
            throw scope.cutOff();
        }
        return (T) scope.result();
    }

    /** Returns the results of all {@code bodies}, in their order. */
    public static <T extends @Nullable Object> List<T> all(Collection<? extends Callable<? extends T>> bodies) {
        List<Greenlet<? extends T>> children = new ArrayList<>(bodies.size());
        run(Scope.Policy.ALL, scope -> {
            bodies.forEach(body -> children.add(scope.spawn(body)));
        });
        List<T> results = new ArrayList<>(bodies.size());
        children.forEach(child -> results.add(child.outcome().get()));
        return results;
    }

    /** Returns the outcomes of all {@code bodies}, in their order. */
    public static <T extends @Nullable Object> List<Outcome<? extends T>> collect(
            Collection<? extends Callable<? extends T>> bodies) {
        GreenletTask<?> self = GreenletTask.current();
        TaskScope scope = new TaskScope(self, Scope.Policy.COLLECT);
        self.enter(scope);
        List<Greenlet<? extends T>> children = new ArrayList<>(bodies.size());
        try {
            bodies.forEach(body -> children.add(scope.spawn(body)));
        } catch (Throwable t) {
            scope.bodyFailed(t);
        }
        scope.awaitChildren();
        self.leave(scope);
        scope.requireBody();
        scope.requireWholeChildren();
        List<Outcome<? extends T>> outcomes = new ArrayList<>(children.size());
        children.forEach(child -> outcomes.add(child.outcome()));
        return outcomes;
    }

    /** Waits for the end of all {@code greenlets}; returns false on timeout. */
    public static boolean joinAll(Collection<? extends Greenlet<?>> greenlets, @Nullable Duration timeout) {
        boolean inGreenlet = EventLoop.currentOrNull() != null;
        if (inGreenlet) {
            GreenletTask.current().checkpoint(YieldMode.EXPLICIT);
        }
        long begin = now(inGreenlet);
        for (Greenlet<?> greenlet : greenlets) {
            if (!greenlet.state().isDone()
                    && !Joining.awaitEnd((GreenletTask<?>) greenlet, left(timeout, now(inGreenlet) - begin))) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable Duration left(@Nullable Duration timeout, long spentNanos) {
        return timeout == null ? null : Duration.ofNanos(Math.max(0, Blocking.nanos(timeout) - spentNanos));
    }

    private static long now(boolean inGreenlet) {
        return inGreenlet ? EventLoop.current().scheduler.now() : System.nanoTime();
    }

    /** Returns a body that runs with the caller's scoped values anywhere. */
    public static <T extends @Nullable Object> Callable<T> carrying(Callable<T> body) {
        EventLoop loop = EventLoop.currentOrNull();
        Callable<T> inContext =
                InContext.callable(loop == null ? null : loop.carrier, Objects.requireNonNull(body, "body"));
        return new Carrying<>(inContext, ScopedValues.capture());
    }

    /** A body with the scoped-value bindings of its creator. */
    private record Carrying<T extends @Nullable Object>(
            Callable<T> body, @Nullable Object bindings) implements Callable<T>, WrittenElsewhere {
        @Override
        public T call() throws Exception {
            return ScopedValues.callWith(bindings, body);
        }

        @Override
        public Object written() {
            return body;
        }
    }

    /** Returns a body that starts after {@code delay}. */
    public static <T extends @Nullable Object> Callable<T> delayed(Duration delay, Callable<T> body) {
        return new Delayed<>(Objects.requireNonNull(delay, "delay"), Objects.requireNonNull(body, "body"));
    }

    private record Delayed<T extends @Nullable Object>(Duration delay, Callable<T> body)
            implements Callable<T>, WrittenElsewhere {
        @Override
        public T call() throws Exception {
            GreenletTask.current().sleep(Blocking.nanos(delay));
            return body.call();
        }

        @Override
        public Object written() {
            return body;
        }
    }
}
