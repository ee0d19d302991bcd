package dev.weft;

import dev.weft.kernel.Awaits;
import dev.weft.kernel.Blocking;
import dev.weft.kernel.GreenletTask;
import dev.weft.kernel.RunLoop;
import dev.weft.sync.Clause;
import dev.weft.sync.Select;
import java.time.Duration;
import java.util.List;
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

    /** A body whose kind of exception the compiler knows. */
    @FunctionalInterface
    public interface Body<T extends @Nullable Object, X extends Exception> {
        /** Runs the body. */
        T call() throws X;
    }

    /** As {@link Body}, without a result. */
    @FunctionalInterface
    public interface VoidBody<X extends Exception> {
        /** Runs the body. */
        void run() throws X;
    }

    /**
     * Opens a loop, runs {@code body} as a greenlet on it, and blocks the caller until that greenlet has ended; then the
     * loop is closed, and greenlets that are left are killed (as Python's {@code asyncio.run} does). Gives what the body
     * returned, or throws what it threw.
     *
     * @throws IllegalStateException if called by a greenlet: spawn there, instead
     */
    public static <T extends @Nullable Object, X extends Exception> T run(Body<T, X> body) throws X {
        RunLoop inside = RunLoop.currentOrNull();
        if (inside != null) {
            throw new IllegalStateException("Weft.run would block the loop " + inside.name()
                    + ", on which it is called; use Weft.spawn(body).join() there");
        }
        try (LoopGroup group = LoopGroup.open()) {
            return Blocking.get(((RunLoop) group.next()).<T>submit("main", body::call), "the end of main", null);
        }
    }

    /** As {@link #run(Body)}, for a body without a result. */
    @SuppressWarnings("NullAway") // a Void is always null
    public static <X extends Exception> void run(VoidBody<X> body) throws X {
        Weft.<@Nullable Void, X>run(() -> {
            body.run();
            return null;
        });
    }

    /** Queues a new greenlet on the caller's loop; nothing of it runs before the caller yields. */
    public static <T extends @Nullable Object> Greenlet<T> spawn(Callable<T> body) {
        return RunLoop.require().spawn(body);
    }

    /** As {@link #spawn(Callable)}, for a body without a result. */
    public static Greenlet<@Nullable Void> spawn(Action body) {
        return RunLoop.require().spawn(body);
    }

    /** As {@link #spawn(Callable)}, with a name. */
    public static <T extends @Nullable Object> Greenlet<T> spawn(String name, Callable<T> body) {
        return RunLoop.require().spawn(name, body);
    }

    /** As {@link #spawn(String, Callable)}, for a body without a result. */
    public static Greenlet<@Nullable Void> spawn(String name, Action body) {
        return RunLoop.require().spawn(name, body);
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

    /** As {@link #await(CompletionStage)}, for {@code timeout} at the most; the stage goes on. */
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

    /**
     * Runs {@code call} on a thread of the group's bounded pool, and waits for it: for calls that would block the loop,
     * such as file I/O. What it throws is thrown here. If the caller is killed while it waits, the call is interrupted and
     * its result dropped.
     */
    public static <T extends @Nullable Object> T offload(Callable<T> call) {
        return Awaits.offload(RunLoop.require().group().offloadExecutor(), call, null);
    }

    /**
     * As {@link #offload(Callable)}, for {@code timeout} at the most; then the call is interrupted and its result dropped.
     *
     * @throws DeadlineExceeded when the time is up
     */
    public static <T extends @Nullable Object> T offload(Callable<T> call, Duration timeout) {
        return Awaits.offload(RunLoop.require().group().offloadExecutor(), call, timeout);
    }
}
