package dev.weft;

import dev.weft.diagnostics.VerdictWatch;
import dev.weft.kernel.Blocking;
import dev.weft.kernel.EventLoop;
import dev.weft.log.RuntimeLog;
import dev.weft.loop.GroupWatch;
import dev.weft.loop.LoopSettings;
import dev.weft.loop.RunLoop;
import dev.weft.observe.WatchTasks;
import dev.weft.offload.OffloadPool;
import dev.weft.offload.OffloadPools;
import dev.weft.spi.Clock;
import dev.weft.spi.ContextCarrier;
import dev.weft.spi.LoopListener;
import dev.weft.spi.PollerProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One or more {@link Loop}s that are opened and closed together. A JVM can have many groups; they share nothing. All
 * methods may be called from any thread.
 *
 * <p>Each loop has its own platform thread, which is not a daemon: an open group keeps the JVM alive.
 *
 * <p>Opening a group needs Java 25 and the flag {@code --add-opens java.base/java.lang=ALL-UNNAMED}. Without the flag,
 * {@code open} throws {@link MissingFlag} with a message that says where to put it.
 */
public final class LoopGroup implements AutoCloseable {
    private static final Duration DEFAULT_GRACE = Duration.ofSeconds(10);
    private static final Duration DEFAULT_HOG_AFTER = Duration.ofSeconds(1);

    private final List<RunLoop> loops;
    private final OffloadPools offloadPools;
    private final GroupWatch watch = new GroupWatch();
    private final boolean killableFromOutside;
    private final AtomicInteger turn = new AtomicInteger();

    private LoopGroup(Builder builder) {
        String name = builder.settings.name();
        killableFromOutside = builder.killableFromOutside;
        offloadPools = OffloadPools.of(name, builder.offloadThreads);
        List<RunLoop> created = new ArrayList<>();
        try {
            for (int i = 0; i < builder.loops; i++) {
                created.add(RunLoop.create(this, i, builder.settings, offloadPools, watch));
            }
            loops = List.copyOf(created); // before the first of them runs, as each looks at the others
            loops.forEach(RunLoop::start);
            watch.start(name, loops, builder.hogAfter, new WatchTasks(this));
        } catch (RuntimeException | Error e) {
            created.forEach(RunLoop::giveUp);
            throw e;
        }
    }

    /** Opens a group of one loop. */
    public static LoopGroup open() {
        return builder().open();
    }

    /** Opens a group of {@code loops} loops. */
    public static LoopGroup open(int loops) {
        return builder().loops(loops).open();
    }

    /** Returns a builder with the default settings. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns the loops in the order of their numbers. */
    public List<Loop> loops() {
        return List.copyOf(loops);
    }

    /** Returns the next loop in round-robin order, for spreading work. */
    public Loop next() {
        return loops.size() == 1 ? loops.get(0) : loops.get(Math.floorMod(turn.getAndIncrement(), loops.size()));
    }

    /** Spawns a greenlet on the {@linkplain #next next} loop. */
    public <T extends @Nullable Object> Greenlet<T> spawn(Callable<T> body) {
        return next().spawn(body);
    }

    /** As {@link #spawn(Callable)}, for a body without a result. */
    public Greenlet<@Nullable Void> spawn(Action body) {
        return next().spawn(body);
    }

    /** As {@link #spawn(Callable)}, with a name. */
    public <T extends @Nullable Object> Greenlet<T> spawn(String name, Callable<T> body) {
        return next().spawn(name, body);
    }

    /** As {@link #spawn(String, Callable)}, for a body without a result. */
    public Greenlet<@Nullable Void> spawn(String name, Action body) {
        return next().spawn(name, body);
    }

    /** Returns the pool behind {@link Weft#offload}. It is bounded; its threads are daemons and exit when long idle. */
    public Executor offloadExecutor() {
        return offloadPools.blocking();
    }

    /** Returns whether tools outside of the process may kill its greenlets; see {@link Builder#killableFromOutside}. */
    public boolean isKillableFromOutside() {
        return killableFromOutside;
    }

    /** Returns how busy the pools for off-loaded calls are. */
    public OffloadStatistics offloadStatistics() {
        OffloadPool blocking = offloadPools.blocking();
        OffloadPool computing = offloadPools.computing();
        return new OffloadStatistics(blocking.running(), blocking.queued(), computing.running(), computing.queued());
    }

    /**
     * Returns the deadlocks that stand: greenlets that can never proceed, as the group's watchdog has found them. A deadlock is
     * found within about two seconds, also of a part of the program, across loops, and through locks of the JDK. Costs nothing.
     * Empty if the group is not watched; see {@link Builder#hogAfter}.
     */
    public List<Verdict> verdicts() {
        return watch.verdicts().standing().stream()
                .map(VerdictWatch.Standing::verdict)
                .toList();
    }

    /** Closes the group with a grace period of ten seconds; see {@link #close(Duration)}. */
    @Override
    public void close() {
        close(DEFAULT_GRACE);
    }

    /**
     * Closes the group: nothing new can be spawned, every greenlet is killed, and once all have ended the threads, selectors
     * and timers are released. Blocks until then, for at most {@code grace}. Greenlets that have not ended by that time,
     * because they swallow the kill or hold the loop, are abandoned: their joiners get {@link Cancelled}, and a warning with
     * their names and stacks goes to the system logger. Pending log output has been written when this returns, unless that
     * takes the logger more than a second. Closing a closed group has no effect.
     *
     * <p>Called by one of the group's own greenlets, this only starts the closing, kills the caller with the others, and
     * returns.
     *
     * @return whether all greenlets have ended; false also if called by one of them
     */
    public boolean close(Duration grace) {
        Objects.requireNonNull(grace, "grace");
        loops.forEach(RunLoop::beginClose);
        EventLoop caller = EventLoop.currentOrNull();
        if (caller != null && loops.contains(caller.owner)) {
            return false;
        }
        long deadline = System.nanoTime() + Blocking.nanos(grace);
        boolean allEnded = true;
        for (RunLoop loop : loops) {
            allEnded &= loop.finishClose(deadline);
        }
        offloadPools.close();
        watch.close();
        RuntimeLog.flush();
        return allEnded;
    }

    @Override
    public String toString() {
        return "LoopGroup" + loops;
    }

    /** A builder of groups. Not thread-safe. */
    public static final class Builder {
        private int loops = 1;
        private int offloadThreads = 64;
        private Duration hogAfter = DEFAULT_HOG_AFTER;
        private LoopSettings settings = LoopSettings.defaults();
        private boolean killableFromOutside;

        private Builder() {}

        /** Access for {@code dev.weft.testing}. A class, because a lambda would delay the first greenlet by a millisecond. */
        private static final class SettingsAccess implements LoopSettings.BuilderAccess {
            @Override
            public void change(Builder builder, UnaryOperator<LoopSettings> change) {
                builder.settings = change.apply(builder.settings);
            }
        }

        static {
            LoopSettings.grantAccess(new SettingsAccess());
        }

        /** Sets the number of loops; 1 by default. */
        public Builder loops(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("a group needs at least one loop: " + count);
            }
            loops = count;
            return this;
        }

        /** Sets the prefix of the threads' names; "weft" by default. */
        public Builder name(String name) {
            settings = settings.withName(name);
            return this;
        }

        /** Sets the handler of failures that nobody waits for; they are logged by default. */
        public Builder uncaughtHandler(UncaughtHandler handler) {
            settings = settings.withUncaughtHandler(handler);
            return this;
        }

        /** Sets the listener for events on the loops. */
        public Builder listener(LoopListener listener) {
            settings = settings.withListener(listener);
            return this;
        }

        /** Sets the clock; the system clock by default. */
        public Builder clock(Clock clock) {
            settings = settings.withClock(clock);
            return this;
        }

        /** Sets the poller in which the loops sleep; by default the installed service, or else plain parking. */
        public Builder poller(PollerProvider provider) {
            settings = settings.withPoller(provider);
            return this;
        }

        /**
         * Sets the maximum depth of a greenlet's stack, in bytes; 16 MiB of address space by default. Greenlets run on their
         * loop's stack, so there is one per loop.
         */
        public Builder stackSize(long bytes) {
            settings = settings.withStackSize(bytes);
            return this;
        }

        /** Sets the maximum number of threads for off-loaded calls; 64 by default. */
        public Builder offloadThreads(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("off-loading needs at least one thread: " + count);
            }
            offloadThreads = count;
            return this;
        }

        /**
         * Sets how long a greenlet, or a task of the runtime outside of greenlets, may hold its loop before it is reported to
         * the system logger and to {@link LoopListener#onHog} or {@link LoopListener#onBlockedLoop}; one second by default,
         * zero for never. A daemon thread of the group checks every 100 ms. Without it, deadlocks ({@link #verdicts}), and greenlets
         * that ignore the interrupts of others, are not detected either, and tools outside of the process do not see the group.
         */
        public Builder hogAfter(Duration limit) {
            if (limit.isNegative()) {
                throw new IllegalArgumentException("hogAfter must not be negative: " + limit);
            }
            hogAfter = limit;
            return this;
        }

        /**
         * Sets what happens to virtual threads that code inside a greenlet starts, knowingly or not; by default they become
         * greenlets of the loop.
         */
        public Builder startedThreads(StartedThreads treatment) {
            settings = settings.withStartedThreads(treatment);
            return this;
        }

        /**
         * Sets whether greenlets may yield implicitly, inside the JDK or a library; allowed by default. For teams that want
         * every place where others can run to be visible in the code (as with asyncio's {@code await}).
         */
        public Builder implicitYields(ImplicitYields mode) {
            settings = settings.withImplicitYields(mode);
            return this;
        }

        /**
         * Sets what carries the context of libraries from the code that starts something on the group's loops, or is off-loaded by
         * them, to the code that is started; by default nothing is carried, at no cost.
         */
        public Builder contextCarrier(ContextCarrier carrier) {
            settings = settings.withContextCarrier(carrier);
            return this;
        }

        /**
         * Lets tools outside of the process kill greenlets of the group, such as {@code weft kill}; by default they can only look.
         * The system property {@code weft.sight.kill=true} does the same for all groups of a program.
         */
        public Builder killableFromOutside() {
            killableFromOutside = true;
            return this;
        }

        /**
         * Opens the group and starts its threads.
         *
         * @throws UnsupportedOperationException if this JVM has no continuations; the message says why
         * @throws MissingFlag if the JVM was started without the flag that Weft needs; the message names it
         * @throws java.io.UncheckedIOException if a poller cannot be opened
         */
        public LoopGroup open() {
            return new LoopGroup(this);
        }
    }
}
