package dev.weft.kernel;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.LoopStatistics;
import dev.weft.StartedThreads;
import dev.weft.lowlevel.Clock;
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
import org.jspecify.annotations.Nullable;

/**
 * A loop: the turning kernel, with those who are there, how it opens and closes, and the doors that other threads have.
 * What is not marked as being for any thread belongs to the loop's.
 */
public final class RunLoop extends Turning implements Loop {
    private final LoopGroup group;
    private final LoopSettings settings;
    private final LoopThread thread;
    private final Adoptions adoptions = new Adoptions(this);
    private final SpawnSites spawnSites = new SpawnSites();
    private final Population population = new Population();
    private final Shutdown shutdown = new Shutdown(this);

    private final Standstill standstill = new Standstill(this, population);
    private final Callouts callouts;
    private final InterruptGuard interruptGuard;
    private final DeadlockDetector deadlocks = new DeadlockDetector(this);

    private long spawned;

    private RunLoop(LoopGroup group, int number, LoopSettings settings, Poller poller) {
        super(settings, poller);
        this.group = group;
        this.settings = settings;
        guardAlways(YieldWatch.of(this, settings.implicitYields()));
        thread = new LoopThread(this, settings.name() + "-" + number, settings.stackSize());
        callouts = new Callouts(this, settings);
        interruptGuard = new InterruptGuard(this);
    }

    /** Opens a loop and starts its thread. */
    public static RunLoop open(LoopGroup group, int number, LoopSettings settings) {
        VirtualThreads.require();
        JdkPollers.begin();
        RunLoop loop = new RunLoop(group, number, settings, settings.openPoller());
        try {
            loop.thread.start();
        } catch (Throwable t) {
            loop.shutdown.begin();
            loop.shutdown.finish(loop.population, loop.inbox, loop.callouts, loop.poller());
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

    // ---- its life: loop's thread
    // ------------------------------------------------------------------------------------------------

    void run() {
        JdkPollers.await();
        settings.driver().drive(this);
        shutdown.finish(population, inbox, callouts, poller());
    }

    @Override
    RunLoop loop() {
        return this;
    }

    @Override
    Thread thread() {
        return thread;
    }

    @Override
    Standstill standstill() {
        return standstill;
    }

    @Override
    Callouts callouts() {
        return callouts;
    }

    InterruptGuard interruptGuard() {
        return interruptGuard;
    }

    /** For those who see to it that things held by some and wanted by others are looked at. */
    public DeadlockDetector deadlocks() {
        return deadlocks;
    }

    /** Whether the loop is to be left: it is closing and has no greenlets any more, or may not wait for them. */
    @Override
    public boolean isFinished() {
        return shutdown.isFinished(population, callouts);
    }

    // ---- what the other parts of the kernel call
    // --------------------------------------------------

    /** One of {@code n} by chance: the chance of a seeded order, if it has one. */
    public int pick(int n) {
        RunOrder order = settings.order();
        return order == RunOrder.FIFO ? ThreadLocalRandom.current().nextInt(n) : order.pick(n);
    }

    /** Any thread: whether no greenlet is here, or on its way. */
    boolean isDeserted() {
        return inbox.isEmpty() && population.size() == 0;
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
            population.add(greenlet);
            if (!Callouts.isCaller(greenlet)) {
                arrived(greenlet);
            }
        }
    }

    private void arrived(GreenletTask<?> greenlet) {
        spawned++;
        if (listener != LoopSettings.NO_LISTENER) {
            notifyListener(l -> l.onSpawn(this, greenlet));
        }
        if (!shutdown.isOpen()) {
            greenlet.kill(closing()); // it was on its way when the others were killed
        }
    }

    void ended(GreenletTask<?> greenlet, @Nullable Throwable unheard) {
        population.remove(greenlet);
        if (listener != LoopSettings.NO_LISTENER && !Callouts.isCaller(greenlet)) {
            notifyListener(l -> l.onEnd(this, greenlet));
        }
        if (unheard != null) {
            callouts.uncaught(greenlet, unheard);
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

    /**
     * Runs {@code event} on the loop's thread, between greenlets: it must be short, must not wait, and must call nobody's
     * code.
     */
    void post(Runnable event) {
        inbox.put(event);
        if (shutdown.isOver()) {
            callouts.makeLate();
        }
    }

    /** As {@link #post}, for authors of things to be waited for; refused by a loop that has left. */
    public void postEvent(Runnable event) {
        Objects.requireNonNull(event, "event");
        if (shutdown.isOver()) {
            throw new RejectedExecutionException("loop " + name() + " is closed");
        }
        post(event);
    }

    boolean isOver() {
        return shutdown.isOver();
    }

    /** A thread that inherited the scheduler of one of our greenlets can run. */
    void foreignTask(Runnable continuation) {
        if (settings.startedThreads() == StartedThreads.ADOPTED) {
            adoptions.ready(continuation);
        } else {
            VirtualThreads.jdkScheduler().execute(continuation);
        }
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
            post(this::killAll);
        }
    }

    /** Users are told of what happens to the end: those calls are only killed if they do not come back. */
    private void killAll() {
        callouts.leaveHeldUpCallback();
        population.forEach(greenlet -> {
            if (!callouts.isAtWork(greenlet)) {
                greenlet.kill(closing());
            }
        });
        setTimer(shutdown.patience(population, callouts), Shutdown.PATIENCE_NANOS);
    }

    String closing() {
        return "loop " + name() + " is closing";
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
        RunLoop caller = currentOrNull();
        StackTraceElement site = caller == this ? spawnSites.onLoop(this, written) : SpawnSites.exact(caller);
        return GreenletTask.create(this, name, body, site);
    }

    @Override
    public void execute(Runnable callback) {
        Objects.requireNonNull(callback, "callback");
        postEvent(() -> callouts.callback(callback));
    }

    @Override
    public <T extends @Nullable Object> T call(Callable<T> body) {
        return Offloading.call(this, null, Objects.requireNonNull(body, "body"));
    }

    @Override
    public <T extends @Nullable Object> T call(String name, Callable<T> body) {
        return Offloading.call(this, Objects.requireNonNull(name, "name"), Objects.requireNonNull(body, "body"));
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
        return body -> create(null, body, body.getClass()).thread();
    }

    @Override
    public ExecutorService executor() {
        return Executors.newThreadPerTaskExecutor(threadFactory());
    }

    @Override
    public List<Greenlet<?>> greenlets() {
        List<Greenlet<?>> all = new ArrayList<>(population.snapshot());
        all.removeIf(greenlet ->
                Callouts.isCaller((GreenletTask<?>) greenlet) && greenlet.state() != Greenlet.State.WAITING);
        return all;
    }

    @Override
    public LoopStatistics statistics() {
        int alive = population.size();
        int queued = ready.size();
        return new LoopStatistics(
                alive,
                queued,
                Math.max(0, alive - queued - (running() == null ? 0 : 1)),
                timers.size(),
                spawned,
                slices(),
                polling.polls(),
                polling.wakeUps(),
                pinned(),
                Duration.ofNanos(longestSliceNanos()));
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
