package dev.weft.offload;

import dev.weft.Cancelled;
import dev.weft.Scope;
import dev.weft.jdk.Frames;
import dev.weft.jdk.ScopedValues;
import dev.weft.kernel.ActionBody;
import dev.weft.kernel.CancelScope;
import dev.weft.kernel.CancellableWait;
import dev.weft.kernel.Cancellation;
import dev.weft.kernel.EventLoop;
import dev.weft.kernel.GreenletTask;
import dev.weft.kernel.InContext;
import dev.weft.kernel.LoopRecorder;
import dev.weft.kernel.TaskScope;
import dev.weft.offload.OffloadTerms.WhenCancelled;
import dev.weft.spi.ContextCarrier;
import dev.weft.spi.Owners;
import dev.weft.spi.Sneaky;
import dev.weft.spi.Waiter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A call that runs on a thread of a pool while a greenlet waits for it. It inherits the greenlet's deadline, cancellation and
 * scoped values (like trio's {@code to_thread.run_sync}).
 *
 * <pre>
 * QUEUED  -> RUNNING      a thread has taken it
 * QUEUED  -> DROPPED      the greenlet was cancelled first; the call never runs
 * RUNNING -> INTERRUPTING -> INTERRUPTED   the greenlet was cancelled, and the terms permit an interrupt
 * RUNNING -> LENDING      its thread waits for a greenlet and runs another call for that one; see CallIntoLoop
 * LENDING -> RUNNING      that call is over
 * LENDING -> OWING -> INTERRUPTED   the greenlet was cancelled meanwhile; the other call must not get the interrupt
 * RUNNING, INTERRUPTED -> OVER
 * </pre>
 *
 * <p>A call may be offered to several threads. The first one that sets {@link #runner} runs it.
 */
final class OffloadedCall<T extends @Nullable Object> implements OwnedCall<T>, Runnable {

    private static final long MEMORY_PAUSE_NANOS = 1_000_000;

    private enum Phase {
        QUEUED,
        DROPPED,
        RUNNING,
        LENDING,
        OWING,
        INTERRUPTING, // for some nanoseconds, during which the thread must not leave the call
        INTERRUPTED,
        OVER
    }

    private final OffloadPool pool;
    private final GreenletTask<?> owner;
    private final Callable<T> body;
    private final OffloadTerms terms;
    private final @Nullable Object scopedValues = ScopedValues.capture();
    private final long deadlineNanos;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.QUEUED);

    private final AtomicReference<@Nullable Thread> runner = new AtomicReference<>();
    private final News news = new News(); // allocated in advance, as there may be no memory when it is needed
    private @Nullable T value; // published, with failure, by the loop's inbox
    private @Nullable Throwable failure;
    private volatile boolean unwanted; // the greenlet was cancelled
    private LoopRecorder.Span recorded = LoopRecorder.Span.NONE; // in the queue, then on its thread
    volatile @Nullable GreenletTask<?> called; // by loop.call: the thread waits for it

    private @Nullable Waiter<? super T> waiter; // this and the following: loop's thread only
    private boolean permitTaken;
    private boolean isWaitedFor;
    private boolean hasReturned;
    private boolean hasLeft; // the greenlet has stopped waiting before the call returned
    private @Nullable TaskScope scopeOnLoop; // for the greenlets that the call runs on the loop
    private @Nullable CallIntoLoop<?> callBack; // the last one of them

    private OffloadedCall(OffloadPool pool, GreenletTask<?> owner, Callable<T> body, OffloadTerms terms) {
        this.pool = pool;
        this.owner = owner;
        this.body = InContext.callable(owner.loop.carrier, body);
        this.terms = terms;
        this.deadlineNanos = CancelScope.effectiveDeadline(owner.scope());
    }

    /** Runs {@code body} on {@code pool} and waits for it in the calling greenlet. */
    static <T extends @Nullable Object> T call(OffloadPool pool, Callable<T> body, OffloadTerms terms) {
        GreenletTask<?> self = GreenletTask.current();
        OffloadedCall<T> call = new OffloadedCall<>(pool, self, body, terms);
        call.takePermit();
        try {
            self.requireNotCancelled(call);
            self.requireMayYield(call);
            call.submit();
            return call.awaitReturn();
        } catch (Throwable t) {
            throw Sneaky.rethrow(call.explained(t));
        } finally {
            call.leaveScope();
            call.returnUnusedPermit();
        }
    }

    /** Submits the call. Not part of subscribe, which must not wait, as it may park on a lock of the pool. */
    private void submit() {
        recorded = owner.loop.recorder().queued(owner, body, pool.name());
        byte before = owner.beginExplicitYields();
        try {
            pool.execute(this);
        } finally {
            owner.endExplicitYields(before);
        }
        if (pool.hasQueue()) {
            offer();
        }
    }

    /** Offers the call to threads of this pool that cannot proceed before it: they wait for greenlets whose scopes it is in. */
    private void offer() {
        CancellableWait inside = owner;
        for (CancelScope scope = owner.scope(); scope != null; scope = scope.parent) {
            if (scope instanceof TaskScope home) {
                if (home.openedFor instanceof OffloadedCall<?> outer && outer.pool == pool && outer.callBack != null) {
                    outer.callBack.offer(this, inside);
                }
            }
            inside = scope.owner;
        }
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // the call's own type of value, which may be null
    private T awaitReturn() {
        try {
            return owner.await(this, null);
        } catch (Throwable t) {
            if (isWaitedFor || giveUp()) {
                throw t;
            }
            return (T) owner.suspend(this, null); // cancelled before the wait could begin
        }
    }

    private void takePermit() {
        OffloadLimit limit = terms.limit();
        if (limit != null) {
            limit.acquire(this);
            permitTaken = true;
        }
    }

    /** Returns the permit of a call that never ran. If it did run, its thread returns the permit. */
    private void returnUnusedPermit() {
        Phase now = phase.get();
        if (permitTaken && (now == Phase.QUEUED || now == Phase.DROPPED)) {
            phase.set(Phase.DROPPED);
            returnPermit();
        }
    }

    private void returnPermit() {
        OffloadLimit limit = terms.limit();
        if (limit != null) {
            limit.release(this);
        }
    }

    /** Returns what to throw for a call that failed with {@code thrown}: the cancellation, if that has interrupted it. */
    private Throwable explained(Throwable thrown) {
        if (!unwanted || thrown != failure) {
            return thrown;
        }
        try {
            owner.requireNotCancelled(this);
        } catch (Throwable cancelled) {
            cancelled.addSuppressed(thrown);
            return cancelled;
        }
        return new Cancelled("interrupted while waiting for " + this, thrown);
    }

    @Override
    public void subscribe(Waiter<? super T> subscriber) {
        isWaitedFor = true;
        if (hasReturned) {
            tell(subscriber);
        } else {
            waiter = subscriber;
            owner.loop.outsideWaitBegins();
        }
    }

    @Override
    public boolean unsubscribe(Waiter<? super T> subscriber) {
        boolean over = giveUp();
        if (over) {
            forgetWaiter();
        }
        return over;
    }

    /** The greenlet was cancelled. Returns whether it may leave; else it has to wait until the call has returned. */
    private boolean giveUp() {
        unwanted = true;
        if (phase.compareAndSet(Phase.QUEUED, Phase.DROPPED)) {
            owner.loop.post(pool::dropped); // not called here, as it takes a lock, and this must not park
            return true;
        }
        if (terms.whenCancelled() != WhenCancelled.WAIT) {
            interrupt();
        }
        hasLeft = terms.whenCancelled() == WhenCancelled.INTERRUPT_AND_LEAVE;
        return hasLeft;
    }

    private void forgetWaiter() {
        waiter = null;
        owner.loop.outsideWaitEnds();
    }

    private void interrupt() {
        Thread running = runner.get();
        while (running != null) {
            if (phase.compareAndSet(Phase.RUNNING, Phase.INTERRUPTING)) {
                running.interrupt();
                phase.set(Phase.INTERRUPTED);
                return;
            }
            if (phase.compareAndSet(Phase.LENDING, Phase.OWING) || !canBeInterrupted()) {
                return;
            }
        }
    }

    private boolean canBeInterrupted() {
        Phase now = phase.get();
        return now == Phase.RUNNING || now == Phase.LENDING;
    }

    /** The event that the thread posts to the loop when the call has returned. */
    private final class News implements Runnable {
        @Override
        public void run() {
            if (!hasReturned
                    && EventLoop.currentOrNull() == owner.loop) { // else the loop has ended and abandoned its greenlets
                cameBack();
            }
        }
    }

    private void cameBack() {
        hasReturned = true;
        Waiter<? super T> subscriber = waiter;
        if (subscriber != null) {
            forgetWaiter();
            tell(subscriber);
        }
    }

    @SuppressWarnings("NullAway") // the call's own type of value, which may be null
    private void tell(Waiter<? super T> subscriber) {
        if (failure == null) {
            subscriber.succeed(value);
        } else {
            subscriber.fail(failure);
        }
    }

    @Override
    public GreenletTask<?> owner() {
        return owner;
    }

    /** Returns what carries contexts to the loop. */
    @Nullable ContextCarrier carrier() {
        return owner.loop.carrier;
    }

    /** The holders of its pool's threads, or the greenlet that its thread waits for. */
    @Override
    public Owners owners() {
        Phase now = phase.get();
        if (now == Phase.QUEUED) {
            return Owners.holders(Owners.Kind.OFFLOAD, pool, pool.holders());
        }
        GreenletTask<?> next = null;
        if (now == Phase.RUNNING || now == Phase.LENDING) {
            CallIntoLoop<?> last = callBack;
            next = last != null && last.isAwaited() ? last.greenlet() : called;
        }
        return next == null
                ? Owners.outside(Owners.Kind.OFFLOAD, this)
                : Owners.all(Owners.Kind.OFFLOAD, this, List.of(next));
    }

    /** Returns whether its place in the queue is void, as it was dropped or another thread has it. Any thread. */
    boolean isTaken() {
        return runner.get() != null || phase.get() == Phase.DROPPED;
    }

    @Override
    public void run() {
        if (take()) {
            runTaken();
        }
    }

    /** Returns whether the calling thread is the one to run it. */
    private boolean take() {
        return runner.compareAndSet(null, Thread.currentThread()) && phase.compareAndSet(Phase.QUEUED, Phase.RUNNING);
    }

    private void runTaken() {
        OffloadThread thread = (OffloadThread) Thread.currentThread();
        OffloadedCall<?> outer = thread.call;
        recorded.finish();
        recorded = owner.loop.recorder().running(owner, body, pool.name());
        try {
            thread.call = this;
            value = ScopedValues.callWith(scopedValues, body);
        } catch (Throwable t) {
            failure = t;
        }
        thread.call = outer;
        recorded.finish();
        endInterrupts();
        try {
            returnPermit();
        } catch (Throwable t) {
            // The permit is released; only waking its next waiter has run out of memory. The greenlet must still be
            // told.
        }
        tellGreenlet();
    }

    /** Posts the event, again if memory has run out for a moment, as the greenlet would otherwise wait for ever. */
    private void tellGreenlet() {
        boolean interrupted = false;
        boolean told = false;
        while (!told) {
            try {
                owner.loop.post(news);
                told = true;
            } catch (OutOfMemoryError e) {
                interrupted |= Thread.interrupted(); // would end the pause at once
                LockSupport.parkNanos(this, MEMORY_PAUSE_NANOS);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Runs {@code inner} on this call's waiting thread, unless another thread has taken it. */
    void lendThread(OffloadedCall<?> inner) {
        if (!phase.compareAndSet(Phase.RUNNING, Phase.LENDING)) {
            return; // it is being interrupted, which ends its wait
        }
        if (inner.take()) {
            inner.runTaken();
            pool.dropped(); // its place in the queue is void
        }
        if (!phase.compareAndSet(Phase.LENDING, Phase.RUNNING)) {
            phase.set(Phase.INTERRUPTED);
            Thread.currentThread().interrupt();
        } else if (pool.isClosed()) {
            Thread.currentThread().interrupt(); // the pool's interrupt may have ended up in the inner call
        }
    }

    /** Ends the time in which the thread can be interrupted, and clears its interrupt. */
    private void endInterrupts() {
        while (!phase.compareAndSet(Phase.RUNNING, Phase.OVER)) {
            if (phase.compareAndSet(Phase.INTERRUPTED, Phase.OVER)) {
                break;
            }
            Thread.onSpinWait();
        }
        Thread.interrupted();
    }

    /** Throws if the greenlet that waits for this call was cancelled. */
    void requireWanted() {
        if (unwanted) {
            throw new Cancelled("greenlet " + owner.name() + ", which this runs for, was cancelled", null);
        }
    }

    /** Returns how long the greenlet may still wait; empty if without limit. */
    Optional<Duration> remaining() {
        if (unwanted) {
            return Optional.of(Duration.ZERO);
        }
        return deadlineNanos == CancelScope.NEVER
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(owner.loop.scheduler.nanosUntil(deadlineNanos)));
    }

    /** Runs {@code inner} as a greenlet, subject to the cancellation of the waiting one, and blocks for its result. */
    <V extends @Nullable Object> V runOnLoop(Callable<V> inner) {
        requireWanted();
        CallIntoLoop<V> wanted = new CallIntoLoop<>(this, inner);
        owner.loop.post(wanted);
        return wanted.await();
    }

    /** Spawns a greenlet for {@code body}, whose end {@code next} will observe. Loop's thread. */
    <V extends @Nullable Object> GreenletTask<V> spawn(CallIntoLoop<V> next, Callable<V> body) {
        if (hasLeft) {
            throw new Cancelled("greenlet " + owner.name() + ", which this runs for, has stopped waiting for it", null);
        }
        TaskScope scope = scopeOnLoop;
        if (scope == null) {
            scope = new TaskScope(owner, Scope.Policy.COLLECT);
            scope.openedFor = this;
            scopeOnLoop = scope;
            owner.enter(scope); // the owner is suspended in its wait for this call
        }
        callBack = next;
        return (GreenletTask<V>) scope.spawn(body);
    }

    private void leaveScope() {
        TaskScope scope = scopeOnLoop;
        if (scope != null) {
            scope.cancel(new Cancellation("the off-loaded call that it ran for was abandoned"));
            scope.awaitChildren();
            owner.leave(scope);
        }
    }

    /** Weft's own calls tell what they do. A user's toString is not called, as observers on other threads ask for this. */
    @Override
    public String toString() {
        Class<?> type = ActionBody.written(body);
        boolean tells = !type.isHidden() && type.getName().startsWith("dev.weft.");
        return "off-loaded " + (tells ? body : Frames.nameOf(type));
    }
}
