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
 * The face of Weft: what a greenlet calls. But for {@link #run}, every method must be called by a greenlet and throws
 * {@link IllegalStateException} elsewhere, at once.
 *
 * <pre>{@code
 * Weft.run(() -> {
 *     var answer = Weft.spawn(() -> { Weft.sleep(Duration.ofMillis(100)); return 42; });
 *     System.out.println(answer.join());
 * });
 * }</pre>
 *
 * <p>Every wait is a checkpoint, also one that succeeds at once: it throws {@link Cancelled} if the greenlet has been
 * killed, and after 128 waits in a row that succeeded at once it yields, so that nobody starves the rest.
 */
public final class Weft {
    private Weft() {}

    /**
     * Opens a loop, runs {@code body} as a greenlet on it, and blocks the caller until that greenlet has ended; then the
     * loop is closed, and greenlets that are left are killed (as Python's {@code asyncio.run} does). Gives what the body
     * returned, or throws what it threw.
     *
     * @throws IllegalStateException if called by a greenlet: spawn there, instead
     */
    public static <T extends @Nullable Object, X extends Exception> T run(CheckedCallable<T, X> body) throws X {
        return runMain(body);
    }

    /** As {@link #run(CheckedCallable)}, for a body without a result. */
    public static <X extends Exception> void run(CheckedAction<X> body) throws X {
        runMain(new ActionBody(body));
    }

    private static <T extends @Nullable Object> T runMain(Callable<T> body) {
        EventLoop inside = EventLoop.currentOrNull();
        if (inside != null) {
            throw new IllegalStateException("Weft.run would block the loop " + inside.name()
                    + ", on which it is called; use Weft.spawn(body).join() there");
        }
        try (LoopGroup group = LoopGroup.open()) {
            return Blocking.get(((RunLoop) group.next()).submit("main", body), "the end of main", null);
        }
    }

    /** Queues a new greenlet on the caller's loop; nothing of it runs before the caller yields. */
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
     * Spawns a greenlet whose body begins when {@code delay} has passed; killed before that, it never does. Until then it
     * waits, and counts as alive.
     */
    public static <T extends @Nullable Object> Greenlet<T> spawnAfter(Duration delay, Callable<T> body) {
        return Loop.current().spawn(Scopes.delayed(delay, body));
    }

    /** As {@link #spawnAfter(Duration, Callable)}, for a body without a result. */
    public static Greenlet<@Nullable Void> spawnAfter(Duration delay, Action body) {
        return spawnAfter(delay, new ActionBody(body));
    }

    /** Lets every other ready greenlet run before the caller goes on. Costs one switch, about 100 ns. */
    public static void yieldNow() {
        GreenletTask.current().yieldNow();
    }

    /**
     * Waits for {@code duration}; zero or less only yields. Never ends early; resolution is a millisecond.
     */
    public static void sleep(Duration duration) {
        GreenletTask.current().sleep(Blocking.nanos(duration));
    }

    // ---- scopes, deadlines
    // -------------------------------------------------------------------------------------------

    /**
     * Runs {@code body} with a {@link Scope} that greenlets can be spawned into, and returns when all of them have ended, and
     * the body too. The first failure cancels the rest and is thrown, the others are suppressed in it. A body that ends
     * because of {@link Scope#cancel} is just done. Costs about as much as two spawns.
     */
    public static <X extends Exception> void scope(Scope.VoidBody<X> body) throws X {
        Scopes.run(Scope.Policy.ALL, body);
    }

    /** As {@link #scope(Scope.VoidCheckedCallable)}, with another policy. */
    public static <X extends Exception> void scope(Scope.Policy policy, Scope.VoidBody<X> body) throws X {
        Scopes.run(policy, body);
    }

    /**
     * As {@link #scope(Scope.VoidCheckedCallable)}, for a body with a result.
     *
     * @throws Cancelled if there is no result, as the body was ended by {@link Scope#cancel}
     */
    public static <T extends @Nullable Object, X extends Exception> T callInScope(Scope.Body<T, X> body) throws X {
        return Scopes.call(Scope.Policy.ALL, body);
    }

    /** As {@link #callInScope(Scope.Body)}, with another policy. */
    public static <T extends @Nullable Object, X extends Exception> T callInScope(
            Scope.Policy policy, Scope.Body<T, X> body) throws X {
        return Scopes.call(policy, body);
    }

    /**
     * Runs {@code bodies} side by side and gives their results, in the order of the bodies. The first failure cancels the
     * rest and is thrown.
     */
    public static <T extends @Nullable Object> List<T> all(Collection<? extends Callable<? extends T>> bodies) {
        return Scopes.all(bodies);
    }

    /**
     * Runs {@code bodies} side by side and gives the result of the first that returns; the others are cancelled, and have
     * ended when this returns. If none returns, the first failure is thrown, with the others suppressed.
     *
     * @throws IllegalArgumentException if there are no bodies
     */
    public static <T extends @Nullable Object> T firstSuccess(Collection<? extends Callable<? extends T>> bodies) {
        return Scopes.firstSuccess(bodies);
    }

    /** Runs {@code bodies} side by side to their ends, and tells how each ended, in the order of the bodies. */
    public static <T extends @Nullable Object> List<Outcome<? extends T>> collect(
            Collection<? extends Callable<? extends T>> bodies) {
        return Scopes.collect(bodies);
    }

    /**
     * Waits until all {@code greenlets} have ended, however that may be, for {@code timeout} at the most. A greenlet that
     * calls yields; a thread that calls blocks.
     *
     * @return whether all have ended; those that have not go on
     */
    public static boolean joinAll(Collection<? extends Greenlet<?>> greenlets, Duration timeout) {
        return Scopes.joinAll(greenlets, Objects.requireNonNull(timeout, "timeout"));
    }

    /** As {@link #joinAll(Collection, Duration)}, for as long as it takes. */
    public static void joinAll(Collection<? extends Greenlet<?>> greenlets) {
        Scopes.joinAll(greenlets, null);
    }

    /**
     * Runs {@code body} with a deadline: when {@code timeout} is over, its waits throw {@link Cancelled}, and once that comes
     * out of the body, this throws {@link DeadlineExceeded}. Deadlines nest, and each is told apart: an inner one never
     * swallows an outer one's. Greenlets spawned into scopes inside are cancelled too; other ones are not. Zero: the first
     * wait throws. Costs about 60 ns.
     *
     * @throws DeadlineExceeded when the time is up, unless the body returns all the same
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

    /** As {@link #withTimeout(Duration, VoidCheckedCallable)}, but returns whether the body got through, instead of throwing. */
    public static <X extends Exception> boolean moveOnAfter(Duration timeout, CheckedAction<X> body) throws X {
        return Scopes.moveOnAfter(timeout, body);
    }

    /**
     * Runs {@code body} out of reach of the kills, cancellations and deadlines around it: for clean-up that has to wait.
     * They take effect with the first wait after it. Put a deadline inside.
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
     * How long the caller may still wait before the next of its deadlines, up to a {@linkplain #shield shield}; zero if it
     * has been cancelled, empty if there is no deadline. Inside an off-loaded call: as for the greenlet that waits for it.
     */
    public static Optional<Duration> effectiveDeadline() {
        return Offloading.effectiveDeadline();
    }

    /**
     * A body that has the caller's {@link ScopedValue} bindings wherever it runs: in a greenlet that is spawned without a
     * scope, on another loop, on a thread. (Children of a {@link Scope} inherit them by themselves.)
     */
    public static <T extends @Nullable Object> Callable<T> carrying(Callable<T> body) {
        return Scopes.carrying(body);
    }

    // ---- waiting
    // -----------------------------------------------------------------------------------------------------

    /** Waits for {@code target} and gives its value, or throws its failure. */
    public static <T extends @Nullable Object> T await(Awaitable<T> target) {
        return GreenletTask.current().await(target, null);
    }

    /**
     * As {@link #await(Awaitable)}, for {@code timeout} at the most; zero means: only if it is there already.
     *
     * @throws DeadlineExceeded when the time is up; what was waited for did not happen then
     */
    public static <T extends @Nullable Object> T await(Awaitable<T> target, Duration timeout) {
        return Awaits.await(target, timeout);
    }

    /** As {@link #await(Awaitable)}, for awaitables whose checked exceptions the compiler knows. */
    public static <T extends @Nullable Object, X extends Exception> T await(Awaitable.Checked<T, X> target) throws X {
        return GreenletTask.current().await(target, null);
    }

    /** As {@link #await(Awaitable, Duration)}, for awaitables whose checked exceptions the compiler knows. */
    public static <T extends @Nullable Object, X extends Exception> T await(
            Awaitable.Checked<T, X> target, Duration timeout) throws X {
        return Awaits.await(target, timeout);
    }

    /**
     * Waits for a stage of whatever thread; throws its failure itself, without the {@code CompletionException} around it.
     */
    public static <T extends @Nullable Object> T await(CompletionStage<T> stage) {
        return Awaits.await(Awaits.stage(stage));
    }

    /**
     * As {@link #await(CompletionStage)}, for {@code timeout} at the most; the stage goes on. It keeps some hundred bytes of
     * each wait that was left early until it completes, as stages forget no callback: do not poll one for ever.
     */
    public static <T extends @Nullable Object> T await(CompletionStage<T> stage, Duration timeout) {
        return Awaits.await(Awaits.stage(stage), timeout);
    }

    /** As {@link #await(CompletionStage)}; here because such a future is a {@code Future} too. */
    public static <T extends @Nullable Object> T await(CompletableFuture<T> future) {
        return await((CompletionStage<T>) future);
    }

    /** As {@link #await(CompletionStage, Duration)}; here because such a future is a {@code Future} too. */
    public static <T extends @Nullable Object> T await(CompletableFuture<T> future, Duration timeout) {
        return await((CompletionStage<T>) future, timeout);
    }

    /** Waits for a future of whatever kind; throws its failure itself, without the {@code ExecutionException} around it. */
    public static <T extends @Nullable Object> T await(Future<T> future) {
        return Awaits.await(future);
    }

    /** As {@link #await(Future)}, for {@code timeout} at the most; the future goes on. */
    public static <T extends @Nullable Object> T await(Future<T> future, Duration timeout) {
        return Awaits.await(future, timeout);
    }

    /** A timer that can be awaited: it fires {@code delay} after the moment at which the wait for it begins. */
    public static Awaitable<@Nullable Void> timer(Duration delay) {
        return Awaits.timer(delay);
    }

    /** The completion of a stage as something to be awaited, such as in a select; the same as awaiting the stage itself. */
    public static <T extends @Nullable Object> Awaitable<T> completion(CompletionStage<T> stage) {
        return Awaits.stage(stage);
    }

    /**
     * Waits until one of {@code clauses} is ready, and gives what its handler returns; if several are, one is chosen
     * uniformly at random. The others did not happen. See {@link Select}.
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

    /** As {@link #select(Clause...)}, for clauses that are known only at run time. */
    public static <R extends @Nullable Object, X extends Exception> R select(
            List<? extends Clause<? extends R, ? extends X>> clauses) throws X {
        return Select.any(clauses);
    }

    /** As {@link #select(Clause...)}; if several are ready, the first of them is chosen. */
    @SafeVarargs
    @SuppressWarnings("varargs") // List.of copies the array
    public static <R extends @Nullable Object, X extends Exception> R selectFirst(
            Clause<? extends R, ? extends X>... clauses) throws X {
        return Select.first(List.of(clauses));
    }

    /** As {@link #selectFirst(Clause...)}, for clauses that are known only at run time. */
    public static <R extends @Nullable Object, X extends Exception> R selectFirst(
            List<? extends Clause<? extends R, ? extends X>> clauses) throws X {
        return Select.first(clauses);
    }

    // ---- other threads
    // -----------------------------------------------------------------------------------------------

    /**
     * Runs {@code call} on a thread of the group's bounded pool, and waits for it: for calls that would block the loop, such
     * as file I/O. What it throws is thrown here. When all threads are busy, calls wait in the order of asking; that is the
     * backpressure.
     *
     * <p>If the caller is cancelled, or its time is over, a call that has not begun never does; one that runs is
     * interrupted, and the caller waits until it has come back (as trio does), so that nothing goes on behind its back. To
     * leave at once instead: {@link Offload#abandoning}.
     *
     * <p>Inside, the caller's {@link ScopedValue} bindings hold; {@link #effectiveDeadline}, {@link #checkCancelled} and
     * {@link #fromThread} work. Nothing else of the caller's is there, and nothing of whoever came first: no inheritable
     * thread-locals; the context class loader is the system's, as on the JDK's common pool. A call that looks up classes or
     * services through another one sets it, and sets it back. Costs two hops between threads.
     */
    public static <T extends @Nullable Object> T offload(Callable<T> call) {
        return Offloading.blocking(call, OffloadTerms.DEFAULT);
    }

    /** As {@link #offload(Callable)}, for a call without a result. */
    public static void offload(Action call) {
        Offloading.blocking(new ActionBody(call), OffloadTerms.DEFAULT);
    }

    /**
     * As {@link #offload(Callable)}, in {@link #withTimeout(Duration, CheckedCallable)}.
     *
     * @throws DeadlineExceeded when the time is up and the call has come back
     */
    public static <T extends @Nullable Object> T offload(Callable<T> call, Duration timeout) {
        return Offloading.blocking(call, timeout);
    }

    /**
     * As {@link #offload(Callable)}, for calls that compute for long: on a pool of the group with as many threads as there
     * are processors. Such a call should look at {@link #checkCancelled} now and then.
     */
    public static <T extends @Nullable Object> T compute(Callable<T> call) {
        return Offloading.computing(call);
    }

    /**
     * Called inside an off-loaded call: runs {@code body} as a greenlet on the loop that it came from, blocks for its end,
     * and gives its result or throws its failure (trio's {@code from_thread.run}). It is inside the cancellation of the
     * greenlet that waits for the call.
     *
     * <p>The thread that blocks here is lent: what {@code body}, and greenlets in its scopes, off-load to the same pool may
     * run on it, on top of the caller, when the pool has no free thread; so nested calls cannot use up the threads. Such a
     * call finds the locks and thread-locals of this thread: do not call this with a lock held that inner calls take.
     *
     * @throws IllegalStateException elsewhere; see {@link Loop#call}
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
     * Throws {@link Cancelled} if the calling greenlet was cancelled, or, inside an off-loaded call, if the greenlet that
     * waits for it was. For long work without waits; never yields.
     */
    public static void checkCancelled() {
        Offloading.checkCancelled();
    }

    // ---- regions
    // -----------------------------------------------------------------------------------------------------

    /**
     * Runs {@code body}, which must not yield: a guard for code whose correctness rests on nothing else running meanwhile. A
     * Weft wait inside throws {@link IllegalStateException} where it stands, before it has waited; one that succeeds at once
     * is allowed, and does not yield. If code that knows nothing of Weft yields, such as a lock that is held elsewhere, that
     * cannot be undone, and the region throws at its end, with the stack of that place as the cause. Regions nest. It is no
     * lock, and keeps nobody out. Costs one small object.
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
