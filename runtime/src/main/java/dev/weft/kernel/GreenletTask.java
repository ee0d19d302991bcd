package dev.weft.kernel;

import dev.weft.Awaitable;
import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Outcome;
import dev.weft.jdk.VirtualThreads;
import dev.weft.scheduler.Scheduler;
import dev.weft.scheduler.Task;
import dev.weft.spi.Owners;
import dev.weft.spi.Waiter;
import dev.weft.spi.YieldMode;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A greenlet. As there may be a million of them, a single object serves as the public handle ({@link Greenlet}), the body of
 * the virtual thread ({@link Runnable}), that thread's scheduler ({@link Executor}, which the JDK calls whenever the thread
 * can run), the loop's task ({@link Task}), and the waiter for the one thing that it waits for ({@link Wait}).
 *
 * <p>Everything belongs to the loop's thread, except the public methods and {@link #execute}. The state, and the outcome once
 * there is one, may be read by any thread.
 */
public final class GreenletTask<T extends @Nullable Object> extends CancellableWait
        implements Greenlet<T>, Awaitable<T>, Executor, Runnable, Task {
    /** The content of an adopted greenlet, whose body is not ours. */
    private static final Object ADOPTED = new Object();

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(GreenletTask.class, "state", State.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    public final EventLoop loop;
    private final StackTraceElement spawnSite;
    private final Thread thread;

    /** The index in the loop's list of all greenlets, maintained by that list. */
    public int place = -1;

    private @Nullable Runnable continuation; // the JDK's, from the first execute until the body has ended
    private @Nullable Object content; // the body; once it has run, what it returned or threw
    private @Nullable Object joiners; // see Joiners
    private State state = State.NEW; // written by the loop's thread with release semantics; read by any thread
    private boolean failed; // the body threw; a flag, as there may be no memory for a wrapper
    private boolean toUnpark; // its wait is over, but its thread has not been unparked yet
    private final int spawnerBefore; // the spawner's number is so much less than its own; 0: none, or too far away

    private GreenletTask(EventLoop loop, Object body, StackTraceElement spawnSite, @Nullable String name) {
        this.loop = loop;
        this.content = body;
        this.spawnSite = spawnSite;
        this.thread = VirtualThreads.createNamed(this, name, this);
        spawnerBefore = spawnerBefore();
    }

    private GreenletTask(EventLoop loop, Thread thread, Runnable continuation, StackTraceElement spawnSite) {
        this.loop = loop;
        this.content = ADOPTED;
        this.thread = thread;
        this.continuation = continuation;
        this.spawnSite = spawnSite;
        spawnerBefore = spawnerBefore();
    }

    private int spawnerBefore() {
        GreenletTask<?> spawner = EventLoop.callerOrNull();
        long distance = spawner == null ? 0 : id() - spawner.id();
        return distance >> Integer.SIZE == 0 ? (int) distance : 0;
    }

    /** Creates a greenlet that has not been started. Any thread may start its thread. */
    public static <T extends @Nullable Object> GreenletTask<T> create(
            EventLoop loop, @Nullable String name, Object body, StackTraceElement spawnSite) {
        return new GreenletTask<>(loop, body, spawnSite, name);
    }

    /** Creates a greenlet for a virtual thread that users' code started inside a greenlet and that inherited its scheduler. */
    public static GreenletTask<?> adopt(EventLoop loop, Runnable continuation, StackTraceElement spawnSite) {
        return new GreenletTask<@Nullable Void>(loop, VirtualThreads.threadOf(continuation), continuation, spawnSite);
    }

    /** Returns the calling greenlet; throws elsewhere. */
    public static GreenletTask<?> current() {
        EventLoop loop = EventLoop.current();
        GreenletTask<?> current = loop.running();
        if (current == null) {
            throw new IllegalStateException(
                    "a callback of loop " + loop.name() + " cannot wait; do it in a greenlet: loop.spawn(() -> ...)");
        }
        return current;
    }

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
                action.action().run(); // not through call(): saves a frame in every parked stack
            } else if (body instanceof Callable<?> callable) {
                content = callable.call();
            } else if (body instanceof Runnable runnable) {
                runnable.run();
            }
            throwImplicitYield();
        } catch (Throwable t) {
            threw(t);
        }
        continuation = null; // tells the loop that this was the last slice
    }

    /** Called by the JDK, on any thread, when a thread can run: this greenlet's, or one that inherited its scheduler. */
    @Override
    public void execute(Runnable task) {
        if (continuation == null && state() == State.NEW) {
            continuation = task;
            if (!loop.owner.isOpen() && !callsUsers()) {
                throw new RejectedExecutionException(
                        "loop " + loop.name() + " is closed; greenlet " + name() + " cannot be started there");
            }
        }
        if (task != continuation) {
            loop.owner.startedThreadCanRun(task);
        } else if (EventLoop.currentOrNull() != loop) {
            loop.post(new ReadyElsewhere(this));
        } else {
            canRun();
        }
    }

    /** Its thread can run. If the greenlet is ready, it was queued when its wait ended, and its slice is just starting. */
    void canRun() {
        if (!isIn(State.READY) && !isDone()) {
            loop.ready(this);
        }
    }

    /** Runs the greenlet until it waits or ends. */
    @Override
    public void slice() {
        Runnable run = continuation;
        if (run == null || !isIn(State.READY)) {
            return; // queued twice: another thread woke it when its wait was already over
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
            loop.owner.adoptedThreadEnded(run);
            content = null;
            end();
        } else if (isIn(State.RUNNING)) {
            noteWaiting();
            setState(State.WAITING);
            reachOutside();
        }
    }

    /**
     * Queues the greenlet; its thread is unparked only when its slice starts. So a poll that wakes a thousand greenlets touches
     * their records but not their threads, which would have left the cache again by the time they run.
     */
    @Override
    void wake() {
        if (isIn(State.WAITING)) {
            toUnpark = true;
            loop.ready(this);
        } else if (isIn(State.READY)) { // for another reason, such as a stale permit, which may not let it run
            toUnpark = true;
        } else if (isIn(State.RUNNING)) { // pinned: it serves the loop from within its wait
            LockSupport.unpark(thread);
        }
    }

    void markReady() {
        setState(State.READY);
    }

    /** Returns the state. Any thread. */
    @Override
    public State state() {
        return (State) STATE.getAcquire(this);
    }

    /** Returns whether it is in the {@code expected} state. Loop's thread only; needs no fence. */
    private boolean isIn(State expected) {
        return state == expected;
    }

    @Override
    public boolean isDone() {
        return state().isDone();
    }

    private void setState(State next) {
        STATE.setRelease(this, next);
    }

    boolean isNew() {
        return isIn(State.NEW);
    }

    @Override
    public boolean isWaitingOutsideWeft() {
        return isIn(State.WAITING) && !isPending();
    }

    /** Returns whether it waits, and neither a time limit nor a pending exception will ever end the wait. */
    public boolean waitsWithoutLimit() {
        return isIn(State.WAITING)
                && !isTimed()
                && !hasToThrow()
                && CancelScope.effectiveDeadline(scope()) == CancelScope.NEVER;
    }

    /** Returns whether it has yielded where the code does not say so. Called when its slice has ended. */
    public boolean hasYieldedImplicitly() {
        return continuation != null && !isAdopted() && isImplicit();
    }

    /** Returns whether its thread was not created by Weft. Any thread. */
    public boolean isAdopted() {
        return content == ADOPTED;
    }

    /** Returns its number, that of its thread. Any thread. */
    public long id() {
        return thread.threadId();
    }

    /** Returns the number of the greenlet that spawned it; 0 if there is none. Any thread. */
    public long spawner() {
        return spawnerBefore == 0 ? 0 : id() - Integer.toUnsignedLong(spawnerBefore);
    }

    @Override
    public Owners owners() {
        return Owners.all(Owners.Kind.JOIN, this, List.of(this));
    }

    /** Returns whether it exists to call users' code on behalf of the loop. */
    public boolean callsUsers() {
        return spawnSite == EventLoop.CALLBACK_SITE;
    }

    /** Takes the body, which is about to be called, so that this object no longer references it. */
    private @Nullable Object takeBody() {
        Object body = content;
        content = null;
        return body;
    }

    private void threw(Throwable failure) {
        content = failure;
        failed = true;
    }

    /** Returns what the body threw, if it did. */
    Throwable failure() {
        return (Throwable) Objects.requireNonNull(content);
    }

    /** Returns what the body returned, if it did. */
    @SuppressWarnings({"unchecked", "NullAway"}) // the body returned it, and may return null
    T value() {
        return (T) content;
    }

    /** Returns the outcome; throws {@link IllegalStateException} if it has not ended. Any thread. */
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

    /** The body has finished, or was skipped. */
    private void end() {
        if (!failed) {
            end(State.RETURNED);
        } else {
            end(isEndedByCancellation(failure()) ? State.CANCELLED : State.FAILED);
        }
    }

    /** Ends a greenlet that has not finished and never will. */
    private void endCancelled(Cancelled why) {
        threw(why);
        end(State.CANCELLED);
    }

    private void end(State how) {
        stopInterrupting();
        if (failed) {
            content = explained(failure(), how);
            Failures.addSpawnSite(failure(), name(), spawnSite);
        }
        setState(how);
        killHasLanded();
        boolean joinersHeard = tellJoiners();
        boolean heard = tellScope() || joinersHeard;
        loop.owner.ended(this, how == State.FAILED && !heard ? failure() : null);
    }

    /** Tells the joiners; returns whether one of them counts as having observed a failure. */
    private boolean tellJoiners() {
        Object waiting = joiners;
        joiners = null;
        return waiting != null && Joiners.tellAll(waiting, this);
    }

    /** Tells the scope it was spawned into, if any; returns whether that handles a failure. */
    private boolean tellScope() {
        CancelScope home = home();
        return home != null && home.childEnded(this);
    }

    /** Ends a greenlet that the closing loop has given up on. */
    public void abandon() {
        endCancelled(new Cancelled("loop " + loop.name() + " was closed before greenlet " + name() + " ended", null));
    }

    @Override
    public void subscribe(Waiter<? super T> waiter) {
        if (state.isDone()) {
            if (failed && !(waiter instanceof EndCallback<?>)) {
                loop.onLoop(() -> loop.owner.heard(this));
            }
            complete(waiter);
        } else {
            joiners = Joiners.with(joiners, waiter);
        }
    }

    /** Completes {@code joiner} with the outcome. */
    void complete(Waiter<? super T> joiner) {
        if (failed) {
            joiner.fail(failure());
        } else {
            joiner.succeed(value());
        }
    }

    @Override
    public boolean unsubscribe(Waiter<? super T> waiter) {
        joiners = Joiners.without(joiners, waiter);
        return true;
    }

    /** Subscribes {@code link} to the end; completes it at once if it has ended already. Any thread. */
    void tellAtEnd(Waiter<? super T> link) {
        if (isDone()) {
            subscribe(link);
        } else {
            loop.onLoop(() -> subscribe(link));
        }
    }

    /** Must be called on the loop's thread, before the start, or after the end. */
    public void completeAtEnd(CompletableFuture<T> future) {
        subscribe(new FutureCompletion<>(future));
    }

    @Override
    public CompletableFuture<T> toFuture() {
        return Joining.future(this);
    }

    /**
     * Suspends the greenlet until {@code target} completes. Every Weft wait of every greenlet goes through here.
     *
     * @throws Cancelled if the greenlet was killed or its thread interrupted
     * @throws DeadlineExceeded if {@code timeout} has elapsed
     */
    @SuppressWarnings({"unchecked", "NullAway"}) // the target's own type of value, which may be null
    public <V extends @Nullable Object> V await(Awaitable<V> target, @Nullable Duration timeout, YieldMode mode) {
        requireNotCancelled(target);
        return (V) suspend(reachable(target), timeout, mode);
    }

    /** As above, for an explicit wait. Does not delegate, as each frame here is in every parked stack. */
    @SuppressWarnings({"unchecked", "NullAway"}) // as above
    public <V extends @Nullable Object> V await(Awaitable<V> target, @Nullable Duration timeout) {
        requireNotCancelled(target);
        return (V) suspend(reachable(target), timeout);
    }

    /** Moves to the end of the run queue. */
    public void yieldNow() {
        requireNotCancelled("yieldNow");
        requireMayYield("yieldNow");
        refillBudget();
        loop.yielded();
        yieldExplicitly();
    }

    private <V extends @Nullable Object> Awaitable<V> reachable(Awaitable<V> target) {
        if (target == this) {
            throw new IllegalStateException(this + " waits for its own end");
        }
        return RemoteEnd.orItself(target, loop);
    }

    /** Returns what to subscribe to in place of {@code target} on the caller's loop; see {@code Suspension.here}. */
    public static <V extends @Nullable Object> Awaitable<V> here(Awaitable<V> target) {
        return target instanceof GreenletTask<?> ? RemoteEnd.orItself(target, EventLoop.current()) : target;
    }

    @Override
    public T join() {
        return Joining.join(this, null);
    }

    @Override
    public T join(Duration timeout) {
        return Joining.join(this, Objects.requireNonNull(timeout, "timeout"));
    }

    @Override
    public boolean killAndJoin(Duration grace) {
        kill("killed");
        return Joining.awaitEnd(this, Objects.requireNonNull(grace, "grace"));
    }

    @Override
    public void kill(String reason) {
        kill(new Cancellation(Objects.requireNonNull(reason, "reason")));
    }

    @Override
    public void kill(String reason, Throwable cause) {
        kill(Cancellation.causedBy(Objects.requireNonNull(cause, "cause"), Objects.requireNonNull(reason, "reason")));
    }

    @Override
    public void killForcibly(String reason) {
        kill(Cancellation.forced(Objects.requireNonNull(reason, "reason")));
    }

    private void kill(Cancellation kill) {
        loop.recorder().killAsked(this, kill.reason());
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
    public void throwInto(Throwable failure) {
        Objects.requireNonNull(failure, "failure");
        loop.onLoop(() -> throwOnLoop(failure));
    }

    private void throwOnLoop(Throwable failure) {
        if (isDone() || (isPending() && abortWith(failure))) {
            return;
        }
        if (content != null && !isAdopted() && cancellation() != null) {
            return; // it ends with what came first
        }
        throwAtNextWait(failure);
        reachOutside();
    }

    @Override
    public void onEnd(Consumer<? super Greenlet<T>> callback) {
        Consumer<? super Greenlet<T>> carried =
                InContext.consumer(loop.carrier, Objects.requireNonNull(callback, "callback"));
        whenEnded(ended -> loop.owner.callback(() -> carried.accept(ended)));
    }

    /**
     * As {@link #onEnd}, for authors of awaitables: {@code event} is called between greenlets, when this one ends. Closing the
     * handle takes it back.
     */
    public Loop.Handle whenEnded(Consumer<? super Greenlet<T>> event) {
        return Joining.whenEnded(this, Objects.requireNonNull(event, "event"));
    }

    @Override
    public String name() {
        return VirtualThreads.nameOf(thread);
    }

    @Override
    public Loop loop() {
        return loop.owner.handle();
    }

    @Override
    public StackTraceElement spawnSite() {
        return spawnSite;
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
    Scheduler scheduler() {
        return loop.scheduler;
    }

    @Override
    @Nullable WaitRules rules() {
        return loop.guard();
    }

    @Override
    LoopRecorder.Span beginKill(String reason) {
        return loop.recorder().kill(this, reason);
    }

    @Override
    void deadlineExceeded(Object target, Duration timeout) {
        loop.recorder().deadlineExceeded(this, target, timeout);
    }

    @Override
    void waitPinned() {
        loop.serveWhilePinned(this);
    }

    @Override
    void interruptSent() {
        loop.owner.interruptSent();
    }

    /** Describes its end as the target of a wait; omits what it waits for itself, as there may be a cycle. */
    public String describeEnd() {
        return "the end of greenlet \"" + name() + "\"";
    }

    @Override
    String describe(Awaitable<?> awaited) {
        return awaited instanceof GreenletTask<?> joined ? joined.describeEnd() : awaited.toString();
    }

    @Override
    public String waitingOn() {
        String target = describeWait();
        return target.isEmpty() && isWaitingOutsideWeft() ? loop.owner.waitingInside(this) : target;
    }

    @Override
    public String toString() {
        String target = waitingOn();
        return "greenlet \"" + name() + "\" (" + state() + (target.isEmpty() ? "" : " on " + target) + ", loop "
                + loop.name() + ", spawned at " + spawnSite + ")";
    }
}
