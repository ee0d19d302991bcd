package dev.weft.offload;

import dev.weft.Cancelled;
import dev.weft.Scope;
import dev.weft.jdk.ScopedValues;
import dev.weft.kernel.CancelScope;
import dev.weft.kernel.CancellableWait;
import dev.weft.kernel.Cancellation;
import dev.weft.kernel.Dependent;
import dev.weft.kernel.EventLoop;
import dev.weft.kernel.GreenletTask;
import dev.weft.kernel.TaskScope;
import dev.weft.offload.OffloadTerms.WhenCancelled;
import dev.weft.spi.Sneaky;
import dev.weft.spi.Waiter;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A call that runs on a thread of a pool while a greenlet waits for it. The greenlet's deadline, cancellation and scoped
 * values go along (as in trio's {@code to_thread.run_sync}).
 *
 * <pre>
 * QUEUED  -> RUNNING      a thread has taken it
 * QUEUED  -> DROPPED      the greenlet was cancelled first; it never runs
 * RUNNING -> INTERRUPTING -> INTERRUPTED   the greenlet was cancelled, and its terms do not forbid it
 * RUNNING -> LENDING      its thread waits for a greenlet, and runs a call for that one; see CallIntoLoop
 * LENDING -> RUNNING      that call is over
 * LENDING -> OWING -> INTERRUPTED   the greenlet was cancelled meanwhile; the other call must not get that interrupt
 * RUNNING, INTERRUPTED -> OVER
 * </pre>
 *
 * <p>Several threads may be offered a call. The first of them that sets {@link #runner} has it.
 */
final class OffloadedCall<T extends @Nullable Object> implements OwnedCall<T>, Dependent, Runnable {

    private static final long MEMORY_PAUSE_NANOS = 1_000_000;

    private enum Phase {
        QUEUED,
        DROPPED,
        RUNNING,
        LENDING,
        OWING,
        INTERRUPTING, // for some nanoseconds, in which the thread must not leave the call
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
    private final News news = new News(); // made here, as there may be no memory when it is wanted
    private @Nullable T value; // these two are published by the loop's inbox
    private @Nullable Throwable failure;
    private volatile boolean unwanted; // the greenlet was cancelled
    volatile @Nullable GreenletTask<?> called; // by loop.call: the thread waits for it

    private @Nullable Waiter<? super T> waiter; // loop's thread, as all below
    private boolean permitTaken;
    private boolean isWaitedFor;
    private boolean hasReturned;
    private boolean hasLeft; // the greenlet, before the call came back
    private @Nullable TaskScope scopeOnLoop; // for what the call runs on the loop
    private @Nullable CallIntoLoop<?> callBack; // the last of that

    private OffloadedCall(OffloadPool pool, GreenletTask<?> owner, Callable<T> body, OffloadTerms terms) {
        this.pool = pool;
        this.owner = owner;
        this.body = body;
        this.terms = terms;
        this.deadlineNanos = CancelScope.effectiveDeadline(owner.scope());
    }

    /** Runs {@code body} on {@code pool}, and waits for it in the calling greenlet. */
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

    /** Not in subscribe: it may park on a lock of the pool, and a subscription must not wait. */
    private void submit() {
        byte before = owner.announce();
        try {
            pool.execute(this);
        } finally {
            owner.announced(before);
        }
        if (pool.hasQueue()) {
            owner.loop.owner.contended(pool);
            offer();
        }
    }

    /** To the threads of this pool that wait for greenlets in whose scopes the caller is: they cannot go on before it has ended. */
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

    @SuppressWarnings({"unchecked", "NullAway"}) // the call's own kind of value, which may be null
    private T awaitReturn() {
        try {
            return owner.await(this, null);
        } catch (Throwable t) {
            if (isWaitedFor || giveUp()) {
                throw t;
            }
            return (T) owner.suspend(this, null); // it was cancelled before the wait could begin
        }
    }

    private void takePermit() {
        OffloadLimit limit = terms.limit();
        if (limit != null) {
            limit.acquire(this);
            permitTaken = true;
        }
    }

    /** The call never ran. If it did, its thread gives the permit back. */
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

    /** What is to be thrown for a call that has failed by {@code thrown}: the cancellation, if that has interrupted it. */
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

    /** The greenlet was cancelled. Returns whether it may leave, or has to wait until the call has come back. */
    private boolean giveUp() {
        unwanted = true;
        if (phase.compareAndSet(Phase.QUEUED, Phase.DROPPED)) {
            owner.loop.post(pool::dropped); // not here: it takes a lock, and this must not park
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

    /** What the thread puts into the inbox when it is done. */
    private final class News implements Runnable {
        @Override
        public void run() {
            if (!hasReturned
                    && EventLoop.currentOrNull() == owner.loop) { // or it has left, and its greenlets were given up
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

    @SuppressWarnings("NullAway") // the call's own kind of value, which may be null
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

    /** Its pool, or the greenlet for which its thread waits. */
    @Override
    public Collection<?> dependsOn() {
        Phase now = phase.get();
        Object next = now == Phase.QUEUED ? pool : null;
        if (now == Phase.RUNNING || now == Phase.LENDING) {
            CallIntoLoop<?> last = callBack;
            next = last != null && last.isAwaited() ? last.greenlet() : called;
        }
        return next == null ? List.of() : List.of(next);
    }

    @Override
    public String via() {
        return "its off-loaded call, which waits for ";
    }

    /** Any thread: whether its place in the queue is for nothing, as it was dropped or another thread has it. */
    boolean isTaken() {
        return runner.get() != null || phase.get() == Phase.DROPPED;
    }

    @Override
    public void run() {
        if (take()) {
            runTaken();
        }
    }

    /** Whether the calling thread is the one to run it. */
    private boolean take() {
        return runner.compareAndSet(null, Thread.currentThread()) && phase.compareAndSet(Phase.QUEUED, Phase.RUNNING);
    }

    private void runTaken() {
        OffloadThread thread = (OffloadThread) Thread.currentThread();
        OffloadedCall<?> outer = thread.call;
        try {
            thread.call = this;
            value = ScopedValues.callWith(scopedValues, body);
        } catch (Throwable t) {
            failure = t;
        }
        thread.call = outer;
        endInterrupts();
        try {
            returnPermit();
        } catch (Throwable t) {
            // It is back. What there was no memory for is to wake who waits for it, and the greenlet must hear all the
            // same.
        }
        tellGreenlet();
    }

    /** Memory may be out for a moment, and the greenlet would wait for ever. */
    private void tellGreenlet() {
        boolean interrupted = false;
        boolean told = false;
        while (!told) {
            try {
                owner.loop.post(news);
                told = true;
            } catch (OutOfMemoryError e) {
                interrupted |= Thread.interrupted(); // it would end the pause at once
                LockSupport.parkNanos(this, MEMORY_PAUSE_NANOS);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The thread of this call, which waits, runs {@code inner} meanwhile, unless another thread was faster. */
    void lendThread(OffloadedCall<?> inner) {
        if (!phase.compareAndSet(Phase.RUNNING, Phase.LENDING)) {
            return; // it is being interrupted, and will not wait any longer
        }
        if (inner.take()) {
            inner.runTaken();
            pool.dropped(); // its place in the queue
        }
        if (!phase.compareAndSet(Phase.LENDING, Phase.RUNNING)) {
            phase.set(Phase.INTERRUPTED);
            Thread.currentThread().interrupt();
        } else if (pool.isClosed()) {
            Thread.currentThread().interrupt(); // the pool's own may have ended up in the inner call
        }
    }

    /** From here on the thread is not interrupted any more, and forgets that it was. */
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
            throw new Cancelled("greenlet " + owner.name() + ", for which this runs, was cancelled", null);
        }
    }

    /** How long the greenlet may still wait; empty: without limit. */
    Optional<Duration> remaining() {
        if (unwanted) {
            return Optional.of(Duration.ZERO);
        }
        return deadlineNanos == CancelScope.NEVER
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(owner.loop.scheduler.nanosUntil(deadlineNanos)));
    }

    /** Runs {@code inner} as a greenlet, inside the cancellation of the one that waits, and blocks for its result. */
    <V extends @Nullable Object> V runOnLoop(Callable<V> inner) {
        requireWanted();
        CallIntoLoop<V> wanted = new CallIntoLoop<>(this, inner);
        owner.loop.post(wanted);
        return wanted.await();
    }

    /** Loop's thread: a greenlet for {@code body}, which {@code next} is to hear the end of. */
    <V extends @Nullable Object> GreenletTask<V> spawn(CallIntoLoop<V> next, Callable<V> body) {
        if (hasLeft) {
            throw new Cancelled("greenlet " + owner.name() + ", for which this runs, has left", null);
        }
        TaskScope scope = scopeOnLoop;
        if (scope == null) {
            scope = new TaskScope(owner, Scope.Policy.COLLECT);
            scope.openedFor = this;
            scopeOnLoop = scope;
            owner.enter(scope); // it stands still in its wait for this call
        }
        callBack = next;
        return (GreenletTask<V>) scope.spawn(body);
    }

    private void leaveScope() {
        TaskScope scope = scopeOnLoop;
        if (scope != null) {
            scope.cancel(new Cancellation("the off-loaded call for which it ran was given up"));
            scope.awaitChildren();
            owner.leave(scope);
        }
    }

    @Override
    public String toString() {
        return "off-loaded " + body;
    }
}
