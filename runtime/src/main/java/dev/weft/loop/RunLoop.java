package dev.weft.loop;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.LoopStatistics;
import dev.weft.StartedThreads;
import dev.weft.diagnostics.DeadlockDetector;
import dev.weft.diagnostics.HogProbe;
import dev.weft.diagnostics.InterruptGuard;
import dev.weft.diagnostics.JdkWaits;
import dev.weft.diagnostics.PinnedWaits;
import dev.weft.diagnostics.SpawnSites;
import dev.weft.diagnostics.StallDetector;
import dev.weft.diagnostics.YieldWatch;
import dev.weft.jdk.JdkPollers;
import dev.weft.jdk.VirtualThreads;
import dev.weft.kernel.ActionBody;
import dev.weft.kernel.EventLoop;
import dev.weft.kernel.GreenletTask;
import dev.weft.log.RuntimeLog;
import dev.weft.offload.OffloadPools;
import dev.weft.offload.Offloading;
import dev.weft.scheduler.Scheduler;
import dev.weft.spi.Clock;
import dev.weft.spi.Contended;
import dev.weft.spi.LoopListener;
import dev.weft.spi.Poller;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A loop as its users know it, and what puts its parts together: the greenlets that are there, how it opens and closes, what
 * users are told, and who looks on. What is not marked as being for any thread belongs to the loop's.
 */
public final class RunLoop implements Loop, EventLoop.Owner, OffloadPools.Holder {
    private final LoopGroup group;
    private final LoopSettings settings;
    private final OffloadPools offloadPools;
    private final EventLoop loop;
    private final Scheduler scheduler;
    private final LiveGreenlets population = new LiveGreenlets();
    private final AdoptedThreads adoptions;
    private final Shutdown shutdown;
    private final Notifications callouts;

    private final SpawnSites spawnSites = new SpawnSites();
    private final StallDetector standstill;
    private final PinnedWaits pinnedWaits;
    private final InterruptGuard interrupts;
    private final DeadlockDetector deadlocks;

    private long spawned;

    private RunLoop(LoopGroup group, int number, LoopSettings settings, OffloadPools offloadPools, Poller poller) {
        this.group = group;
        this.settings = settings;
        this.offloadPools = offloadPools;
        loop = new EventLoop(
                this,
                settings.name() + "-" + number,
                this::run,
                settings.stackSize(),
                new Scheduler(this, settings.clock(), settings.order(), poller));
        scheduler = loop.scheduler;
        loop.guardAlways(YieldWatch.of(loop, settings.implicitYields()));
        adoptions = new AdoptedThreads(loop);
        shutdown = new Shutdown(loop);
        callouts = new Notifications(loop, settings);
        standstill = new StallDetector(loop, population::snapshot, this::othersCouldCome);
        pinnedWaits = new PinnedWaits(loop);
        interrupts = new InterruptGuard(loop);
        deadlocks = new DeadlockDetector(loop);
    }

    /** Creates a loop; {@link #start} or {@link #giveUp} must follow. */
    public static RunLoop create(LoopGroup group, int number, LoopSettings settings, OffloadPools offloadPools) {
        VirtualThreads.require();
        JdkPollers.begin();
        return new RunLoop(group, number, settings, offloadPools, settings.openPoller());
    }

    /** Starts its thread. */
    public void start() {
        thread().start();
    }

    /** Its group could not be opened: ends it, whether it was started or not. Does not wait. */
    public void giveUp() {
        if (thread().getState() == Thread.State.NEW) {
            shutdown.begin();
            shutdown.finish(population, callouts);
        } else {
            beginClose();
        }
    }

    /** The loops whose threads are alive in this JVM. */
    public static List<RunLoop> live() {
        List<RunLoop> live = new ArrayList<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            EventLoop loop = EventLoop.of(thread);
            if (loop != null) {
                live.add((RunLoop) loop.owner);
            }
        }
        return live;
    }

    private void run() {
        JdkPollers.await();
        settings.driver().drive(scheduler);
        shutdown.finish(population, callouts);
    }

    @Override
    public EventLoop eventLoop() {
        return loop;
    }

    @Override
    public Loop handle() {
        return this;
    }

    @Override
    public OffloadPools offloadPools() {
        return offloadPools;
    }

    @Override
    public Thread thread() {
        return loop.thread();
    }

    /** Closing, and without greenlets any more; or it may not wait for them. */
    @Override
    public boolean isFinished() {
        return shutdown.isFinished(population, callouts);
    }

    @Override
    public boolean hasWork() {
        return callouts.areDue();
    }

    @Override
    public void beginTurn() {
        callouts.begin();
    }

    @Override
    public long idleNanos() {
        return standstill.napNanos();
    }

    @Override
    public void failed(String what, Throwable failure) {
        try {
            RuntimeLog.error("loop " + name() + " goes on after a failure of " + what, failure);
        } catch (Throwable again) {
            // With no memory left there is no message either; what matters is that the loop goes on.
        }
    }

    @Override
    public boolean isOpen() {
        return shutdown.isOpen();
    }

    @Override
    public boolean isOver() {
        return shutdown.isOver();
    }

    @Override
    public void ranLate() {
        callouts.makeLate();
    }

    @Override
    public void arrived(GreenletTask<?> greenlet) {
        population.add(greenlet);
        if (greenlet.callsUsers()) {
            return;
        }
        spawned++;
        if (isListenedTo()) {
            tellListener(listener -> listener.onSpawn(this, greenlet));
        }
        if (!shutdown.isOpen()) {
            greenlet.kill(shutdown.closing()); // it was on its way when the others were killed
        }
    }

    @Override
    public void ended(GreenletTask<?> greenlet, @Nullable Throwable unheard) {
        population.remove(greenlet);
        if (isListenedTo() && !greenlet.callsUsers()) {
            tellListener(listener -> listener.onEnd(this, greenlet));
        }
        if (unheard != null) {
            callouts.uncaught(greenlet, unheard);
        }
    }

    @Override
    public void heard(GreenletTask<?> greenlet) {
        callouts.heard(greenlet);
    }

    @Override
    public void callback(Runnable callback) {
        callouts.callback(callback);
    }

    private boolean isListenedTo() {
        return settings.listener() != LoopSettings.NO_LISTENER;
    }

    @Override
    public void tellListener(Consumer<LoopListener> event) {
        if (isListenedTo()) {
            callouts.event(event);
        }
    }

    @Override
    public void tellListenerWhileHeld(Consumer<LoopListener> event) {
        callouts.eventWhileHeld(event);
    }

    @Override
    public void startedThreadCanRun(Runnable continuation) {
        if (settings.startedThreads() == StartedThreads.ADOPTED) {
            adoptions.ready(continuation);
        } else {
            VirtualThreads.jdkScheduler().execute(continuation);
        }
    }

    @Override
    public void adoptedThreadEnded(Runnable continuation) {
        adoptions.forget(continuation);
    }

    @Override
    public StackTraceElement spawnSite(Class<?> bodyClass) {
        EventLoop caller = EventLoop.currentOrNull();
        return caller == loop ? spawnSites.onLoop(loop, bodyClass) : SpawnSites.exact(caller);
    }

    @Override
    public void pinned(GreenletTask<?> greenlet) {
        pinnedWaits.report(greenlet);
    }

    @Override
    public void interruptSent() {
        interrupts.sent();
    }

    @Override
    public String waitingInside(GreenletTask<?> greenlet) {
        return JdkWaits.describe(greenlet);
    }

    @Override
    public void contended(Contended thing) {
        deadlocks.contended(thing);
    }

    @Override
    public void contendedInside(GreenletTask<?> greenlet, @Nullable Contended thing) {
        if (thing == null) {
            deadlocks.wentOn(greenlet);
        } else {
            deadlocks.waits(greenlet, thing);
        }
    }

    private boolean othersCouldCome() {
        for (Loop other : group.loops()) {
            if (other != this && !((RunLoop) other).isDeserted()) {
                return true;
            }
        }
        return false;
    }

    /** Any thread: whether no greenlet is here, or on its way. */
    private boolean isDeserted() {
        return scheduler.isInboxEmpty() && population.size() == 0;
    }

    /** For a watch: looks at what holds this loop for longer than {@code limit}. */
    public HogProbe probe(Duration limit) {
        return new HogProbe(loop, interrupts, deadlocks, limit);
    }

    /** For tests. */
    public DeadlockDetector deadlocks() {
        return deadlocks;
    }

    /** Lets nothing new in and kills all greenlets. Does not wait. Any thread, as all below. */
    public void beginClose() {
        if (shutdown.begin()) {
            loop.post(this::killAll);
        }
    }

    /** Users are told of what happens to the end: those calls are only killed if they do not come back. */
    private void killAll() {
        callouts.leaveHeldUpCallback();
        population.forEach(greenlet -> {
            if (!callouts.isAtWork(greenlet)) {
                greenlet.kill(shutdown.closing());
            }
        });
        scheduler.setTimer(shutdown.patience(population, callouts), Shutdown.PATIENCE_NANOS);
    }

    /** Waits for the loop's end until {@code deadlineNanos}, and sees to it then. */
    public void finishClose(long deadlineNanos) {
        shutdown.await(deadlineNanos);
    }

    @Override
    public String name() {
        return loop.name();
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

    private <T extends @Nullable Object> Greenlet<T> start(@Nullable String name, Callable<T> body) {
        GreenletTask<T> greenlet = loop.create(name, body, ActionBody.written(body));
        greenlet.thread().start();
        return greenlet;
    }

    /** Runs {@code body} as a greenlet whose failure goes into the future, and is never without a listener. */
    public <T extends @Nullable Object> CompletableFuture<T> submit(String name, Callable<T> body) {
        GreenletTask<T> greenlet = loop.create(name, body, ActionBody.written(body));
        CompletableFuture<T> end = new CompletableFuture<>();
        greenlet.completeAtEnd(end);
        greenlet.thread().start();
        return end;
    }

    @Override
    public void execute(Runnable callback) {
        Objects.requireNonNull(callback, "callback");
        loop.postEvent(() -> callouts.callback(callback));
    }

    @Override
    public <T extends @Nullable Object> T call(Callable<T> body) {
        return Offloading.call(loop, null, Objects.requireNonNull(body, "body"));
    }

    @Override
    public <T extends @Nullable Object> T call(String name, Callable<T> body) {
        return Offloading.call(loop, Objects.requireNonNull(name, "name"), Objects.requireNonNull(body, "body"));
    }

    @Override
    public Clock clock() {
        return settings.clock();
    }

    @Override
    public Handle keepAlive() {
        return standstill.keepAlive();
    }

    @Override
    public ThreadFactory threadFactory() {
        return body -> loop.create(null, body, body.getClass()).thread();
    }

    @Override
    public ExecutorService executor() {
        return Executors.newThreadPerTaskExecutor(threadFactory());
    }

    @Override
    public List<Greenlet<?>> greenlets() {
        List<Greenlet<?>> all = new ArrayList<>(population.snapshot());
        all.removeIf(
                greenlet -> ((GreenletTask<?>) greenlet).callsUsers() && greenlet.state() != Greenlet.State.WAITING);
        return all;
    }

    @Override
    public LoopStatistics statistics() {
        int alive = population.size();
        int queued = scheduler.countReady();
        return new LoopStatistics(
                alive,
                queued,
                Math.max(0, alive - queued - (loop.running() == null ? 0 : 1)),
                scheduler.countTimers(),
                spawned,
                scheduler.slices(),
                scheduler.polls(),
                scheduler.wakeUps(),
                loop.pinned(),
                Duration.ofNanos(scheduler.longestSliceNanos()));
    }

    @Override
    public Poller poller() {
        return scheduler.poller();
    }

    @Override
    public String toString() {
        return name() + " (" + population.size() + " greenlets)";
    }
}
