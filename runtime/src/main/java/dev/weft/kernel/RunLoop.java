package dev.weft.kernel;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.LoopStatistics;
import dev.weft.lowlevel.Clock;
import dev.weft.lowlevel.LoopListener;
import dev.weft.lowlevel.Poller;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The microkernel: a turn drains the inbox, fires the timers that are due, runs a bounded batch of the ready greenlets,
 * and polls. All else is a class at the level of greenlets.
 *
 * <p>A batch is 1024 slices or 10 ms at the most, and less when nothing is ready any more. The clock is read every eighth
 * slice: that bounds the batch in time and gives the longest slice.
 */
public final class RunLoop implements Loop {
    private static final int BATCH = 1024;
    private static final long BATCH_NANOS = 10_000_000;
    private static final int SLICES_PER_LOOK = 8;
    private static final int INBOX_BATCH = 4096;
    private static final int TIMER_BATCH = 4096;

    private final LoopGroup group;
    private final LoopSettings settings;
    private final LoopThread thread;
    private final Clock clock;
    private final Polling polling;
    private final LoopListener listener;
    private final Inbox inbox;
    private final RunQueue ready;
    private final Timers timers;
    private final Adoptions adoptions = new Adoptions(this);
    private final SpawnSites spawnSites = new SpawnSites();
    private final Population population = new Population();
    private final Shutdown shutdown = new Shutdown(this);

    private final Standstill standstill = new Standstill(this, population);

    private @Nullable GreenletTask<?> running;
    private @Nullable AtomicRegion atomic; // the innermost that the running greenlet is in
    private long slices;
    private long spawned;
    private long pinned;
    private long longestSliceNanos;

    private RunLoop(LoopGroup group, int number, LoopSettings settings, Poller poller) {
        this.group = group;
        this.settings = settings;
        clock = settings.clock();
        listener = settings.listener();
        inbox = new Inbox(poller, this::receive);
        ready = new RunQueue(settings.order());
        timers = new Timers(clock.nanos());
        polling = new Polling(this, poller, inbox, timers, clock, standstill);
        thread = new LoopThread(this, settings.name() + "-" + number, settings.stackSize());
    }

    /** Opens a loop and starts its thread. */
    public static RunLoop open(LoopGroup group, int number, LoopSettings settings) {
        VirtualThreads.require();
        RunLoop loop = new RunLoop(group, number, settings, settings.openPoller());
        try {
            loop.thread.start();
        } catch (Throwable t) {
            loop.shutdown.begin();
            loop.shutdown.finish(loop.population, loop.inbox, loop.poller());
            throw t;
        }
        return loop;
    }

    /** The loop on whose thread the caller is; null elsewhere. */
    public static @Nullable RunLoop currentOrNull() {
        return VirtualThreads.carrier() instanceof LoopThread carrier ? carrier.loop : null;
    }

    /** The loop on whose thread the caller is. */
    public static RunLoop require() {
        RunLoop loop = currentOrNull();
        if (loop == null) {
            throw new IllegalStateException("this must be called by a greenlet, and " + Thread.currentThread()
                    + " is none; start one with Weft.run(() -> ...) or loop.spawn(() -> ...)");
        }
        return loop;
    }

    /** The loops whose threads are alive in this JVM. */
    public static List<RunLoop> live() {
        List<RunLoop> live = new ArrayList<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread instanceof LoopThread carrier) {
                live.add(carrier.loop);
            }
        }
        return live;
    }

    // ---- the turn: loop's thread only
    // --------------------------------------------------------------------------------

    void run() {
        try {
            VirtualThreads.startJdkPollers();
        } catch (Throwable t) {
            Reports.error("the JDK's socket pollers could not be started; plain sockets may not work", t);
        }
        settings.driver().drive(this);
        shutdown.finish(population, inbox, poller());
    }

    /** The driver of an ordinary loop. */
    static void runUntilClosed(RunLoop loop) {
        while (!loop.isFinished()) {
            loop.turn(true);
        }
    }

    /** Whether the loop is to be left: it is closing and has no greenlets any more, or may not wait for them. */
    public boolean isFinished() {
        return shutdown.isFinished(population);
    }

    /** One turn; {@code maySleep}: waits for events if nothing is ready. Returns whether anything happened. */
    public boolean turn(boolean maySleep) {
        try {
            int events = serve();
            int ran = runBatch();
            boolean mayWait = maySleep && ready.isEmpty() && !isFinished();
            return polling.poll(mayWait) + events + ran > 0;
        } catch (Throwable t) {
            reportKernelFailure(t);
            return true;
        }
    }

    private void reportKernelFailure(Throwable failure) {
        try {
            Reports.error("loop " + name() + " goes on after a failure in its kernel", failure);
        } catch (Throwable again) {
            // With no memory left there is no message either; what matters is that the loop goes on.
        }
    }

    private int serve() {
        int drained = inbox.drain(INBOX_BATCH);
        return timers.size() == 0 ? drained : drained + timers.fire(clock.nanos(), TIMER_BATCH);
    }

    private int runBatch() {
        if (ready.isEmpty()) {
            return 0;
        }
        allowParkingPinned();
        long begin = clock.nanos();
        long last = begin;
        int ran = 0;
        while (ran < BATCH && !ready.isEmpty()) {
            int look = ran + SLICES_PER_LOOK;
            while (ran < look && !ready.isEmpty()) {
                slices++;
                ready.take().slice();
                ran++;
            }
            long now = clock.nanos();
            longestSliceNanos = Math.max(longestSliceNanos, now - last);
            last = now;
            if (now - begin > BATCH_NANOS) {
                break;
            }
        }
        return ran;
    }

    /** Runs {@code continuation}, of {@code greenlet}, until it waits or ends. */
    void run(GreenletTask<?> greenlet, Runnable continuation) {
        running = greenlet;
        try {
            continuation.run();
        } finally {
            running = null;
            if (atomic != null) {
                atomic.yieldedBy(greenlet);
                atomic = null;
            }
        }
    }

    /**
     * A greenlet that waits with its stack pinned holds the loop's thread. Here that thread, still below the greenlet, does
     * what a turn does but for running greenlets, so that a timer, a socket or another thread can end the wait.
     */
    void serveWhilePinned(Wait wait) {
        pinned++;
        GreenletTask<?> greenlet = GreenletTask.current();
        notifyListener(l -> l.onPinned(this, greenlet));
        Reports.warn("loop " + name() + " stands still: " + greenlet.name() + " waits for " + greenlet.waitingOn()
                + " below a native frame or a class initialiser, where its stack cannot be set aside");
        while (wait.isPending()) {
            if (serve() == 0 && wait.isPending()) {
                polling.poll(true);
            }
        }
    }

    /**
     * Lets the next park of this thread return at once. Only a pinned greenlet parks the loop's own thread, and that is how
     * it finds out that it is pinned.
     */
    void allowParkingPinned() {
        LockSupport.unpark(thread);
    }

    // ---- what the other parts of the kernel call: loop's thread only
    // --------------------------------------------------

    /** When the next timer is due, or a little earlier; {@link Long#MAX_VALUE} if none is set. */
    public long nextTimer() {
        return timers.nextDeadline();
    }

    @Nullable GreenletTask<?> running() {
        return running;
    }

    long slices() {
        return slices;
    }

    @Nullable AtomicRegion atomic() {
        return atomic;
    }

    void atomic(@Nullable AtomicRegion innermost) {
        atomic = innermost;
    }

    /** One of {@code n} by chance: the chance of a seeded order, if it has one. */
    public int pick(int n) {
        RunOrder order = settings.order();
        return order == RunOrder.FIFO ? ThreadLocalRandom.current().nextInt(n) : order.pick(n);
    }

    /** Throws if the running greenlet is in a region that must not yield. */
    void requireMayYield(Object target) {
        if (atomic != null) {
            throw AtomicRegion.refusal(target);
        }
    }

    /** Any thread: whether no greenlet is here, or on its way. */
    boolean isDeserted() {
        return inbox.isEmpty() && population.size() == 0;
    }

    Standstill standstill() {
        return standstill;
    }

    void ready(GreenletTask<?> greenlet) {
        if (shutdown.isOver()) {
            if (greenlet.isNew()) {
                greenlet.abandon(); // it was spawned while the loop left
            }
            return;
        }
        boolean isNew = greenlet.isNew();
        ready.add(greenlet);
        greenlet.markReady();
        if (isNew) {
            spawned++;
            population.add(greenlet);
            if (listener != LoopSettings.NO_LISTENER) {
                notifyListener(l -> l.onSpawn(this, greenlet));
            }
        }
    }

    void setTimer(Timer timer, long delayNanos) {
        setTimerAt(timer, deadlineAfter(delayNanos));
    }

    void setTimerAt(Timer timer, long deadlineNanos) {
        if (deadlineNanos != Timers.NEVER) {
            timers.set(timer, deadlineNanos);
        }
    }

    /** When {@code delayNanos} from now will have passed; {@link Timers#NEVER} for what the clock cannot reach. */
    long deadlineAfter(long delayNanos) {
        long now = clock.nanos();
        return delayNanos < Timers.NEVER - Math.max(now, 0) ? now + delayNanos : Timers.NEVER;
    }

    /** What its clock shows. */
    long now() {
        return clock.nanos();
    }

    /** How long it is until {@code deadlineNanos}; not below zero. */
    long nanosUntil(long deadlineNanos) {
        return Math.max(0, deadlineNanos - clock.nanos());
    }

    void cancelTimer(Timer timer) {
        timers.cancel(timer);
    }

    void ended(GreenletTask<?> greenlet, @Nullable Throwable unheard) {
        population.remove(greenlet);
        if (listener != LoopSettings.NO_LISTENER) {
            notifyListener(l -> l.onEnd(this, greenlet));
        }
        if (unheard != null) {
            try {
                settings.uncaughtHandler().uncaught(greenlet, unheard);
            } catch (Throwable t) {
                t.addSuppressed(unheard);
                Reports.error("the uncaught handler failed", t);
            }
        }
    }

    private void receive(Runnable item) {
        try {
            item.run();
        } catch (Throwable t) {
            Reports.error("a callback of loop " + name() + " failed", t);
        }
    }

    void notifyListener(Consumer<LoopListener> event) {
        try {
            event.accept(listener);
        } catch (Throwable t) {
            Reports.error("the listener of loop " + name() + " failed", t);
        }
    }

    // ---- any thread
    // --------------------------------------------------------------------------------------------------

    /** Runs {@code operation} on the loop's thread: now, if that is the caller's. */
    void onLoop(Runnable operation) {
        if (currentOrNull() == this) {
            operation.run();
        } else {
            post(operation);
        }
    }

    void post(Runnable operation) {
        inbox.put(operation);
    }

    /** A thread that inherited the scheduler of one of our greenlets can run. */
    void foreignTask(Runnable continuation) {
        onLoop(() -> adoptions.ready(continuation));
    }

    void forgetAdopted(Runnable continuation) {
        adoptions.forget(continuation);
    }

    boolean isOpen() {
        return shutdown.isOpen();
    }

    /** Lets nothing new in and kills all greenlets. Does not wait. */
    public void beginClose() {
        if (shutdown.begin()) {
            post(() -> population.forEach(greenlet -> greenlet.kill("loop " + name() + " is closing")));
        }
    }

    /** Waits for the loop's end until {@code deadlineNanos}, and sees to it then. */
    public void finishClose(long deadlineNanos) {
        shutdown.await(thread, deadlineNanos);
    }

    @Override
    public String name() {
        return thread.getName();
    }

    @Override
    public LoopGroup group() {
        return group;
    }

    @Override
    public <T extends @Nullable Object> Greenlet<T> spawn(Callable<T> body) {
        return start(null, Objects.requireNonNull(body, "body"));
    }

    @Override
    public <T extends @Nullable Object> Greenlet<T> spawn(String name, Callable<T> body) {
        return start(Objects.requireNonNull(name, "name"), Objects.requireNonNull(body, "body"));
    }

    /** Runs {@code body} as a greenlet whose failure goes into the future, and is never without a listener. */
    public <T extends @Nullable Object> CompletableFuture<T> submit(String name, Callable<T> body) {
        GreenletTask<T> greenlet = create(name, body, ActionBody.written(body));
        CompletableFuture<T> end = new CompletableFuture<>();
        greenlet.completeAtEnd(end);
        greenlet.thread().start();
        return end;
    }

    private <T extends @Nullable Object> Greenlet<T> start(@Nullable String name, Callable<T> body) {
        GreenletTask<T> greenlet = create(name, body, ActionBody.written(body));
        greenlet.thread().start();
        return greenlet;
    }

    <T extends @Nullable Object> GreenletTask<T> create(@Nullable String name, Object body, Class<?> written) {
        StackTraceElement site = currentOrNull() == this ? spawnSites.onLoop(written) : SpawnSites.exact();
        return GreenletTask.create(this, name, body, site);
    }

    @Override
    public void execute(Runnable callback) {
        Objects.requireNonNull(callback, "callback");
        if (shutdown.isOver()) {
            throw new RejectedExecutionException("loop " + name() + " is closed");
        }
        post(callback);
    }

    @Override
    public <T extends @Nullable Object> T call(Callable<T> body) {
        return Offloading.call(this, Objects.requireNonNull(body, "body"));
    }

    @Override
    public Handle keepAlive() {
        return standstill.keepAlive();
    }

    @Override
    public ThreadFactory threadFactory() {
        return body -> create(null, body, body.getClass()).thread();
    }

    @Override
    public ExecutorService executor() {
        return Executors.newThreadPerTaskExecutor(threadFactory());
    }

    @Override
    public List<Greenlet<?>> greenlets() {
        return new ArrayList<>(population.snapshot());
    }

    @Override
    public LoopStatistics statistics() {
        int alive = population.size();
        int queued = ready.size();
        return new LoopStatistics(
                alive,
                queued,
                Math.max(0, alive - queued - (running == null ? 0 : 1)),
                timers.size(),
                spawned,
                slices,
                polling.polls(),
                polling.wakeUps(),
                pinned,
                Duration.ofNanos(longestSliceNanos));
    }

    @Override
    public Poller poller() {
        return polling.poller();
    }

    @Override
    public String toString() {
        return name() + " (" + population.size() + " greenlets)";
    }
}
