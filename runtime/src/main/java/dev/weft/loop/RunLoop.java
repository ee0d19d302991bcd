package dev.weft.loop;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.LoopStatistics;
import dev.weft.StartedThreads;
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
import dev.weft.kernel.InContext;
import dev.weft.log.RuntimeLog;
import dev.weft.offload.OffloadPools;
import dev.weft.offload.Offloading;
import dev.weft.scheduler.Scheduler;
import dev.weft.spi.Clock;
import dev.weft.spi.LoopListener;
import dev.weft.spi.Measured;
import dev.weft.spi.Owners;
import dev.weft.spi.Poller;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The public {@link Loop}, which connects the parts: the live greenlets, opening and closing, users' callbacks, and
 * diagnostics. Unless marked "Any thread", everything belongs to the loop's thread.
 */
public final class RunLoop implements Loop, EventLoop.Owner, OffloadPools.Holder {
    private final LoopGroup group;
    private final LoopSettings settings;
    private final OffloadPools offloadPools;
    private final EventLoop loop;
    private final Scheduler scheduler;
    private final LiveGreenlets liveGreenlets = new LiveGreenlets();
    private final AdoptedThreads adoptedThreads;
    private final Shutdown shutdown;
    private final Notifications notifications;

    private final SpawnSites spawnSites = new SpawnSites();
    private final StallDetector stallDetector;
    private final PinnedWaits pinnedWaits;
    private final InterruptGuard interrupts;
    private final GroupWatch watch;
    private volatile @Nullable HogProbe probe; // once the group is watched
    private final Map<GreenletTask<?>, Supplier<Owners>> insideTheJdk = new ConcurrentHashMap<>();

    private long spawned;

    private RunLoop(
            LoopGroup group,
            int number,
            LoopSettings settings,
            OffloadPools offloadPools,
            GroupWatch watch,
            Poller poller) {
        this.group = group;
        this.watch = watch;
        this.settings = settings;
        this.offloadPools = offloadPools;
        loop = new EventLoop(
                this,
                settings.name() + "-" + number,
                this::run,
                settings.stackSize(),
                new Scheduler(this, settings.clock(), settings.order(), poller),
                settings.contextCarrier());
        scheduler = loop.scheduler;
        loop.guardAlways(YieldWatch.of(loop, settings.implicitYields()));
        adoptedThreads = new AdoptedThreads(loop);
        shutdown = new Shutdown(loop);
        notifications = new Notifications(loop, settings);
        stallDetector = new StallDetector(loop, liveGreenlets::snapshot, this::othersCouldCome);
        pinnedWaits = new PinnedWaits(loop);
        interrupts = new InterruptGuard(loop);
    }

    /** Creates a loop; {@link #start} or {@link #giveUp} must follow. */
    public static RunLoop create(
            LoopGroup group, int number, LoopSettings settings, OffloadPools offloadPools, GroupWatch watch) {
        VirtualThreads.require();
        JdkPollers.begin();
        return new RunLoop(group, number, settings, offloadPools, watch, settings.openPoller());
    }

    /** Starts its thread. */
    public void start() {
        thread().start();
    }

    /** Ends a loop whose group could not be opened, whether it was started or not. Does not wait. */
    public void giveUp() {
        if (thread().getState() == Thread.State.NEW) {
            shutdown.begin();
            shutdown.finish(liveGreenlets, notifications);
        } else {
            beginClose();
        }
    }

    /** Returns the loops in this JVM whose threads are alive. */
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
        shutdown.finish(liveGreenlets, notifications);
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

    /** Returns whether it is closing and has no greenlets left or has stopped waiting for them. */
    @Override
    public boolean isFinished() {
        return shutdown.isFinished(liveGreenlets, notifications);
    }

    @Override
    public boolean hasWork() {
        return notifications.areDue();
    }

    @Override
    public void beginTurn() {
        notifications.begin();
    }

    @Override
    public long idleNanos() {
        return stallDetector.napNanos();
    }

    @Override
    public void failed(String what, Throwable failure) {
        try {
            RuntimeLog.error("loop " + name() + ": " + what + " failed; the loop continues", failure);
        } catch (Throwable again) {
            // There may be no memory for a message; the loop must go on.
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
        notifications.makeLate();
    }

    @Override
    public void arrived(GreenletTask<?> greenlet) {
        liveGreenlets.add(greenlet);
        if (greenlet.callsUsers()) {
            return;
        }
        spawned++;
        if (isListenedTo()) {
            tellListener(listener -> listener.onSpawn(this, greenlet));
        }
        if (!shutdown.isOpen()) {
            greenlet.kill(shutdown.closing()); // it was being spawned when the others were killed
        }
    }

    @Override
    public void ended(GreenletTask<?> greenlet, @Nullable Throwable unheard) {
        liveGreenlets.remove(greenlet);
        if (isListenedTo() && !greenlet.callsUsers()) {
            tellListener(listener -> listener.onEnd(this, greenlet));
        }
        if (unheard != null) {
            notifications.uncaught(greenlet, unheard);
        }
    }

    @Override
    public void heard(GreenletTask<?> greenlet) {
        notifications.heard(greenlet);
    }

    @Override
    public void callback(Runnable callback) {
        notifications.callback(callback);
    }

    private boolean isListenedTo() {
        return settings.listener() != LoopSettings.NO_LISTENER;
    }

    @Override
    public void tellListener(Consumer<LoopListener> event) {
        if (isListenedTo()) {
            notifications.event(event);
        }
    }

    @Override
    public void tellListenerWhileHeld(Consumer<LoopListener> event) {
        notifications.eventWhileHeld(event);
    }

    @Override
    public void startedThreadCanRun(Runnable continuation) {
        if (settings.startedThreads() == StartedThreads.ADOPTED) {
            adoptedThreads.ready(continuation);
        } else {
            VirtualThreads.jdkScheduler().execute(continuation);
        }
    }

    @Override
    public void adoptedThreadEnded(Runnable continuation) {
        adoptedThreads.forget(continuation);
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
    public void waitsInside(GreenletTask<?> greenlet, @Nullable Supplier<Owners> owners) {
        if (owners == null) {
            insideTheJdk.remove(greenlet);
        } else {
            insideTheJdk.put(greenlet, owners);
        }
    }

    @Override
    public Owners ownersInside(GreenletTask<?> greenlet) {
        Supplier<Owners> known = insideTheJdk.get(greenlet);
        return known == null ? JdkWaits.owners(greenlet) : known.get();
    }

    @Override
    public void hasGrown(Measured resource) {
        watch.hasGrown(resource);
    }

    private boolean othersCouldCome() {
        for (Loop other : group.loops()) {
            if (other != this && !((RunLoop) other).isDeserted()) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether no greenlet is here or on its way. Any thread. */
    private boolean isDeserted() {
        return scheduler.isInboxEmpty() && liveGreenlets.size() == 0;
    }

    /** Returns a probe that detects what holds this loop for longer than {@code limit}. Called once. */
    public HogProbe probe(Duration limit) {
        HogProbe added = new HogProbe(loop, interrupts, limit);
        probe = added;
        return added;
    }

    /** Returns for how long the same slice or event has held this loop, as the watchdog saw it; 0 if none has. Any thread. */
    public long heldNanos() {
        HogProbe present = probe;
        return present == null ? 0 : present.heldNanos();
    }

    /** Returns what watches the group. Any thread. */
    public GroupWatch watch() {
        return watch;
    }

    /** Calls {@code visitor} for each greenlet, in no order, possibly twice for one. Any thread; a snapshot. */
    public void forEachGreenlet(Consumer<GreenletTask<?>> visitor) {
        liveGreenlets.visit(visitor);
    }

    /** Stops accepting greenlets and kills all present ones. Does not wait. Any thread, as all methods below. */
    public void beginClose() {
        if (shutdown.begin()) {
            loop.post(this::killAll);
        }
    }

    /** Spares the greenlets that call users' code, so that users are told of everything; they are killed if they hang. */
    private void killAll() {
        notifications.leaveHeldUpCallback();
        liveGreenlets.forEach(greenlet -> {
            if (!notifications.isAtWork(greenlet)) {
                greenlet.kill(shutdown.closing());
            }
        });
        loop.runCloseHooks();
        scheduler.setTimer(shutdown.patience(liveGreenlets, notifications), Shutdown.PATIENCE_NANOS);
    }

    /** Waits for the loop's end until {@code deadlineNanos}, then forces it. Returns whether its greenlets had ended by then. */
    public boolean finishClose(long deadlineNanos) {
        return shutdown.await(deadlineNanos);
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

    /** Runs {@code body} as a greenlet whose outcome completes the future, so that a failure always counts as observed. */
    public <T extends @Nullable Object> CompletableFuture<T> submit(String name, Callable<T> body) {
        GreenletTask<T> greenlet = loop.create(name, body, ActionBody.written(body));
        CompletableFuture<T> end = new CompletableFuture<>();
        greenlet.completeAtEnd(end);
        greenlet.thread().start();
        return end;
    }

    @Override
    public void execute(Runnable callback) {
        Runnable carried = InContext.runnable(loop.carrier, Objects.requireNonNull(callback, "callback"));
        loop.postEvent(() -> notifications.callback(carried));
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
        return stallDetector.keepAlive();
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
        List<Greenlet<?>> all = new ArrayList<>(liveGreenlets.snapshot());
        all.removeIf(
                greenlet -> ((GreenletTask<?>) greenlet).callsUsers() && greenlet.state() != Greenlet.State.WAITING);
        return all;
    }

    @Override
    public LoopStatistics statistics() {
        int alive = liveGreenlets.size();
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
                Duration.ofNanos(scheduler.longestSliceNanos()),
                Duration.ofNanos(scheduler.busyNanos()),
                Duration.ofNanos(scheduler.idleNanos()),
                scheduler.timersFired(),
                Duration.ofNanos(scheduler.timerDelayNanos()),
                Duration.ofNanos(scheduler.longestTimerDelayNanos()),
                scheduler.latency());
    }

    @Override
    public Poller poller() {
        return scheduler.poller();
    }

    @Override
    public String toString() {
        return name() + " (" + liveGreenlets.size() + " greenlets)";
    }
}
