package dev.weft.kernel;

import dev.weft.Loop;
import dev.weft.jdk.VirtualThreads;
import dev.weft.scheduler.Host;
import dev.weft.scheduler.Scheduler;
import dev.weft.scheduler.TurnRecorder;
import dev.weft.spi.ContextCarrier;
import dev.weft.spi.LoopListener;
import dev.weft.spi.Measured;
import dev.weft.spi.Owners;
import dev.weft.spi.RuntimeThread;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's view of a loop: its thread and scheduler, the running greenlet and, through its owner, the few services that
 * greenlets need from the rest of the loop. Unless marked "Any thread", everything belongs to the loop's thread.
 */
public final class EventLoop {
    /** The spawn site of greenlets that call users' code on behalf of the loop; identified by reference. */
    public static final StackTraceElement CALLBACK_SITE = new StackTraceElement("dev.weft.Loop", "callback", null, -1);

    /** Wait rules that are also told when a slice ends. */
    public interface Guard extends WaitRules {
        /** The slice of {@code greenlet} has ended: it waits, has yielded, or has finished. */
        void sliceEnded(GreenletTask<?> greenlet);
    }

    /** The rest of the loop: lifecycle, users' callbacks and diagnostics. */
    public interface Owner extends Host {
        /** Returns whether new greenlets are accepted. Any thread. */
        boolean isOpen();

        /** Returns whether the loop's thread has exited. Any thread. */
        boolean isOver();

        /** An event was posted after the loop's thread had exited, and was run by the thread that posted it. Any thread. */
        void ranLate();

        /** {@code greenlet} was queued for the first time. */
        void arrived(GreenletTask<?> greenlet);

        /** {@code greenlet} has ended; {@code unheard} is its failure if nobody has observed it. */
        void ended(GreenletTask<?> greenlet, @Nullable Throwable unheard);

        /** The failure of {@code greenlet} was observed after its end. */
        void heard(GreenletTask<?> greenlet);

        /** Schedules a call of users' code, outside the current slice. */
        void callback(Runnable callback);

        /** A virtual thread that was started inside a greenlet, and inherited its scheduler, can run. Any thread. */
        void startedThreadCanRun(Runnable continuation);

        /** The thread of {@code continuation}, which was adopted as a greenlet, has ended. */
        void adoptedThreadEnded(Runnable continuation);

        /** Returns where the caller spawns a body that was written as {@code bodyClass}. Any thread. */
        StackTraceElement spawnSite(Class<?> bodyClass);

        /** {@code greenlet} waits with its stack pinned and blocks the loop's thread. */
        void pinned(GreenletTask<?> greenlet);

        /** An interrupt was sent to a greenlet of this loop. */
        void interruptSent();

        /**
         * {@code greenlet} begins to wait inside code that is unaware of Weft, and {@code owners} tells who could end the wait;
         * null: it has stopped waiting.
         */
        void waitsInside(GreenletTask<?> greenlet, @Nullable Supplier<Owners> owners);

        /** Returns who could end the wait that {@code greenlet} is in inside code that is unaware of Weft. Any thread. */
        Owners ownersInside(GreenletTask<?> greenlet);

        /** {@code resource} of this loop has grown unusually large. */
        void hasGrown(Measured resource);

        /** Calls the listener with {@code event}, in the next turn. */
        void tellListener(Consumer<LoopListener> event);

        /** Calls the listener with {@code event} while the loop is held up, on the listener's own thread. Any thread. */
        void tellListenerWhileHeld(Consumer<LoopListener> event);

        /** Describes what {@code greenlet} waits for inside code that is unaware of Weft. Any thread. */
        String waitingInside(GreenletTask<?> greenlet);

        /** Returns the public handle of the loop. Any thread. */
        Loop handle();

        /** Returns the kernel's view of the loop. Any thread. */
        EventLoop eventLoop();
    }

    /** The platform thread of a loop. Its class identifies the loop that the caller is on. */
    private static final class Carrier extends RuntimeThread {
        private final EventLoop loop;

        Carrier(EventLoop loop, String name, Runnable body, long stackSize) {
            super(name, body, stackSize);
            this.loop = loop;
            setDaemon(false);
        }
    }

    public final Owner owner;
    public final Scheduler scheduler;

    /** Carries contexts to what is started on this loop; null if the group does not ask for it. Any thread. */
    public final @Nullable ContextCarrier carrier;

    private final Thread thread;

    private @Nullable GreenletTask<?> running;
    private @Nullable Guard guard; // the innermost atomic region of the running greenlet, else standingGuard
    private @Nullable Guard standingGuard;
    private int awaitedFromOutside;
    private long pinned;
    private long yields;
    private volatile LoopRecorder recorder = LoopRecorder.NONE;
    private long discounted; // slices of greenlets that only call listeners
    private @Nullable Set<Runnable> closeHooks = new LinkedHashSet<>(); // null once they have run

    /** Creates a loop whose thread, not yet started, runs {@code body}. */
    public EventLoop(
            Owner owner,
            String name,
            Runnable body,
            long stackSize,
            Scheduler scheduler,
            @Nullable ContextCarrier carrier) {
        this.owner = owner;
        this.carrier = carrier;
        thread = new Carrier(this, name, body, stackSize);
        this.scheduler = scheduler;
    }

    /** Returns the loop on whose thread the caller is; null elsewhere. */
    public static @Nullable EventLoop currentOrNull() {
        return of(VirtualThreads.carrier());
    }

    /** Returns the loop on whose thread the caller is; throws elsewhere. */
    public static EventLoop current() {
        EventLoop loop = currentOrNull();
        if (loop == null) {
            throw new IllegalStateException("this must be called by a greenlet, but " + Thread.currentThread()
                    + " is not one; start one with Weft.run(() -> ...) or loop.spawn(() -> ...)");
        }
        return loop;
    }

    /** Returns the kernel's view of {@code loop}. */
    public static EventLoop of(Loop loop) {
        return ((Owner) loop).eventLoop();
    }

    /** Returns the loop whose thread {@code platform} is; null if it is not a loop's. */
    public static @Nullable EventLoop of(Thread platform) {
        return platform instanceof Carrier carrier ? carrier.loop : null;
    }

    /** Returns the calling greenlet; null outside greenlets, and if the JVM does not support them. */
    public static @Nullable GreenletTask<?> callerOrNull() {
        EventLoop loop = VirtualThreads.areOpen() ? currentOrNull() : null;
        return loop == null ? null : loop.running;
    }

    /** The loop's thread. Any thread. */
    public Thread thread() {
        return thread;
    }

    /** Returns the name of the loop and of its thread. Any thread. */
    public String name() {
        return thread.getName();
    }

    @Override
    public String toString() {
        return name();
    }

    /** Runs {@code operation} on the loop's thread, immediately if that is the caller's. Any thread. */
    public void onLoop(Runnable operation) {
        if (currentOrNull() == this) {
            operation.run();
        } else {
            post(operation);
        }
    }

    /**
     * As {@link #onLoop}; but if the loop's thread has exited, {@code ifOver} runs instead, on the caller's thread or on that of
     * another late caller. One of the two runs, once. Any thread.
     */
    public void tell(Runnable news, Runnable ifOver) {
        if (currentOrNull() == this) {
            news.run();
        } else if (owner.isOver()) {
            ifOver.run();
        } else {
            post(new News(this, news, ifOver));
        }
    }

    /** What {@link #tell} posts. Reports name it by the class of {@code news}. */
    private record News(EventLoop loop, Runnable news, Runnable ifOver) implements Runnable, WrittenElsewhere {
        @Override
        public void run() {
            // If the thread has just exited, this is on the posting thread.
            (currentOrNull() == loop ? news : ifOver).run();
        }

        @Override
        public Object written() {
            return news;
        }
    }

    /**
     * Runs {@code event} on the loop's thread, between greenlets. It must be short, and must not wait or call users' code. Any
     * thread.
     */
    public void post(Runnable event) {
        scheduler.post(event);
        if (owner.isOver()) {
            owner.ranLate();
        }
    }

    /** As {@link #post}, but throws if the loop's thread has exited. */
    public void postEvent(Runnable event) {
        Objects.requireNonNull(event, "event");
        if (owner.isOver()) {
            throw new RejectedExecutionException("loop " + name() + " is closed");
        }
        post(event);
    }

    /** Throws {@link IllegalStateException} unless the caller is on this loop, which owns {@code resource}. */
    public void requireCaller(Object resource) {
        if (currentOrNull() != this) {
            throw new IllegalStateException(resource + " belongs to loop " + name() + " and was used from "
                    + Thread.currentThread() + "; hand the work over with loop.spawn or loop.execute");
        }
    }

    /** Creates a greenlet, not yet started, for {@code body}, which was written as {@code bodyClass}. Any thread. */
    public <T extends @Nullable Object> GreenletTask<T> create(@Nullable String name, Object body, Class<?> bodyClass) {
        Object carried = carrier == null ? body : InContext.body(carrier, body);
        return GreenletTask.create(this, name, carried, owner.spawnSite(bodyClass));
    }

    /** Queues {@code greenlet}, which is runnable. */
    void ready(GreenletTask<?> greenlet) {
        boolean isNew = greenlet.isNew();
        if (owner.isOver()) {
            if (isNew) {
                greenlet.abandon(); // spawned while the loop's thread was exiting
            }
            return;
        }
        scheduler.ready(greenlet);
        greenlet.markReady();
        if (isNew) {
            owner.arrived(greenlet);
        }
    }

    /** Runs {@code continuation} of {@code greenlet} until it waits or ends. */
    void run(GreenletTask<?> greenlet, Runnable continuation) {
        running = greenlet;
        try {
            continuation.run();
        } finally {
            running = null;
            if (guard != null) {
                guard.sliceEnded(greenlet);
                guard = standingGuard;
            }
        }
    }

    /** Serves the loop from within a greenlet that waits with its stack pinned, and so blocks the loop's thread. */
    void serveWhilePinned(GreenletTask<?> greenlet) {
        pinned++;
        owner.pinned(greenlet);
        LoopRecorder.Span span = recorder.pinned(greenlet);
        scheduler.serveWhile(greenlet::isPending);
        span.finish();
    }

    /** Records with {@code turns} and {@code events} from the next turn on. Any thread. */
    public void record(TurnRecorder turns, LoopRecorder events) {
        recorder = events;
        post(() -> scheduler.record(turns));
    }

    /** Returns what records the loop's events. Any thread. */
    public LoopRecorder recorder() {
        return recorder;
    }

    /** Returns the greenlet whose slice is running. Any thread; a snapshot. */
    public @Nullable GreenletTask<?> running() {
        return running;
    }

    /** Sets the guard, if any, for all slices. Must be called before the first one. */
    public void guardAlways(@Nullable Guard standing) {
        standingGuard = standing;
        guard = standing;
    }

    /** Sets the guard for the rest of this slice; null restores the one for all slices. */
    void guard(@Nullable Guard present) {
        guard = present == null ? standingGuard : present;
    }

    /** Returns the guard of the current slice; null if there is none. */
    @Nullable Guard guard() {
        return guard;
    }

    /**
     * Makes {@code hook} run once, when the loop begins to close. It must be short and must not wait. Returns false if that has
     * begun; then the hook never runs.
     */
    public boolean addCloseHook(Runnable hook) {
        return closeHooks != null && closeHooks.add(hook);
    }

    public void removeCloseHook(Runnable hook) {
        if (closeHooks != null) {
            closeHooks.remove(hook);
        }
    }

    /** Returns whether anything is to be run when the loop begins to close. */
    public boolean hasCloseHooks() {
        return closeHooks != null && !closeHooks.isEmpty();
    }

    /** Runs the hooks, unless they have run. */
    public void runCloseHooks() {
        Set<Runnable> due = closeHooks;
        closeHooks = null;
        if (due == null) {
            return;
        }
        for (Runnable hook : due) {
            try {
                hook.run();
            } catch (Throwable t) {
                owner.failed("a close hook", t);
            }
        }
    }

    /** Counts a wait that another thread will end. */
    public void outsideWaitBegins() {
        awaitedFromOutside++;
    }

    public void outsideWaitEnds() {
        awaitedFromOutside--;
    }

    /** Returns whether another thread is to end one of the loop's waits. */
    public boolean isAwaitedFromOutside() {
        return awaitedFromOutside > 0;
    }

    /** Counts a slice that ends only to let others run. */
    void yielded() {
        yields++;
    }

    /** Returns how many slices have ended with {@code Weft.yieldNow}. Any thread; a snapshot. */
    public long yields() {
        return yields;
    }

    /** Excludes the current slice, which only calls listeners, from {@link #slicesOfUsers}. */
    public void discountSlice() {
        discounted++;
    }

    /** Returns the number of slices begun, not counting those that only call listeners. */
    public long slicesOfUsers() {
        return scheduler.slices() - discounted;
    }

    /** Returns how often a greenlet has waited with its stack pinned. */
    public long pinned() {
        return pinned;
    }
}
