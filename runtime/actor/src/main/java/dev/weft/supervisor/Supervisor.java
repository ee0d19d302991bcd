package dev.weft.supervisor;

import dev.weft.Awaitable;
import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * Keeps children running: starts them in order, restarts those that end, and stops them in the reverse order (Erlang/OTP's
 * {@code supervisor}). Children are greenlets, owners, servers, other supervisors, or whatever can be made a {@link Child}.
 *
 * <pre>{@code
 * try (Supervisor app = Supervisor.restForOne()
 *         .intensity(5, Duration.ofSeconds(30))
 *         .child(ChildSpec.starting("database", ready -> { connect(); ready.run(); keepAlive(); }))
 *         .child(ChildSpec.server("http", () -> HttpServer.start("0.0.0.0", 8080, router), HttpServer::join, HttpServer::stop))
 *         .start("app")) {
 *     app.join();
 * }
 * }</pre>
 *
 * <p><b>Restarts.</b> A child that ends by itself is restarted as its {@link ChildSpec.Restart} says, and with it: no other ({@link
 * #oneForOne}), all ({@link #oneForAll}), or those after it ({@link #restForOne}), which are stopped first, in reverse order. A
 * restart that fails is tried again. Each attempt counts; if there are more than the {@linkplain Builder#intensity intensity}
 * allows, the supervisor stops all children and fails with {@link RestartsExceeded}, which is its own supervisor's to handle.
 *
 * <p><b>Stopping.</b> Whichever way a supervisor ends, it first stops its children: the last one first, and each within its own
 * grace. Then the child is killed, as far as that is {@linkplain Greenlet#killForcibly possible}; one that goes on all the same
 * is waited for and reported, as two at a time would be worse. A supervisor that is killed {@linkplain #kill forcibly} kills its
 * children, and does not wait for them.
 *
 * <p>A supervisor is a greenlet, and does one thing at a time: while it starts or stops a child, it notices no other. It belongs to
 * the loop of its starter; its children may be on others. All methods may be called from any thread. Those that start and stop
 * children wait until that is done, and throw {@link java.util.concurrent.RejectedExecutionException} once the supervisor is
 * ending. They must not be called by its own greenlet, which calls {@link ChildSpec.Start}s and reports.
 *
 * <p>A child costs about 250 bytes besides what runs, and a restart some two microseconds, the failure and the start included.
 */
public final class Supervisor implements Child, AutoCloseable {
    static {
        Suspension.belongsToRuntime(Supervisor.class);
    }

    private final Supervision supervision;
    private final Greenlet<?> greenlet;
    private volatile boolean isAskedToStop;

    private Supervisor(Supervision supervision, Greenlet<?> greenlet) {
        this.supervision = supervision;
        this.greenlet = greenlet;
    }

    /** When a supervisor stops because its {@linkplain ChildSpec#significant significant} children have ended by themselves. */
    public enum AutoShutdown {
        /** Never; then it takes no significant children. */
        NEVER,
        /** When one of them has ended, and is not restarted. */
        ANY_SIGNIFICANT,
        /** When the last of them has. */
        ALL_SIGNIFICANT
    }

    /** Returns a builder of a supervisor that restarts only the child that has ended. */
    public static Builder oneForOne() {
        return new Builder(Strategy.ONE_FOR_ONE);
    }

    /** Returns a builder of a supervisor that stops and restarts all children if one is restarted. */
    public static Builder oneForAll() {
        return new Builder(Strategy.ONE_FOR_ALL);
    }

    /** Returns a builder of a supervisor that also stops and restarts the children that were started after the one that has ended. */
    public static Builder restForOne() {
        return new Builder(Strategy.REST_FOR_ONE);
    }

    /**
     * Returns a builder of a supervisor of many children of one kind, all of which are {@linkplain #startChild added} while it runs.
     * They may have the same id, to which a number is added. When one has ended and is not restarted, or is stopped, it is
     * forgotten. At the end all are asked to stop at once.
     */
    public static Builder simpleOneForOne() {
        return new Builder(Strategy.SIMPLE_ONE_FOR_ONE);
    }

    /** Returns its name. */
    public String name() {
        return supervision.name;
    }

    /**
     * Adds a child and starts it. It comes last in the order.
     *
     * @return what is known of it now that it is up; its id is the one to stop it by
     * @throws ChildStartFailed if it could not be started; then it was not added
     * @throws IllegalStateException if there is one of that id, running or not
     * @throws IllegalArgumentException if it is significant, and this supervisor does not stop automatically
     */
    public ChildInfo startChild(ChildSpec spec) {
        supervision.requireAllowed(spec);
        return ask(() -> supervision.startChild(spec));
    }

    /**
     * Stops a child, which is not restarted then. It can be, by {@link #restartChild}, or with another one. A temporary one is
     * forgotten. Does not make the supervisor stop automatically.
     *
     * @throws IllegalArgumentException if there is none of that id
     */
    public void stopChild(String id) {
        ask(() -> supervision.stopChild(id));
    }

    /**
     * Starts a child that has stopped.
     *
     * @throws ChildStartFailed if it could not be started
     * @throws IllegalArgumentException if there is none of that id
     * @throws IllegalStateException if it runs, or is about to be restarted
     */
    public ChildInfo restartChild(String id) {
        return ask(() -> supervision.restartChild(id));
    }

    /**
     * Forgets a child that has stopped.
     *
     * @throws IllegalArgumentException if there is none of that id
     * @throws IllegalStateException if it runs, or is about to be restarted
     */
    public void deleteChild(String id) {
        ask(() -> supervision.deleteChild(id));
    }

    private <V> V ask(Callable<V> operation) {
        if (Suspension.callerId() == greenlet.thread().threadId()) {
            throw new IllegalStateException("supervisor " + name()
                    + " would wait for itself; ask it in another greenlet: Weft.spawn(() -> ...)");
        }
        return supervision.ask(operation);
    }

    /**
     * Returns what is known of all children, in the order of their start. The answer does not wait for what the supervisor is doing:
     * it shows a child that is just being started or stopped.
     *
     * @throws java.util.concurrent.RejectedExecutionException if its loop is closed
     */
    public List<ChildInfo> children() {
        return supervision.look(supervision::infos);
    }

    /**
     * Returns a text that shows the tree below this supervisor, a line for each child: what it is doing, since when, and how often it
     * has been restarted. As {@link #children}.
     */
    public String tree() {
        return new TreeText().add(this).toString();
    }

    Strategy strategy() {
        return supervision.strategy;
    }

    /** Returns its end; fails with {@link RestartsExceeded} if it gives up, and with {@link Cancelled} if it was stopped. */
    @Override
    public Awaitable<?> end() {
        return greenlet;
    }

    /**
     * Waits until it has ended and all its children too: it was stopped, or has stopped automatically. A calling greenlet yields; a
     * calling thread blocks.
     *
     * @throws RestartsExceeded if it has given up
     * @throws Cancelled if it was killed, or if the caller was
     */
    public void join() {
        try {
            greenlet.join();
        } catch (Cancelled e) {
            if (!isAskedToStop || !greenlet.state().isDone()) {
                throw e;
            }
        }
    }

    /** Asks it to stop, and returns at once. */
    public void stop() {
        isAskedToStop = true;
        greenlet.kill("supervisor " + name() + " was asked to stop");
    }

    /** As {@link #stop()}; each child has its own grace. */
    @Override
    public void stop(Duration grace) {
        stop();
    }

    /** Kills it and all its children, and returns at once. */
    @Override
    public void kill() {
        greenlet.killForcibly("supervisor " + name() + " was killed");
    }

    /**
     * Stops it and waits until it has ended, also in a greenlet that has been killed. If it had given up, that is not thrown
     * here.
     */
    @Override
    public void close() {
        stop();
        if (Suspension.isOnLoop()) {
            Weft.shield(() -> Weft.joinAll(List.of(greenlet)));
        } else {
            Weft.joinAll(List.of(greenlet));
        }
    }

    @Override
    public String toString() {
        return "supervisor " + name() + " (" + strategy() + ")";
    }

    /** A builder of supervisors. Can start several. Not thread-safe. */
    public static final class Builder {
        final Strategy strategy;
        final Map<String, ChildSpec> children = new LinkedHashMap<>();
        int restarts = 1;
        Duration period = Duration.ofSeconds(5);
        BackOff backOff = BackOff.NONE;
        AutoShutdown autoShutdown = AutoShutdown.NEVER;
        Consumer<? super SupervisorReport> reports = SupervisorReport::log;

        private Builder(Strategy strategy) {
            this.strategy = strategy;
        }

        /**
         * Adds a child. Children are started in the order in which they are added.
         *
         * @throws IllegalArgumentException if there is one of that id already, or if this is a simple one-for-one supervisor
         */
        public Builder child(ChildSpec spec) {
            if (strategy == Strategy.SIMPLE_ONE_FOR_ONE) {
                throw new IllegalArgumentException(
                        "a simple one-for-one supervisor starts without children; add " + spec.id() + " by startChild");
            }
            if (children.putIfAbsent(spec.id(), spec) != null) {
                throw new IllegalArgumentException("there is a child " + spec.id() + " already; use another id");
            }
            return this;
        }

        /**
         * Sets how many restarts it makes in a {@code period} before it gives up; by default one in five seconds, as in OTP.
         *
         * @throws IllegalArgumentException if {@code most} is negative or {@code within} is not positive
         */
        public Builder intensity(int most, Duration within) {
            if (most < 0) {
                throw new IllegalArgumentException("the number of restarts must not be negative: " + most);
            }
            if (within.isNegative() || within.isZero()) {
                throw new IllegalArgumentException("the period must be positive: " + within);
            }
            restarts = most;
            period = within;
            return this;
        }

        /**
         * Makes it pause before a restart: at first up to {@code first}, doubling up to {@code longest} with each restart of that
         * child in a row, and anew once the child has run for as long as {@code longest}. Pauses are random, from half of that to
         * the whole, so that many children do not return together. Without this it restarts at once, as OTP does.
         *
         * @throws IllegalArgumentException if {@code first} is not positive, or more than {@code longest}
         */
        public Builder backOff(Duration first, Duration longest) {
            if (first.isNegative() || first.isZero() || first.compareTo(longest) > 0) {
                throw new IllegalArgumentException(
                        "the first pause must be positive and at most the longest, " + longest + ": " + first);
            }
            backOff = new BackOff(first.toNanos(), longest.toNanos());
            return this;
        }

        /** Sets when it stops by itself; never by default. */
        public Builder autoShutdown(AutoShutdown when) {
            autoShutdown = Objects.requireNonNull(when, "when");
            return this;
        }

        /**
         * Sets who is told of children that end or cannot be started, instead of the system logger {@code dev.weft.supervisor}. Called
         * by the supervisor's greenlet, which does nothing else meanwhile.
         */
        public Builder reports(Consumer<? super SupervisorReport> told) {
            reports = Objects.requireNonNull(told, "told");
            return this;
        }

        /**
         * Starts a supervisor and its children on the caller's loop, and returns once all of them are up. Must be called by a
         * greenlet.
         *
         * @throws ChildStartFailed if a child could not be started; those before it have been stopped
         * @throws IllegalArgumentException if a child is significant, and {@link #autoShutdown} was not called
         */
        public Supervisor start(String name) {
            return start(name, ChildSpec.supervisor(name, this));
        }

        Supervisor start(String name, ChildSpec spec) {
            Supervision supervision = new Supervision(name, spec.home(), this);
            children.values().forEach(supervision::requireAllowed);
            Greenlet<?> greenlet = Readiness.start(name, spec, supervision::run);
            greenlet.onEnd(ended -> supervision.killAll()); // in case its loop has abandoned it
            return new Supervisor(supervision, greenlet);
        }
    }
}
