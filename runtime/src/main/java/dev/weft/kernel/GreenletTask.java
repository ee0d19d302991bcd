package dev.weft.kernel;

import dev.weft.Awaitable;
import dev.weft.Cancelled;
import dev.weft.Greenlet;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's record of a greenlet. It is four things in one object, because there may be a million: what users hold
 * ({@link Greenlet}), the body of the virtual thread ({@link Runnable}), that thread's scheduler ({@link Executor}: the JDK
 * calls it whenever the thread can run), and the waiter of the one thing that it waits for ({@link Wait}). How it is
 * cancelled ({@link Cancellable}) and ends ({@link Ending}) are parts of it too.
 *
 * <p>But for what users may call, and {@link #execute}, everything belongs to the loop's thread.
 */
public final class GreenletTask<T extends @Nullable Object> extends Ending<T>
        implements Greenlet<T>, Executor, Runnable {
    static final int NO_PLACE = -1;

    /** The content of a greenlet whose body is not ours. */
    private static final Object ADOPTED = new Object();

    final RunLoop loop;
    final StackTraceElement spawnSite;
    private final Thread thread;

    int place = NO_PLACE; // in the loop's Population

    private boolean toUnpark; // its wait is over, and its thread does not know yet
    private @Nullable Runnable continuation; // the JDK's, from the first execute until the body has ended

    private GreenletTask(RunLoop loop, Object body, StackTraceElement spawnSite, @Nullable String name) {
        super(body);
        this.loop = loop;
        this.spawnSite = spawnSite;
        this.thread = VirtualThreads.createNamed(this, name, this);
    }

    private GreenletTask(RunLoop loop, Thread thread, Runnable continuation, StackTraceElement spawnSite) {
        super(ADOPTED);
        this.loop = loop;
        this.thread = thread;
        this.continuation = continuation;
        this.spawnSite = spawnSite;
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
        if (isDone()) {
            return; // killed before it was started
        }
        Object body = takeBody();
        try {
            throwFailure();
            Cancellation cancelled = cancellation();
            if (cancelled != null) {
                throw cancelled.thrown(name(), "before it ran");
            }
            if (body instanceof ActionBody action) {
                action.action().run(); // one frame less in every parked stack
            } else if (body instanceof Callable<?> callable) {
                returned(callable.call());
            } else if (body instanceof Runnable runnable) {
                runnable.run();
            }
            throwImplicitYield();
        } catch (Throwable t) {
            threw(t);
        }
        continuation = null; // tells the loop that this was its last slice
    }

    /** Called by the JDK, on any thread, when a thread can run: this greenlet's, or one that inherited its scheduler. */
    @Override
    public void execute(Runnable task) {
        if (continuation == null && state() == State.NEW) {
            continuation = task;
            if (!loop.isOpen() && !Callouts.isCaller(this)) {
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
        if (!isIn(State.READY) && !isDone()) {
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
        if (run == null || !isIn(State.READY)) {
            return; // it was queued twice, as another thread woke it when its wait was over already
        }
        if (toUnpark) {
            toUnpark = false;
            LockSupport.unpark(thread);
        }
        setState(State.RUNNING);
        loop.run(this, run);
        if (continuation == null) {
            end();
        } else if (isAdopted() && !thread.isAlive()) {
            loop.forgetAdopted(run);
            takeBody();
            end();
        } else if (isIn(State.RUNNING)) {
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
        if (isIn(State.WAITING)) {
            toUnpark = true;
            loop.ready(this);
        } else if (isIn(State.READY)) { // for another reason, such as a left-over permit, which may not let it run
            toUnpark = true;
        } else if (isIn(State.RUNNING)) { // its stack is pinned, and it serves the loop from where it stands
            LockSupport.unpark(thread);
        }
    }

    void markReady() {
        setState(State.READY);
    }

    /** Whether its waits throw. */
    boolean isCancelled() {
        return cancellation() != null;
    }

    boolean isNew() {
        return isIn(State.NEW);
    }

    @Override
    boolean isWaitingOutsideWeft() {
        return isIn(State.WAITING) && !isPending();
    }

    /** Whether it waits, and neither a time limit nor what was thrown at it will ever end that. */
    boolean waitsWithoutLimit() {
        return isIn(State.WAITING)
                && !isTimed()
                && !hasToThrow()
                && CancelScope.effectiveDeadline(scope()) == CancelScope.NEVER;
    }

    /** Asked when its slice has ended: whether it has given up the loop where the code does not say so. */
    boolean hasYieldedImplicitly() {
        return continuation != null && !isAdopted() && isImplicit();
    }

    private boolean isAdopted() {
        return holdsBody(ADOPTED);
    }

    @Override
    void ended(@Nullable Throwable unheard) {
        loop.ended(this, unheard);
    }

    @Override
    void heardLate() {
        loop.onLoop(() -> loop.callouts().heard(this));
    }

    @Override
    boolean toldScope() {
        CancelScope home = scope();
        while (home != null && home.owner == this) {
            home = home.parent;
        }
        return home instanceof Nursery nursery && nursery.childEnded(this);
    }

    /** The loop gives it up: it has not ended and never will. */
    void abandon() {
        endCancelled(
                new Cancelled("loop " + loop.name() + " was closed while greenlet " + name() + " had not ended", null));
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

    /** As {@link #await}, for a face that hides the wait; see {@code Suspension.awaitImplicitly}. */
    @SuppressWarnings({"unchecked", "NullAway"}) // as in await
    public <V extends @Nullable Object> V awaitImplicitly(Awaitable<V> target, @Nullable Duration timeout) {
        requireNotCancelled(target);
        return (V) suspendImplicitly(reachable(target), timeout);
    }

    /** Waits for time to pass. */
    public void sleep(long nanos) {
        requireNotCancelled("sleep");
        loop.requireMayYield("sleep");
        if (nanos == 0) {
            yieldAnnounced();
        } else {
            pause(nanos);
        }
    }

    /** Goes to the end of the run queue. */
    public void yieldNow() {
        requireNotCancelled("yieldNow");
        loop.requireMayYield("yieldNow");
        refillBudget();
        yieldAnnounced();
    }

    private <V extends @Nullable Object> Awaitable<V> reachable(Awaitable<V> target) {
        if (target == this) {
            throw new IllegalStateException(this + " waits for its own end");
        }
        return EndElsewhere.orItself(target, loop);
    }

    /** What stands for {@code target} on the caller's loop; see {@code Suspension.here}. */
    public static <V extends @Nullable Object> Awaitable<V> here(Awaitable<V> target) {
        return target instanceof GreenletTask<?> ? EndElsewhere.orItself(target, RunLoop.require()) : target;
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
    public void kill(String reason) {
        Cancellation kill = new Cancellation(Objects.requireNonNull(reason, "reason"));
        loop.onLoop(() -> killOnLoop(kill));
    }

    private void killOnLoop(Cancellation kill) {
        if (isNew() && continuation == null) {
            endCancelled(kill.thrown(name(), "before it was started"));
        } else if (!isDone()) {
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
        if (isDone() || (isPending() && abortWith(failure))) {
            return;
        }
        if (hasNotBegun() && !isAdopted() && cancellation() != null) {
            return; // it ends by what came first
        }
        throwAtNextWait(failure);
        reachOutside();
    }

    @Override
    public void onEnd(Consumer<? super Greenlet<T>> callback) {
        Objects.requireNonNull(callback, "callback");
        whenEnded(ended -> loop.callouts().callback(() -> callback.accept(ended)));
    }

    /** As {@link #onEnd}, for authors of things to be waited for: {@code event} is called between greenlets, as it ends. */
    public void whenEnded(Consumer<? super Greenlet<T>> event) {
        EndLink<T> link = new EndLink<>(this, Objects.requireNonNull(event, "event"));
        if (state().isDone()) {
            loop.post(link::call);
        } else {
            loop.onLoop(() -> link(link));
        }
    }

    private void link(EndLink<T> link) {
        if (isDone()) {
            loop.post(link::call);
        } else {
            subscribe(link);
        }
    }

    @Override
    public String name() {
        return VirtualThreads.nameOf(thread);
    }

    @Override
    public RunLoop loop() {
        return loop;
    }

    @Override
    GreenletTask<?> greenlet() {
        return this;
    }

    @Override
    public StackTraceElement spawnSite() {
        return spawnSite;
    }

    /** Its end as what somebody waits for; and not on whom it waits itself: it may be a ring. */
    String describeEnd() {
        return "the end of greenlet \"" + name() + "\"";
    }

    @Override
    public String waitingOn() {
        String target = describeWait();
        return target.isEmpty() && isWaitingOutsideWeft() ? JdkWaits.describe(this) : target;
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
