package dev.weft.testing;

import dev.weft.Action;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.UncaughtHandler;
import dev.weft.kernel.Blocking;
import dev.weft.loop.LoopSettings;
import dev.weft.loop.RunLoop;
import dev.weft.lowlevel.Suspension;
import dev.weft.scheduler.RunOrder;
import dev.weft.scheduler.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A loop that runs only when the test steps it, on a clock that the test advances, so that every run is deterministic. Like
 * every loop it has its own thread; the methods here pass commands to that thread and block until they are done. For one
 * test thread.
 *
 * <p>Failures that nobody waits for are collected and thrown by {@link #close}.
 *
 * <p>Waits inside the JDK that need its helper threads (timed parks, monitors) are outside the test's control. One that is easily
 * forgotten: a greenlet that logs to {@code System.err} waits if another thread prints there, so have the test take in the log.
 */
public final class SteppedLoop implements AutoCloseable {
    static {
        Suspension.spawnsForOthers(SteppedLoop.class);
    }

    private final ManualClock clock = new ManualClock();
    private final LinkedBlockingQueue<FutureTask<?>> commands = new LinkedBlockingQueue<>();
    private final List<Throwable> uncaught = new ArrayList<>();
    private final LoopGroup group;
    private final RunLoop loop;
    private final Scheduler scheduler;

    private SteppedLoop(RunOrder order, @Nullable UncaughtHandler handler) {
        LoopGroup.Builder builder = LoopGroup.builder()
                .hogAfter(Duration.ZERO) // a test may stop at a breakpoint
                .name("stepped")
                .clock(clock)
                .uncaughtHandler(handler == null ? (greenlet, failure) -> uncaught.add(failure) : handler);
        group = LoopSettings.change(
                        builder, settings -> settings.withOrder(order).withDriver(this::drive))
                .open();
        loop = (RunLoop) group.loops().get(0);
        scheduler = loop.eventLoop().scheduler;
    }

    /** Opens a loop on which greenlets run in the order in which they became ready. */
    public static SteppedLoop open() {
        return new SteppedLoop(RunOrder.FIFO, null);
    }

    /** As {@link #open()}, with the test's own handler for failures that nobody waits for. */
    public static SteppedLoop open(UncaughtHandler handler) {
        return new SteppedLoop(RunOrder.FIFO, handler);
    }

    /** Opens a loop that picks the next ready greenlet, and the ready clause of a select, at random from {@code seed}. */
    public static SteppedLoop shuffled(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return new SteppedLoop(random::nextInt, null);
    }

    /** As {@link #shuffled(long)}, with the test's own handler for failures that nobody waits for. */
    public static SteppedLoop shuffled(long seed, UncaughtHandler handler) {
        SplittableRandom random = new SplittableRandom(seed);
        return new SteppedLoop(random::nextInt, handler);
    }

    /** Runs {@code test} on a shuffled loop for each seed from 0 to {@code seeds - 1}; a failure names its seed. */
    public static void underSeeds(int seeds, SeededTest test) {
        for (long seed = 0; seed < seeds; seed++) {
            try (SteppedLoop stepped = shuffled(seed)) {
                test.run(stepped);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("failed under seed " + seed, e);
            }
        }
    }

    /** A test that is run under many seeds. */
    @FunctionalInterface
    public interface SeededTest {
        /** Runs the test on {@code stepped}, which the caller closes. */
        void run(SteppedLoop stepped) throws Exception;
    }

    private void drive(Scheduler driven) {
        driven.beginIdle();
        while (!driven.isFinished()) {
            try {
                FutureTask<?> command = commands.take();
                driven.endIdle();
                command.run();
            } catch (InterruptedException e) {
                // An interrupt of the loop's thread has no meaning.
            }
        }
    }

    /** Returns the loop itself. */
    public Loop loop() {
        return loop;
    }

    /** Returns the loop's clock. */
    public ManualClock clock() {
        return clock;
    }

    /** Queues a greenlet; it runs in the next {@link #runUntilIdle}. */
    public <T extends @Nullable Object> Greenlet<T> spawn(Callable<T> body) {
        return loop.spawn(body);
    }

    /** As {@link #spawn(Callable)}, for a body without a result. */
    public Greenlet<@Nullable Void> spawn(Action body) {
        return loop.spawn(body);
    }

    /** Runs one turn, which runs everything that is ready now once. Returns whether anything ran. */
    public boolean turn() {
        return execute(() -> scheduler.turn(false));
    }

    /** Runs until nothing is ready: all greenlets have ended or wait for an event that has not happened. */
    public void runUntilIdle() {
        execute(() -> {
            while (scheduler.turn(false)) {}
            return null;
        });
    }

    /**
     * Advances the clock by {@code step} and fires the timers that become due, in the order of their deadlines. The clock
     * stops at each timer's deadline, and the loop runs until idle before the clock moves on.
     */
    public void advance(Duration step) {
        long end = clock.nanos() + step.toNanos();
        runUntilIdle();
        long next;
        while ((next = execute(scheduler::nextTimer)) <= end) {
            clock.advanceTo(next);
            runUntilIdle();
        }
        clock.advanceTo(end);
        runUntilIdle();
    }

    /** Runs {@code body} as a greenlet until idle and returns its result; it must end without the clock moving. */
    public <T extends @Nullable Object> T run(Callable<T> body) {
        CompletableFuture<T> end = loop.submit("run", body);
        runUntilIdle();
        if (!end.isDone()) {
            throw new AssertionError("the loop is idle, but the body has not ended; greenlets: " + loop.greenlets());
        }
        return Blocking.get(end, body, null);
    }

    private <T extends @Nullable Object> T execute(Callable<T> command) {
        FutureTask<T> task = new FutureTask<>(() -> {
            try {
                return command.call();
            } finally {
                scheduler.beginIdle(); // before the caller may move the clock
            }
        });
        commands.add(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw new AssertionError("the loop failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while the loop was running", e);
        }
    }

    /**
     * Kills the remaining greenlets and closes the loop.
     *
     * @throws AssertionError if a greenlet failed and nobody was waiting for it
     */
    @Override
    public void close() {
        commands.add(new FutureTask<>(() -> {
            while (!scheduler.isFinished()) {
                scheduler.turn(true);
            }
            return null;
        }));
        group.close(Duration.ofSeconds(2));
        if (!uncaught.isEmpty()) {
            AssertionError error = new AssertionError("failures that nobody waited for", uncaught.get(0));
            uncaught.stream().skip(1).forEach(error::addSuppressed);
            throw error;
        }
    }
}
