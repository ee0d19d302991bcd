package dev.weft;

import dev.weft.kernel.ActionBody;
import dev.weft.kernel.AtomicRegion;
import dev.weft.kernel.Awaits;
import dev.weft.kernel.Blocking;
import dev.weft.kernel.EventLoop;
import dev.weft.kernel.GreenletTask;
import dev.weft.kernel.Scopes;
import dev.weft.loop.RunLoop;
import dev.weft.offload.OffloadTerms;
import dev.weft.offload.Offloading;
import dev.weft.sync.Clause;
import dev.weft.sync.Select;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The operations that a greenlet calls. Except for {@link #run}, or where noted, every method must be called by a greenlet
 * and immediately throws {@link IllegalStateException} elsewhere.
 *
 * <pre>{@code
 * Weft.run(() -> {
 *     var answer = Weft.spawn(() -> { Weft.sleep(Duration.ofMillis(100)); return 42; });
 *     System.out.println(answer.join());
 * });
 * }</pre>
 *
 * <p>Every wait is a checkpoint, even if it succeeds at once: it throws {@link Cancelled} if the greenlet has been killed.
 * After 128 waits in a row that succeeded at once it yields, so that no greenlet starves the others.
 */
public final class Weft {
    private Weft() {}

    /**
     * Opens a loop, runs {@code body} as a greenlet on it, and blocks the caller until that greenlet has ended. Then closes
     * the loop, killing any remaining greenlets (as Python's {@code asyncio.run} does), and returns the body's result or
     * throws its exception.
     *
     * @throws IllegalStateException if called by a greenlet; use {@code spawn} there
     */
    public static <T extends @Nullable Object, X extends Exception> T run(CheckedCallable<T, X> body) throws X {
        return runMain(1, body);
    }

    /** As {@link #run(CheckedCallable)}, for a body without a result. */
    public static <X extends Exception> void run(CheckedAction<X> body) throws X {
        runMain(1, new ActionBody(body));
    }

    /**
     * As {@link #run(CheckedCallable)}, but opens a group of {@code loops} loops. {@code body} runs on one of them; {@code
     * Loop.current().group()} leads to the others.
     */
    public static <T extends @Nullable Object, X extends Exception> T run(int loops, CheckedCallable<T, X> body)
            throws X {
        return runMain(loops, body);
    }

    /** As {@link #run(int, CheckedCallable)}, for a body without a result. */
    public static <X extends Exception> void run(int loops, CheckedAction<X> body) throws X {
        runMain(loops, new ActionBody(body));
    }

    private static <T extends @Nullable Object> T runMain(int loops, Callable<T> body) {
        EventLoop inside = EventLoop.currentOrNull();
        if (inside != null) {
            throw new IllegalStateException("Weft.run would block the loop on which it was called, " + inside.name()
                    + "; use Weft.spawn(body).join() there");
        }
        try (LoopGroup group = LoopGroup.open(loops)) {
            return Blocking.get(((RunLoop) group.next()).submit("main", body), "the end of main", null);
        }
    }

    /** Queues a new greenlet on the caller's loop. It does not start before the caller yields. */
    public static <T extends @Nullable Object> Greenlet<T> spawn(Callable<T> body) {
        return Loop.current().spawn(body);
    }

    /** As {@link #spawn(Callable)}, for a body without a result. */
    public static Greenlet<@Nullable Void> spawn(Action body) {
        return Loop.current().spawn(body);
    }

    /** As {@link #spawn(Callable)}, with a name. */
    public static <T extends @Nullable Object> Greenlet<T> spawn(String name, Callable<T> body) {
        return Loop.current().spawn(name, body);
    }

    /** As {@link #spawn(String, Callable)}, for a body without a result. */
    public static Greenlet<@Nullable Void> spawn(String name, Action body) {
        return Loop.current().spawn(name, body);
    }

    /**
     * Spawns a greenlet whose body starts after {@code delay}, or never if it is killed before that. Until then it waits,
     * and counts as alive.
     */
    public static <T extends @Nullable Object> Greenlet<T> spawnAfter(Duration delay, Callable<T> body) {
        return Loop.current().spawn(Scopes.delayed(delay, body));
    }

    /** As {@link #spawnAfter(Duration, Callable)}, for a body without a result. */
    public static Greenlet<@Nullable Void> spawnAfter(Duration delay, Action body) {
        return spawnAfter(delay, new ActionBody(body));
    }

    /** Lets every other ready greenlet run before the caller continues. Costs one switch, about 100 ns. */
    public static void yieldNow() {
        GreenletTask.current().yieldNow();
    }

    /** Waits for {@code duration}; zero or less only yields. Never ends early. The resolution is one millisecond. */
    public static void sleep(Duration duration) {
        GreenletTask.current().sleep(Blocking.nanos(duration));
    }

    /**
     * Runs {@code body} with a {@link Scope} into which greenlets can be spawned, and returns when all of them and the body
     * have ended. The first failure cancels the rest and is thrown, with the others suppressed in it. If {@link Scope#cancel}
     * ends the body, this returns normally. Costs about as much as two spawns.
     */
    public static <X extends Exception> void scope(Scope.VoidBody<X> body) throws X {
        Scopes.run(Scope.Policy.ALL, body);
    }

    /** As {@link #scope(Scope.VoidBody)}, with the given policy. */
    public static <X extends Exception> void scope(Scope.Policy policy, Scope.VoidBody<X> body) throws X {
        Scopes.run(policy, body);
    }

    /**
     * As {@link #scope(Scope.VoidBody)}, for a body with a result.
     *
     * @throws Cancelled if there is no result because {@link Scope#cancel} ended the body
     */
    public static <T extends @Nullable Object, X extends Exception> T callInScope(Scope.Body<T, X> body) throws X {
        return Scopes.call(Scope.Policy.ALL, body);
    }

    /** As {@link #callInScope(Scope.Body)}, with the given policy. */
    public static <T extends @Nullable Object, X extends Exception> T callInScope(
            Scope.Policy policy, Scope.Body<T, X> body) throws X {
        return Scopes.call(policy, body);
    }

    /**
     * Runs {@code bodies} concurrently and returns their results in the order of the bodies. The first failure cancels the
     * rest and is thrown.
     */
    public static <T extends @Nullable Object> List<T> all(Collection<? extends Callable<? extends T>> bodies) {
        return Scopes.all(bodies);
    }

    /**
     * Runs {@code bodies} concurrently and returns the result of the first that returns; the others are cancelled and have
     * ended when this returns. If none returns, the first failure is thrown, with the others suppressed in it.
     *
     * @throws IllegalArgumentException if there are no bodies
     */
    public static <T extends @Nullable Object> T firstSuccess(Collection<? extends Callable<? extends T>> bodies) {
        return Scopes.firstSuccess(bodies);
    }

    /** Runs {@code bodies} concurrently, all to their ends, and returns their outcomes in the order of the bodies. */
    public static <T extends @Nullable Object> List<Outcome<? extends T>> collect(
            Collection<? extends Callable<? extends T>> bodies) {
        return Scopes.collect(bodies);
    }

    /**
     * Waits until all {@code greenlets} have ended, in whatever way, for at most {@code timeout}. A calling greenlet yields;
     * a calling thread blocks.
     *
     * @return whether all have ended; the others keep running
     */
    public static boolean joinAll(Collection<? extends Greenlet<?>> greenlets, Duration timeout) {
        return Scopes.joinAll(greenlets, Objects.requireNonNull(timeout, "timeout"));
    }

    /** As {@link #joinAll(Collection, Duration)}, without a timeout. */
    public static void joinAll(Collection<? extends Greenlet<?>> greenlets) {
        Scopes.joinAll(greenlets, null);
    }

    /**
     * Runs {@code body} with a deadline. After {@code timeout} its waits throw {@link Cancelled}; once that leaves the body,
     * this throws {@link DeadlineExceeded}. With zero, the first wait throws. Deadlines nest; an inner block never swallows
     * the expiry of an outer one. Greenlets spawned into scopes inside are cancelled too; others are not. Costs about 60 ns.
     *
     * @throws DeadlineExceeded if the time is up, unless the body returns all the same
     */
    public static <T extends @Nullable Object, X extends Exception> T withTimeout(
            Duration timeout, CheckedCallable<T, X> body) throws X {
        return Scopes.withTimeout(timeout, body);
    }

    /** As {@link #withTimeout(Duration, CheckedCallable)}, for a body without a result. */
    @SuppressWarnings("NullAway") // a Void is always null
    public static <X extends Exception> void withTimeout(Duration timeout, CheckedAction<X> body) throws X {
        Scopes.<@Nullable Void, X>withTimeout(timeout, () -> {
            body.run();
            return null;
        });
    }

    /** As {@link #withTimeout(Duration, CheckedAction)}, but returns whether the body completed, instead of throwing. */
    public static <X extends Exception> boolean moveOnAfter(Duration timeout, CheckedAction<X> body) throws X {
        return Scopes.moveOnAfter(timeout, body);
    }

    /**
     * Runs {@code body} shielded from the kills, cancellations and deadlines around it, for clean-up that has to wait. They
     * take effect at the first wait after it. Set a deadline inside.
     */
    public static <T extends @Nullable Object, X extends Exception> T shield(CheckedCallable<T, X> body) throws X {
        return Scopes.shield(body);
    }

    /** As {@link #shield(CheckedCallable)}, for a body without a result. */
    @SuppressWarnings("NullAway") // a Void is always null
    public static <X extends Exception> void shield(CheckedAction<X> body) throws X {
        Scopes.<@Nullable Void, X>shield(() -> {
            body.run();
            return null;
        });
    }

    /**
     * Returns the time until the earliest of the caller's deadlines, not counting those outside a {@linkplain #shield
     * shield}; zero if it has been cancelled, empty if there is no deadline. Inside an off-loaded call, this is that of the
     * greenlet that waits for the call.
     */
    public static Optional<Duration> effectiveDeadline() {
        return Offloading.effectiveDeadline();
    }

    /**
     * Returns a body that has the caller's {@link ScopedValue} bindings wherever it runs: in a greenlet spawned without a
     * scope, on another loop, or on a thread. (Children of a {@link Scope} inherit them anyway.) It also has the caller's
     * {@linkplain LoopGroup.Builder#contextCarrier context}, which a greenlet gets anyway, and a thread does not.
     */
    public static <T extends @Nullable Object> Callable<T> carrying(Callable<T> body) {
        return Scopes.carrying(body);
    }

    /** Waits for {@code target} and returns its value or throws its failure. */
    public static <T extends @Nullable Object> T await(Awaitable<T> target) {
        return GreenletTask.current().await(target, null);
    }

    /**
     * As {@link #await(Awaitable)}, for at most {@code timeout}. With zero, it succeeds only if {@code target} is ready.
     *
     * @throws DeadlineExceeded if the time is up; the operation waited for did not happen
     */
    public static <T extends @Nullable Object> T await(Awaitable<T> target, Duration timeout) {
        return Awaits.await(target, timeout);
    }

    /** As {@link #await(Awaitable)}, for awaitables that declare a checked exception. */
    public static <T extends @Nullable Object, X extends Exception> T await(Awaitable.Checked<T, X> target) throws X {
        return GreenletTask.current().await(target, null);
    }

    /** As {@link #await(Awaitable, Duration)}, for awaitables that declare a checked exception. */
    public static <T extends @Nullable Object, X extends Exception> T await(
            Awaitable.Checked<T, X> target, Duration timeout) throws X {
        return Awaits.await(target, timeout);
    }

    /** Waits for a stage, completed by any thread. Throws its failure without the wrapping {@code CompletionException}. */
    public static <T extends @Nullable Object> T await(CompletionStage<T> stage) {
        return Awaits.await(Awaits.stage(stage));
    }

    /**
     * As {@link #await(CompletionStage)}, for at most {@code timeout}; the stage itself is not cancelled. Each abandoned wait
     * costs some hundred bytes until the stage completes, as callbacks cannot be removed from a stage; do not poll one
     * indefinitely.
     */
    public static <T extends @Nullable Object> T await(CompletionStage<T> stage, Duration timeout) {
        return Awaits.await(Awaits.stage(stage), timeout);
    }

    /** As {@link #await(CompletionStage)}; an overload, because a {@code CompletableFuture} is a {@code Future} too. */
    public static <T extends @Nullable Object> T await(CompletableFuture<T> future) {
        return await((CompletionStage<T>) future);
    }

    /** As {@link #await(CompletionStage, Duration)}; an overload for the same reason. */
    public static <T extends @Nullable Object> T await(CompletableFuture<T> future, Duration timeout) {
        return await((CompletionStage<T>) future, timeout);
    }

    /** Waits for a future of any kind. Throws its failure without the wrapping {@code ExecutionException}. */
    public static <T extends @Nullable Object> T await(Future<T> future) {
        return Awaits.await(future);
    }

    /** As {@link #await(Future)}, for at most {@code timeout}; the future itself is not cancelled. */
    public static <T extends @Nullable Object> T await(Future<T> future, Duration timeout) {
        return Awaits.await(future, timeout);
    }

    /** Returns a timer that fires {@code delay} after the wait for it begins. */
    public static Awaitable<@Nullable Void> timer(Duration delay) {
        return Awaits.timer(delay);
    }

    /** Returns an awaitable for the completion of {@code stage}, for use in a select; as awaiting the stage itself. */
    public static <T extends @Nullable Object> Awaitable<T> completion(CompletionStage<T> stage) {
        return Awaits.stage(stage);
    }

    /**
     * Waits until one of {@code clauses} is ready and returns the result of its handler. If several are ready, one is chosen
     * uniformly at random. The operations of the others do not happen. See {@link Select}.
     *
     * <pre>{@code
     * String line = Weft.select(
     *         Select.on(lines.receiving()),
     *         Select.after(Duration.ofSeconds(5), () -> "nothing was said"));
     * }</pre>
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // List.of copies the array
    public static <R extends @Nullable Object, X extends Exception> R select(
            Clause<? extends R, ? extends X>... clauses) throws X {
        return Select.any(List.of(clauses));
    }

    /** As {@link #select(Clause...)}, for clauses known only at run time. */
    public static <R extends @Nullable Object, X extends Exception> R select(
            List<? extends Clause<? extends R, ? extends X>> clauses) throws X {
        return Select.any(clauses);
    }

    /** As {@link #select(Clause...)}, but if several clauses are ready, the first of them is chosen. */
    @SafeVarargs
    @SuppressWarnings("varargs") // List.of copies the array
    public static <R extends @Nullable Object, X extends Exception> R selectFirst(
            Clause<? extends R, ? extends X>... clauses) throws X {
        return Select.first(List.of(clauses));
    }

    /** As {@link #selectFirst(Clause...)}, for clauses known only at run time. */
    public static <R extends @Nullable Object, X extends Exception> R selectFirst(
            List<? extends Clause<? extends R, ? extends X>> clauses) throws X {
        return Select.first(clauses);
    }

    /**
     * Runs {@code call} on a thread of the group's bounded pool and waits for it; for calls that would block the loop, such
     * as file I/O. Exceptions of the call are thrown here. When all threads are busy, calls wait in the order of arrival,
     * which provides backpressure.
     *
     * <p>If the caller is cancelled or its deadline expires, a call that has not started never does. A running call is
     * interrupted, and the caller waits until it has returned (as in trio), so that nothing continues unnoticed. To return
     * at once instead, use {@link Offload#abandoning}.
     *
     * <p>The call has the caller's {@link ScopedValue} bindings and may use {@link #effectiveDeadline}, {@link
     * #checkCancelled} and {@link #fromThread}. It gets nothing else of the caller's, and nothing of earlier callers: no
     * inheritable thread-locals, and the system's context class loader, as on the JDK's common pool. A call that needs
     * another class loader must set and restore it. Costs two hops between threads.
     */
    public static <T extends @Nullable Object> T offload(Callable<T> call) {
        return Offloading.blocking(call, OffloadTerms.DEFAULT);
    }

    /** As {@link #offload(Callable)}, for a call without a result. */
    public static void offload(Action call) {
        Offloading.blocking(new ActionBody(call), OffloadTerms.DEFAULT);
    }

    /**
     * As {@link #offload(Callable)} inside {@link #withTimeout(Duration, CheckedCallable)}.
     *
     * @throws DeadlineExceeded if the time is up, once the call has returned
     */
    public static <T extends @Nullable Object> T offload(Callable<T> call, Duration timeout) {
        return Offloading.blocking(call, timeout);
    }

    /**
     * As {@link #offload(Callable)}, for long computations: runs {@code call} on a pool of the group with one thread per
     * processor. Such a call should call {@link #checkCancelled} now and then.
     */
    public static <T extends @Nullable Object> T compute(Callable<T> call) {
        return Offloading.computing(call);
    }

    /**
     * Runs {@code body} as a greenlet on the loop from which the current call was off-loaded, blocks until it has ended, and
     * returns its result or throws its exception (trio's {@code from_thread.run}). Must be called inside an off-loaded call.
     * The body is subject to the cancellation of the greenlet that waits for the call.
     *
     * <p>While this thread blocks, calls that {@code body} and greenlets in its scopes off-load to the same pool may run on
     * it, on top of the caller, if the pool has no free thread; so nested calls cannot exhaust the pool. Such a call sees the
     * locks and thread-locals of this thread: do not call this while holding a lock that inner calls take.
     *
     * @throws IllegalStateException if not called inside an off-loaded call; see {@link Loop#call}
     * @throws Cancelled if the greenlet that waits for the call was cancelled
     */
    public static <T extends @Nullable Object> T fromThread(Callable<T> body) {
        return Offloading.fromThread(body);
    }

    /** As {@link #fromThread(Callable)}, for a body without a result. */
    public static void fromThread(Action body) {
        Offloading.fromThread(new ActionBody(body));
    }

    /**
     * Throws {@link Cancelled} if the calling greenlet has been cancelled, or, inside an off-loaded call, if the greenlet
     * that waits for it has been. For long work without waits. Never yields.
     */
    public static void checkCancelled() {
        Offloading.checkCancelled();
    }

    /**
     * Runs {@code body}, which must not yield; a guard for code that relies on nothing else running meanwhile. A Weft wait
     * inside throws {@link IllegalStateException} instead of waiting; one that succeeds at once is allowed and does not
     * yield. If other code yields, for example on a contended lock, that cannot be undone; the region then throws at its end,
     * with the stack of that place as the cause. Regions nest. A region is not a lock and excludes nobody. Costs one small
     * object.
     *
     * @throws IllegalStateException if something in it waited
     */
    public static <T extends @Nullable Object, X extends Exception> T atomic(CheckedCallable<T, X> body) throws X {
        return AtomicRegion.run(body);
    }

    /** As {@link #atomic(CheckedCallable)}, for a body without a result. */
    @SuppressWarnings("NullAway") // a Void is always null
    public static <X extends Exception> void atomic(CheckedAction<X> body) throws X {
        AtomicRegion.<@Nullable Void, X>run(() -> {
            body.run();
            return null;
        });
    }
}
