package dev.weft;

import dev.weft.diagnostics.HogProbe;
import dev.weft.diagnostics.HogWatch;
import dev.weft.kernel.Blocking;
import dev.weft.kernel.EventLoop;
import dev.weft.log.RuntimeLog;
import dev.weft.loop.LoopSettings;
import dev.weft.loop.RunLoop;
import dev.weft.offload.OffloadPools;
import dev.weft.spi.Clock;
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
 * One or more {@link Loop}s that are opened and closed together. A JVM can hold many groups; they share nothing. All
 * methods may be called from any thread.
 *
 * <p>Each loop has a platform thread of its own, which is not a daemon: an open group keeps the JVM alive.
 *
 * <p>Opening needs Java 25 and the flag {@code --add-opens java.base/java.lang=ALL-UNNAMED}; without it, {@code open}
 * throws {@link MissingFlag} with a message that says where to put it.
 */
public final class LoopGroup implements AutoCloseable {
    private static final Duration DEFAULT_GRACE = Duration.ofSeconds(10);
    private static final Duration DEFAULT_HOG_AFTER = Duration.ofSeconds(1);

    private final List<RunLoop> loops;
    private final OffloadPools offloadPools;
    private final HogWatch hogWatch;
    private final AtomicInteger turn = new AtomicInteger();

    private LoopGroup(Builder builder) {
        String name = builder.settings.name();
        offloadPools = OffloadPools.of(name, builder.offloadThreads);
        List<RunLoop> created = new ArrayList<>();
        try {
            for (int i = 0; i < builder.loops; i++) {
                created.add(RunLoop.create(this, i, builder.settings, offloadPools));
            }
            loops = List.copyOf(created); // before the first of them runs, as each looks at the others
            loops.forEach(RunLoop::start);
            List<HogProbe> probes = new ArrayList<>();
            for (RunLoop loop : loops) {
                probes.add(loop.probe(builder.hogAfter));
            }
            hogWatch = HogWatch.start(name, probes, builder.hogAfter);
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

    /** For a group that is not the default one. */
    public static Builder builder() {
        return new Builder();
    }

    /** The loops, in the order of their numbers. */
    public List<Loop> loops() {
        return List.copyOf(loops);
    }

    /** One loop after the other, for spreading work. */
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

    /** The pool behind {@link Weft#offload}: bounded, of daemon threads that leave when they have long been idle. */
    public Executor offloadExecutor() {
        return offloadPools.blocking();
    }

    /** Closes with ten seconds of grace; see {@link #close(Duration)}. */
    @Override
    public void close() {
        close(DEFAULT_GRACE);
    }

    /**
     * Ends the group: nothing new can be spawned, every greenlet is killed, and once all have ended the threads, selectors
     * and timers go. Blocks until then, for {@code grace} at the most; greenlets that have not ended by that time (they
     * swallow the kill, or hold the loop) are abandoned: those who join them get {@link Cancelled}, and the system's
     * logger a warning with their names and stacks. What Weft has to log is written when this returns, unless that takes the
     * logger more than a second. Closing a closed group does nothing.
     *
     * <p>From one of the group's own greenlets it only begins the closing, kills the caller with the others, and returns.
     */
    public void close(Duration grace) {
        Objects.requireNonNull(grace, "grace");
        loops.forEach(RunLoop::beginClose);
        EventLoop caller = EventLoop.currentOrNull();
        if (caller != null && loops.contains(caller.owner)) {
            return;
        }
        long deadline = System.nanoTime() + Blocking.nanos(grace);
        for (RunLoop loop : loops) {
            loop.finishClose(deadline);
        }
        offloadPools.close();
        hogWatch.close();
        RuntimeLog.flush();
    }

    @Override
    public String toString() {
        return "LoopGroup" + loops;
    }

    /** How a group is to be. Not thread-safe. */
    public static final class Builder {
        private int loops = 1;
        private int offloadThreads = 64;
        private Duration hogAfter = DEFAULT_HOG_AFTER;
        private LoopSettings settings = LoopSettings.defaults();

        private Builder() {}

        /** For {@code dev.weft.testing}. A class of its own, as a lambda would delay the first greenlet by a millisecond. */
        private static final class SettingsAccess implements LoopSettings.BuilderAccess {
            @Override
            public void change(Builder builder, UnaryOperator<LoopSettings> change) {
                builder.settings = change.apply(builder.settings);
            }
        }

        static {
            LoopSettings.grantAccess(new SettingsAccess());
        }

        /** How many loops; 1 unless said. */
        public Builder loops(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("a group needs at least one loop: " + count);
            }
            loops = count;
            return this;
        }

        /** What the threads are called; "weft" unless said. */
        public Builder name(String name) {
            settings = settings.withName(name);
            return this;
        }

        /** Told of every failure that nobody waits for; logs unless said. */
        public Builder uncaughtHandler(UncaughtHandler handler) {
            settings = settings.withUncaughtHandler(handler);
            return this;
        }

        /** Told of what happens on the loops. */
        public Builder listener(LoopListener listener) {
            settings = settings.withListener(listener);
            return this;
        }

        /** The clock; the machine's unless said. */
        public Builder clock(Clock clock) {
            settings = settings.withClock(clock);
            return this;
        }

        /** What the loops sleep in; the service that is found, or else plain parking, unless said. */
        public Builder poller(PollerProvider provider) {
            settings = settings.withPoller(provider);
            return this;
        }

        /**
         * How deep a greenlet's stack may grow, in bytes; 16 MiB of address space unless said. Greenlets run on their loop's
         * stack, so there is one a loop.
         */
        public Builder stackSize(long bytes) {
            settings = settings.withStackSize(bytes);
            return this;
        }

        /** How many threads at the most run what is off-loaded; 64 unless said. */
        public Builder offloadThreads(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("off-loading needs at least one thread: " + count);
            }
            offloadThreads = count;
            return this;
        }

        /**
         * How long a greenlet, or what the kernel runs outside of them, may hold its loop before that is reported, to the
         * system's logger and to {@link LoopListener#onHog} or {@link LoopListener#onBlockedLoop}; a second unless said, zero
         * for never. A daemon thread of the group looks every 100 ms; without it, nobody looks for {@linkplain
         * dev.weft.spi.Contended deadlocks}, or for greenlets that ignore the interrupts of others, either.
         */
        public Builder hogAfter(Duration limit) {
            if (limit.isNegative()) {
                throw new IllegalArgumentException("a hog cannot be told before it begins: " + limit);
            }
            hogAfter = limit;
            return this;
        }

        /**
         * What becomes of virtual threads that code inside a greenlet starts, knowingly or not: greenlets of the loop unless
         * said.
         */
        public Builder startedThreads(StartedThreads fate) {
            settings = settings.withStartedThreads(fate);
            return this;
        }

        /**
         * Whether greenlets may yield where the code does not say so, inside the JDK or a library; they may unless said. For
         * teams who want to see in the code where others can run (as with asyncio's {@code await}).
         */
        public Builder implicitYields(ImplicitYields terms) {
            settings = settings.withImplicitYields(terms);
            return this;
        }

        /**
         * Opens the group and starts its threads.
         *
         * @throws UnsupportedOperationException if this JVM has no continuations; the message says why
         * @throws MissingFlag if the JVM was started without the flag that Weft needs; the message gives it
         * @throws java.io.UncheckedIOException if a poller cannot be opened
         */
        public LoopGroup open() {
            return new LoopGroup(this);
        }
    }
}
