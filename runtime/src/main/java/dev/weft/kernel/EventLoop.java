package dev.weft.kernel;

import dev.weft.Loop;
import dev.weft.jdk.VirtualThreads;
import dev.weft.scheduler.Host;
import dev.weft.scheduler.Scheduler;
import dev.weft.spi.Contended;
import dev.weft.spi.LoopListener;
import dev.weft.spi.RuntimeThread;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A loop as its greenlets know it: its thread and scheduler, the greenlet that is running, and, through its owner, the few
 * things that greenlets want of the rest of the loop. What is not marked as being for any thread belongs to the loop's.
 */
public final class EventLoop {
    /** Where greenlets are spawned that call users' code on behalf of the loop; only theirs is this very object. */
    public static final StackTraceElement CALLBACK_SITE = new StackTraceElement("dev.weft.Loop", "callback", null, -1);

    /** Rules that also look at each slice that ends. */
    public interface Guard extends WaitRules {
        /** The slice of {@code greenlet} has ended: it waits, yields, or has run to its end. */
        void sliceEnded(GreenletTask<?> greenlet);
    }

    /** What the loop is made of besides: its life, its users' code, and who looks on. */
    public interface Owner extends Host {
        /** Any thread: whether new greenlets may come in. */
        boolean isOpen();

        /** Any thread: whether the loop's thread has left. */
        boolean isOver();

        /** Any thread: an event was put into the inbox of a loop that has left, and was run. */
        void ranLate();

        /** {@code greenlet} was queued for the first time. */
        void arrived(GreenletTask<?> greenlet);

        /** {@code greenlet} has ended; {@code unheard}: by a failure that nobody was told. */
        void ended(GreenletTask<?> greenlet, @Nullable Throwable unheard);

        /** Somebody has come to hear of the failure of {@code greenlet} after its end. */
        void heard(GreenletTask<?> greenlet);

        /** Has users' code called, outside of the present slice. */
        void callback(Runnable callback);

        /** Any thread: a virtual thread that was started inside a greenlet, and inherited its scheduler, can run. */
        void startedThreadCanRun(Runnable continuation);

        /** The thread of {@code continuation}, which became a greenlet, has ended. */
        void adoptedThreadEnded(Runnable continuation);

        /** Where the caller spawns a body that was written as {@code bodyClass}. Any thread. */
        StackTraceElement spawnSite(Class<?> bodyClass);

        /** {@code greenlet} waits with its stack pinned, and with it stands the loop's thread. */
        void pinned(GreenletTask<?> greenlet);

        /** An interrupt was sent to a greenlet of this loop. */
        void interruptSent();

        /** Somebody begins to wait for {@code thing}, which others hold. */
        void contended(Contended thing);

        /**
         * {@code greenlet} begins to wait for {@code thing}, which others hold, inside code that knows nothing of Weft; null:
         * it has gone on.
         */
        void contendedInside(GreenletTask<?> greenlet, @Nullable Contended thing);

        /** Has the listener told of {@code event}, with the next turn. */
        void tellListener(Consumer<LoopListener> event);

        /** Any thread: has the listener told of {@code event} while the loop is held up, so not by one of its greenlets. */
        void tellListenerWhileHeld(Consumer<LoopListener> event);

        /** Any thread: what {@code greenlet} waits for that waits inside code which knows nothing of Weft. */
        String waitingInside(GreenletTask<?> greenlet);

        /** The loop as its users know it. Any thread. */
        Loop handle();

        /** The loop as its greenlets know it. Any thread. */
        EventLoop eventLoop();
    }

    /** The platform thread of a loop. Its class is how code asks which loop it is on. */
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
    private final Thread thread;

    private @Nullable GreenletTask<?> running;
    private @Nullable Guard guard; // the innermost atomic region of the running greenlet, or else standingGuard
    private @Nullable Guard standingGuard;
    private int awaitedFromOutside;
    private long pinned;
    private long discounted; // slices of greenlets that only tell users of what happened

    /** A loop whose thread, not yet started, runs {@code body}. */
    public EventLoop(Owner owner, String name, Runnable body, long stackSize, Scheduler scheduler) {
        this.owner = owner;
        thread = new Carrier(this, name, body, stackSize);
        this.scheduler = scheduler;
    }

    /** The loop on whose thread the caller is; null elsewhere. */
    public static @Nullable EventLoop currentOrNull() {
        return of(VirtualThreads.carrier());
    }

    /** The loop on whose thread the caller is. */
    public static EventLoop current() {
        EventLoop loop = currentOrNull();
        if (loop == null) {
            throw new IllegalStateException("this must be called by a greenlet, and " + Thread.currentThread()
                    + " is none; start one with Weft.run(() -> ...) or loop.spawn(() -> ...)");
        }
        return loop;
    }

    /** {@code loop} as its greenlets know it. */
    public static EventLoop of(Loop loop) {
        return ((Owner) loop).eventLoop();
    }

    /** The loop whose thread {@code platform} is; null if it is none's. */
    public static @Nullable EventLoop of(Thread platform) {
        return platform instanceof Carrier carrier ? carrier.loop : null;
    }

    /** The greenlet that calls; null outside of greenlets, and where the JVM has none. */
    public static @Nullable GreenletTask<?> callerOrNull() {
        EventLoop loop = VirtualThreads.areOpen() ? currentOrNull() : null;
        return loop == null ? null : loop.running;
    }

    /** Any thread. */
    public Thread thread() {
        return thread;
    }

    /** Its name, and that of its thread. Any thread. */
    public String name() {
        return thread.getName();
    }

    @Override
    public String toString() {
        return name();
    }

    /** Runs {@code operation} on the loop's thread: now, if that is the caller's. Any thread. */
    public void onLoop(Runnable operation) {
        if (currentOrNull() == this) {
            operation.run();
        } else {
            post(operation);
        }
    }

    /**
     * As {@link #onLoop}, for what nobody wants to know any more once the loop has left: then it is dropped. Returns whether
     * the loop was there. Any thread.
     */
    public boolean tell(Runnable news) {
        if (currentOrNull() == this) {
            news.run();
            return true;
        }
        if (owner.isOver()) {
            return false;
        }
        post(() -> {
            if (currentOrNull() == this) { // else it left in this moment, and whoever posted it runs it
                news.run();
            }
        });
        return true;
    }

    /**
     * Runs {@code event} on the loop's thread, between greenlets: it must be short, must not wait, and must call nobody's
     * code. Any thread.
     */
    public void post(Runnable event) {
        scheduler.post(event);
        if (owner.isOver()) {
            owner.ranLate();
        }
    }

    /** As {@link #post}, but refused by a loop that has left. */
    public void postEvent(Runnable event) {
        Objects.requireNonNull(event, "event");
        if (owner.isOver()) {
            throw new RejectedExecutionException("loop " + name() + " is closed");
        }
        post(event);
    }

    /** Throws {@link IllegalStateException} unless the caller is on this loop, to which {@code resource} belongs. */
    public void requireCaller(Object resource) {
        if (currentOrNull() != this) {
            throw new IllegalStateException(resource + " belongs to loop " + name() + " and was used from "
                    + Thread.currentThread() + "; hand the work over with loop.spawn or loop.execute");
        }
    }

    /** A greenlet that has not been started, for {@code body}, which was written as {@code bodyClass}. Any thread. */
    public <T extends @Nullable Object> GreenletTask<T> create(@Nullable String name, Object body, Class<?> bodyClass) {
        return GreenletTask.create(this, name, body, owner.spawnSite(bodyClass));
    }

    /** Queues {@code greenlet}, which can run. */
    void ready(GreenletTask<?> greenlet) {
        boolean isNew = greenlet.isNew();
        if (owner.isOver()) {
            if (isNew) {
                greenlet.abandon(); // it was spawned while the loop left
            }
            return;
        }
        scheduler.ready(greenlet);
        greenlet.markReady();
        if (isNew) {
            owner.arrived(greenlet);
        }
    }

    /** Runs {@code continuation}, of {@code greenlet}, until it waits or ends. */
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

    /** A greenlet that waits with its stack pinned holds the loop's thread, which serves the loop below it meanwhile. */
    void serveWhilePinned(GreenletTask<?> greenlet) {
        pinned++;
        owner.pinned(greenlet);
        scheduler.serveWhile(greenlet::isPending);
    }

    /** The greenlet whose slice it is. Any thread, which sees a snapshot. */
    public @Nullable GreenletTask<?> running() {
        return running;
    }

    /** Has {@code standing}, if any, look at all slices. Before the first of them. */
    public void guardAlways(@Nullable Guard standing) {
        standingGuard = standing;
        guard = standing;
    }

    /** Has {@code present} look at the rest of this slice; null: whoever looks at all of them. */
    void guard(@Nullable Guard present) {
        guard = present == null ? standingGuard : present;
    }

    /** Who looks at the present slice; null if nobody does. */
    @Nullable Guard guard() {
        return guard;
    }

    /** A wait has begun that another thread is to end. */
    public void outsideWaitBegins() {
        awaitedFromOutside++;
    }

    public void outsideWaitEnds() {
        awaitedFromOutside--;
    }

    /** Whether another thread is to end one of its waits. */
    public boolean isAwaitedFromOutside() {
        return awaitedFromOutside > 0;
    }

    /** The present slice is one in which users are told of what happened. */
    public void discountSlice() {
        discounted++;
    }

    /** The slices begun, but for those in which users were told of what happened. */
    public long slicesOfUsers() {
        return scheduler.slices() - discounted;
    }

    /** How often a greenlet has waited with its stack pinned. */
    public long pinned() {
        return pinned;
    }
}
