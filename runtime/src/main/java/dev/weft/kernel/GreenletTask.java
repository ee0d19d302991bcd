package dev.weft.kernel;

import dev.weft.Awaitable;
import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Outcome;
import dev.weft.lowlevel.WaitQueue;
import dev.weft.lowlevel.Waiter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's record of a greenlet. It is four things in one object, because there may be a million: what users hold
 * ({@link Greenlet}), the body of the virtual thread ({@link Runnable}), that thread's scheduler ({@link Executor}: the JDK
 * calls it whenever the thread can run), and the waiter of the one thing that it waits for ({@link Wait}).
 *
 * <p>But for what users may call, and {@link #execute}, everything belongs to the loop's thread.
 */
public final class GreenletTask<T extends @Nullable Object> extends Cancellable
        implements Greenlet<T>, Executor, Runnable {
    private static final VarHandle STATE;

    static final int NO_PLACE = -1;

    /** The content of a greenlet whose body is not ours. */
    private static final Object ADOPTED = new Object();

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(GreenletTask.class, "state", State.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final RunLoop loop;
    final StackTraceElement spawnSite;
    private final Thread thread;

    int place = NO_PLACE; // in the loop's Population

    private @Nullable Object content; // the body; once it has run, what it returned or threw
    private boolean toUnpark; // its wait is over, and its thread does not know yet
    private boolean failed; // it threw; no wrapper tells, as there may be no memory for one
    private @Nullable Runnable continuation; // the JDK's, from the first execute until the body has ended
    private @Nullable Object joiners; // see Joiners
    private State state = State.NEW; // written by the loop's thread, with release; read by any

    private GreenletTask(RunLoop loop, Object body, StackTraceElement spawnSite, @Nullable String name) {
        this.loop = loop;
        this.content = body;
        this.spawnSite = spawnSite;
        this.thread = VirtualThreads.create(this, name, this);
    }

    private GreenletTask(RunLoop loop, Thread thread, Runnable continuation, StackTraceElement spawnSite) {
        this.loop = loop;
        this.thread = thread;
        this.continuation = continuation;
        this.spawnSite = spawnSite;
        this.content = ADOPTED;
    }

    /** A greenlet that has not been started; its thread may be started from anywhere. */
    static <T extends @Nullable Object> GreenletTask<T> create(
            RunLoop loop, @Nullable String name, Object body, StackTraceElement spawnSite) {
        return new GreenletTask<>(loop, body, spawnSite, name);
    }

    /** The record of a virtual thread that somebody's code started inside a greenlet, which inherited its scheduler. */
    static GreenletTask<?> adopt(RunLoop loop, Runnable continuation, StackTraceElement spawnSite) {
        return new GreenletTask<@Nullable Void>(loop, VirtualThreads.threadOf(continuation), continuation, spawnSite);
    }

    /** The greenlet that calls. */
    public static GreenletTask<?> current() {
        RunLoop loop = RunLoop.require();
        GreenletTask<?> current = loop.running();
        if (current == null) {
            throw new IllegalStateException(
                    "a callback of loop " + loop.name() + " cannot wait; do it in a greenlet: loop.spawn(() -> ...)");
        }
        return current;
    }

    // ---- the thread's side
    // -------------------------------------------------------------------------------------------

    /** The body of the virtual thread. */
    @Override
    public void run() {
        if (state.isDone()) {
            return; // killed before it was started
        }
        Object body = content;
        content = null;
        try {
            throwFailure();
            Cancellation cancelled = cancellation();
            if (cancelled != null) {
                throw cancelled.thrown(name(), "before it ran");
            }
            if (body instanceof ActionBody action) {
                action.action().run(); // one frame less in every parked stack
            } else if (body instanceof Callable<?> callable) {
                content = callable.call();
            } else if (body instanceof Runnable runnable) {
                runnable.run();
            }
        } catch (Throwable t) {
            content = t;
            failed = true;
        }
        continuation = null; // tells the loop that this was its last slice
    }

    /** Called by the JDK, on any thread, when a thread can run: this greenlet's, or one that inherited its scheduler. */
    @Override
    public void execute(Runnable task) {
        if (continuation == null && state() == State.NEW) {
            continuation = task;
            if (!loop.isOpen()) {
                throw new RejectedExecutionException(
                        "loop " + loop.name() + " is closed; greenlet " + name() + " cannot be started there");
            }
        }
        if (task != continuation) {
            loop.foreignTask(task);
        } else if (RunLoop.currentOrNull() != loop) {
            loop.post(new Ready(this));
        } else {
            canRun();
        }
    }

    /** Its thread can run. If the greenlet is ready it was queued when its wait was over, and its turn is just beginning. */
    void canRun() {
        if (state != State.READY && !state.isDone()) {
            loop.ready(this);
        }
    }

    /** What another thread puts into the inbox for a greenlet that can run. */
    record Ready(GreenletTask<?> greenlet) implements Runnable {
        @Override
        public void run() {
            greenlet.canRun();
        }
    }

    // ---- the loop's side
    // ---------------------------------------------------------------------------------------------

    /** Gives the greenlet the loop until it waits or ends. */
    void slice() {
        Runnable run = continuation;
        if (run == null || state != State.READY) {
            return; // it was queued twice, as another thread woke it when its wait was over already
        }
        if (toUnpark) {
            toUnpark = false;
            LockSupport.unpark(thread);
        }
        setState(State.RUNNING);
        loop.run(this, run);
        if (continuation == null) {
            end(outcomeState());
        } else if (content == ADOPTED && !thread.isAlive()) {
            loop.forgetAdopted(run);
            content = null;
            end(State.RETURNED);
        } else if (state == State.RUNNING) {
            setState(State.WAITING);
            reachOutside();
        }
    }

    /**
     * Queues it, and has its thread unparked when its turn comes: a poll that wakes a thousand touches a thousand records,
     * and not the threads, which would be out of the cache again when they run.
     */
    @Override
    void wake() {
        if (state == State.WAITING) {
            toUnpark = true;
            loop.ready(this);
        } else if (state == State.READY) { // for another reason, such as a left-over permit, which may not let it run
            toUnpark = true;
        } else if (state == State.RUNNING) { // its stack is pinned, and it serves the loop from where it stands
            LockSupport.unpark(thread);
        }
    }

    void markReady() {
        setState(State.READY);
    }

    boolean isNew() {
        return state == State.NEW;
    }

    @Override
    boolean isWaitingOutsideWeft() {
        return state == State.WAITING && !isPending();
    }

    private State outcomeState() {
        if (!failed) {
            return State.RETURNED;
        }
        return cancellation() != null && Cancellation.explains(failure()) ? State.CANCELLED : State.FAILED;
    }

    /** What it threw, once it has. */
    Throwable failure() {
        return (Throwable) Objects.requireNonNull(content);
    }

    /** What it returned, once it has. */
    @SuppressWarnings({"unchecked", "NullAway"}) // the body returned it, and may return null
    T value() {
        return (T) content;
    }

    private void end(State how) {
        stopInterrupting();
        if (failed) {
            explainFailure(how);
            SpawnSites.attach(failure(), name(), spawnSite);
        }
        setState(how);
        boolean heard = false;
        if (joiners != null) {
            WaitQueue<T> queue = Joiners.queue(joiners);
            joiners = null;
            Waiter<? super T> joiner;
            while ((joiner = queue.poll()) != null) {
                heard |= !(joiner instanceof EndLink<?>);
                tell(joiner);
            }
        }
        heard |= toldScope();
        loop.ended(this, how == State.FAILED && !heard ? failure() : null);
    }

    /** What it threw may be less than what there is to tell. */
    private void explainFailure(State how) {
        Throwable thrown = failure();
        Cancellation cancelled = cancellation();
        Throwable told = thrown;
        if (how == State.FAILED && hasFailureToThrow() && Cancellation.isInterrupt(thrown)) {
            told = takeFailure();
        } else if (how == State.CANCELLED && cancelled != null && !(thrown instanceof Cancelled)) {
            told = cancelled.thrown(name(), "inside code that knows nothing of Weft");
        } else if (how == State.FAILED && cancelled != null) {
            cancelled.attach(thrown, name());
        }
        if (told != thrown) {
            told.addSuppressed(thrown);
            content = told;
        }
    }

    /** Tells the scope that it was spawned into, if any; returns whether the scope sees to a failure. */
    private boolean toldScope() {
        CancelScope home = scope();
        while (home != null && home.owner == this) {
            home = home.parent;
        }
        return home instanceof Nursery nursery && nursery.childEnded(this);
    }

    /** The loop gives it up: it has not ended and never will. */
    void abandon() {
        content =
                new Cancelled("loop " + loop.name() + " was closed while greenlet " + name() + " had not ended", null);
        failed = true;
        end(State.CANCELLED);
    }

    private void tell(Waiter<? super T> joiner) {
        if (failed) {
            joiner.fail(failure());
        } else {
            joiner.succeed(value());
        }
    }

    // ---- waiting
    // -----------------------------------------------------------------------------------------------------

    /**
     * The suspension seam: every wait of every greenlet goes through here.
     *
     * @throws Cancelled if the greenlet was killed or its thread interrupted
     * @throws dev.weft.DeadlineExceeded when {@code timeout} is over
     */
    @SuppressWarnings({"unchecked", "NullAway"}) // the target's own kind of value, which may be null
    public <V extends @Nullable Object> V await(Awaitable<V> target, @Nullable Duration timeout) {
        requireNotCancelled(target);
        return (V) suspend(reachable(target), timeout);
    }

    /** Waits for time to pass. */
    public void sleep(long nanos) {
        requireNotCancelled("sleep");
        loop.requireMayYield("sleep");
        if (nanos == 0) {
            Thread.yield();
        } else {
            pause(nanos);
        }
    }

    /** Goes to the end of the run queue. */
    public void yieldNow() {
        requireNotCancelled("yieldNow");
        loop.requireMayYield("yieldNow");
        refillBudget();
        Thread.yield();
    }

    /** An operation succeeded without a wait; see {@code Suspension.checkpoint}. */
    public void checkpoint() {
        requireNotCancelled("checkpoint");
        spend();
    }

    private <V extends @Nullable Object> Awaitable<V> reachable(Awaitable<V> target) {
        if (target == this) {
            throw new IllegalStateException(this + " waits for its own end");
        }
        return EndElsewhere.orItself(target);
    }

    /** What stands for {@code target} on the caller's loop; see {@code Suspension.here}. */
    public static <V extends @Nullable Object> Awaitable<V> here(Awaitable<V> target) {
        return EndElsewhere.orItself(target);
    }

    @Override
    public void subscribe(Waiter<? super T> waiter) {
        if (state.isDone()) {
            tell(waiter);
        } else {
            joiners = Joiners.with(joiners, waiter);
        }
    }

    @Override
    public boolean unsubscribe(Waiter<? super T> waiter) {
        joiners = Joiners.without(joiners, waiter);
        return true;
    }

    // ---- what users call, from any thread
    // ----------------------------------------------------------------------------

    @Override
    public T join() {
        return Joins.join(this, null);
    }

    @Override
    public T join(Duration timeout) {
        return Joins.join(this, Objects.requireNonNull(timeout, "timeout"));
    }

    @Override
    public CompletableFuture<T> toFuture() {
        CompletableFuture<T> future = new CompletableFuture<>();
        tellAtEnd(new FutureCompletion<>(future));
        return future;
    }

    /** Any thread: has {@code link} told of the end, at once if that was before. */
    void tellAtEnd(Waiter<? super T> link) {
        if (state().isDone()) {
            subscribe(link);
        } else {
            loop.onLoop(() -> subscribe(link));
        }
    }

    /** Loop's thread, or before the start, or after the end. */
    void completeAtEnd(CompletableFuture<T> future) {
        subscribe(new FutureCompletion<>(future));
    }

    @Override
    public void kill(String reason) {
        Cancellation kill = new Cancellation(Objects.requireNonNull(reason, "reason"));
        loop.onLoop(() -> killOnLoop(kill));
    }

    private void killOnLoop(Cancellation kill) {
        if (isNew() && continuation == null) {
            content = kill.thrown(name(), "before it was started");
            failed = true;
            end(State.CANCELLED);
        } else if (!state.isDone()) {
            cancelAll(kill);
        }
    }

    @Override
    public boolean killAndJoin(Duration grace) {
        kill("killed");
        return Joins.ended(this, Objects.requireNonNull(grace, "grace"));
    }

    @Override
    public void throwInto(Throwable failure) {
        Objects.requireNonNull(failure, "failure");
        loop.onLoop(() -> throwOnLoop(failure));
    }

    private void throwOnLoop(Throwable failure) {
        if (state.isDone() || (isPending() && abortWith(failure))) {
            return;
        }
        if (hasNotBegun() && cancellation() != null) {
            return; // it ends by what came first
        }
        throwAtNextWait(failure);
        reachOutside();
    }

    /** Whether its body has not been called; an adopted one's has. */
    private boolean hasNotBegun() {
        return content != null && content != ADOPTED && !state.isDone();
    }

    @Override
    public void onEnd(Consumer<? super Greenlet<T>> callback) {
        EndLink<T> link = new EndLink<>(this, Objects.requireNonNull(callback, "callback"));
        if (state().isDone()) {
            loop.post(link::call);
        } else {
            loop.onLoop(() -> link(link));
        }
    }

    private void link(EndLink<T> link) {
        if (state.isDone()) {
            loop.post(link::call);
        } else {
            subscribe(link);
        }
    }

    @Override
    public Outcome<T> outcome() {
        State how = state();
        if (!how.isDone()) {
            throw new IllegalStateException(this + " has not ended; join it, or ask in onEnd");
        }
        return switch (how) {
            case RETURNED -> new Outcome.Returned<>(value());
            case FAILED -> new Outcome.Failed<>(failure());
            default -> new Outcome.Cancelled<>(failure());
        };
    }

    @Override
    public String name() {
        String name = thread.getName();
        return name.isEmpty() ? "greenlet-" + thread.threadId() : name;
    }

    @Override
    public RunLoop loop() {
        return loop;
    }

    @Override
    public State state() {
        return (State) STATE.getAcquire(this);
    }

    private void setState(State next) {
        STATE.setRelease(this, next);
    }

    @Override
    public StackTraceElement spawnSite() {
        return spawnSite;
    }

    /** Its end as what somebody waits for; and not on whom it waits itself: it may be a ring. */
    public String describeEnd() {
        return "the end of greenlet \"" + name() + "\"";
    }

    @Override
    public String waitingOn() {
        return describeWait();
    }

    @Override
    public StackTraceElement[] stackTrace() {
        return thread.getStackTrace();
    }

    @Override
    public Thread thread() {
        return thread;
    }

    @Override
    public String toString() {
        String target = waitingOn();
        return "greenlet \"" + name() + "\" (" + state() + (target.isEmpty() ? "" : " on " + target) + ", loop "
                + loop.name() + ", spawned at " + spawnSite + ")";
    }
}
