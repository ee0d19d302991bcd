package dev.weft.service;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Sneaky;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A process that serves until it is asked to stop, by SIGTERM, SIGINT or {@link #stop}, and then ends in order:
 *
 * <ol>
 *   <li>{@linkplain Health#readiness() Readiness} goes down. After the {@linkplain Builder#readinessDelay readiness delay}, in
 *       which load balancers notice that, what was registered is stopped, in reverse order: first the servers, which accept
 *       nothing more and finish what is in flight, then the pools that they used.
 *   <li>All of this has a {@linkplain Builder#grace grace}. When it is over, a warning reports who is left, with name and stack;
 *       then the rest is killed. Everything registered is stopped even then.
 *   <li>The group is closed, which kills greenlets that nobody registered, as {@link dev.weft.Weft#run} does.
 * </ol>
 *
 * <pre>{@code
 * public static void main(String[] args) throws Exception {
 *     System.exit(Service.run(LoopGroup.open(2), service -> {
 *         HikariDataSource pool = service.closeAtEnd("database", new HikariDataSource(config));
 *         TcpServer server = TcpServer.start("0.0.0.0", 7000, stream -> serve(stream, pool));
 *         service.onStop("server", server::stop);
 *     }));
 * }
 * }</pre>
 *
 * <p>A second signal ends the process at once, with the status that shells report for the signal (143 for SIGTERM). Signals have
 * the restrictions that {@link Signals} lists; on a JVM that passes none on, only {@link #stop} works. {@link System#exit}
 * elsewhere does not stop a service in order: call {@code stop} instead.
 *
 * <p>All methods may be called by any thread; none waits, except {@code run}.
 */
public final class Service {
    private static final System.Logger LOGGER = System.getLogger("dev.weft.service");
    private static final List<Signal> SIGNALS = List.of(Signal.TERM, Signal.INT);

    private final LoopGroup group;
    private final Duration grace;
    private final Duration readinessDelay;
    private final CountDownLatch asked = new CountDownLatch(1); // to stop
    private final AtomicInteger signals = new AtomicInteger();
    private final List<StopSequence.Stoppable> registered = new ArrayList<>(); // under its own lock, as is refusesMore
    private final Health health = new Health(this::phase);
    private boolean refusesMore;
    private volatile Health.Phase phase = Health.Phase.STARTING;
    private volatile @Nullable Throwable startUpFailure;

    private Service(Builder builder, LoopGroup group) {
        this.group = group;
        grace = builder.grace;
        readinessDelay = builder.readinessDelay;
    }

    /** The start-up of a service. */
    @FunctionalInterface
    public interface Body<X extends Exception> {
        /**
         * Starts servers and registers what is to be stopped. Called by a greenlet of the group; the service is ready once this has
         * returned. If the service is asked to stop before that, the greenlet is killed.
         */
        void start(Service service) throws X;
    }

    /** How to stop something. */
    @FunctionalInterface
    public interface StopAction {
        /**
         * Ends the work that is in flight within {@code grace}, and the rest then. Called by a greenlet of the loop on which it was
         * registered. A failure is logged; the service stops the rest all the same.
         */
        void stop(Duration grace) throws Exception;
    }

    /**
     * Runs a service with the default settings on {@code group}, which it closes at the end. Blocks the calling thread until the
     * service has stopped.
     *
     * @return the exit status: 0, or 1 if something did not end in order, which has been logged
     * @throws X what {@code body} threw, after everything that it had registered was stopped
     * @throws IllegalStateException if called by a greenlet
     */
    public static <X extends Exception> int run(LoopGroup group, Body<X> body) throws X {
        return builder().run(group, body);
    }

    /** Returns a builder with the default settings. */
    public static Builder builder() {
        return new Builder();
    }

    private <X extends Exception> int live(Body<X> body) {
        Consumer<Signal> listener = this::signalled;
        try {
            SIGNALS.forEach(signal -> listen(signal, listener));
            Greenlet<?> starting = group.spawn("start-up", () -> startUp(body));
            awaitStop();
            return end(starting) ? 0 : 1;
        } finally {
            SIGNALS.forEach(signal -> SignalListeners.remove(signal, listener));
        }
    }

    private static void listen(Signal signal, Consumer<Signal> listener) {
        try {
            SignalListeners.add(signal, listener);
        } catch (UnsupportedOperationException e) {
            LOGGER.log(System.Logger.Level.WARNING, signal + " will not stop this service in order", e);
        }
    }

    private void signalled(Signal signal) {
        if (signals.incrementAndGet() > 1) {
            Runtime.getRuntime().halt(signal.exitStatus());
        }
        stop();
    }

    private <X extends Exception> void startUp(Body<X> body) {
        try {
            body.start(this);
            started();
        } catch (Throwable failure) {
            startUpFailure = failure;
            stop();
        }
    }

    private synchronized void started() {
        if (phase == Health.Phase.STARTING) {
            phase = Health.Phase.RUNNING;
        }
    }

    private void awaitStop() {
        try {
            asked.await();
        } catch (InterruptedException e) {
            stop();
        }
    }

    private boolean end(Greenlet<?> starting) {
        Throwable failure = startUpFailure; // null if it was asked to stop, even if that ends the start-up
        if (failure == null && starting.state().isDone()) {
            pause(readinessDelay);
        }
        StopSequence sequence = new StopSequence(group, grace);
        sequence.endStartUp(starting);
        sequence.stopAll(takeRegistered());
        boolean isOrderly = sequence.closeGroup();
        phase = Health.Phase.STOPPED;
        if (failure != null) {
            throw Sneaky.rethrow(failure);
        }
        return isOrderly;
    }

    private static void pause(Duration delay) {
        try {
            Thread.sleep(delay);
        } catch (InterruptedException e) {
            // Asked once more, which changes nothing.
        }
    }

    private List<StopSequence.Stoppable> takeRegistered() {
        synchronized (registered) {
            refusesMore = true;
            return List.copyOf(registered);
        }
    }

    /**
     * Registers something to be stopped: {@code service.onStop("server", server::stop)}. What was registered last is stopped
     * first.
     *
     * @throws IllegalStateException if the service is already stopping what was registered; the caller must stop it
     */
    public void onStop(String name, StopAction action) {
        Loop loop = Suspension.isOnLoop() ? Loop.current() : group.next();
        synchronized (registered) {
            if (refusesMore) {
                throw new IllegalStateException("the service is stopping, so it will not stop " + name
                        + "; stop it here, and start nothing more");
            }
            registered.add(new StopSequence.Stoppable(name, loop, Objects.requireNonNull(action, "action")));
        }
    }

    /** Registers {@code resource} to be closed in its turn, and returns it; otherwise as {@link #onStop}. */
    public <C extends AutoCloseable> C closeAtEnd(String name, C resource) {
        onStop(name, remaining -> resource.close());
        return resource;
    }

    /** Asks the service to stop. Returns at once; asking again has no effect. */
    public void stop() {
        synchronized (this) {
            if (phase == Health.Phase.STARTING || phase == Health.Phase.RUNNING) {
                phase = Health.Phase.STOPPING;
            }
        }
        asked.countDown();
    }

    /** Returns whether it was asked to stop. A handler that keeps a connection open between requests should close it then. */
    public boolean isStopping() {
        return asked.getCount() == 0;
    }

    /** Returns the health of this service. */
    public Health health() {
        return health;
    }

    /** Returns the group that it runs on. */
    public LoopGroup group() {
        return group;
    }

    private Health.Phase phase() {
        return phase;
    }

    @Override
    public String toString() {
        return "service on " + group + " (" + phase + ")";
    }

    /** A builder of services. Not thread-safe. */
    public static final class Builder {
        private Duration grace = Duration.ofSeconds(10);
        private Duration readinessDelay = Duration.ZERO;

        private Builder() {}

        /**
         * Sets how long everything together may take to stop; ten seconds by default. Kubernetes kills the process 30 seconds after
         * SIGTERM, Docker ten.
         */
        public Builder grace(Duration limit) {
            grace = requireNotNegative(limit, "the grace");
            return this;
        }

        /**
         * Sets how long the servers go on accepting after readiness has gone down, so that load balancers notice before connections
         * are refused; zero by default. Use somewhat more than the period of the readiness probe.
         */
        public Builder readinessDelay(Duration delay) {
            readinessDelay = requireNotNegative(delay, "the readiness delay");
            return this;
        }

        private static Duration requireNotNegative(Duration value, String what) {
            if (value.isNegative()) {
                throw new IllegalArgumentException(what + " must not be negative: " + value);
            }
            return value;
        }

        /** As {@link Service#run}, with these settings. */
        public <X extends Exception> int run(LoopGroup group, Body<X> body) throws X {
            if (Suspension.isOnLoop()) {
                throw new IllegalStateException("Service.run would block the loop on which it was called, "
                        + Loop.current().name() + "; call it in main");
            }
            return new Service(this, Objects.requireNonNull(group, "group")).live(Objects.requireNonNull(body, "body"));
        }
    }
}
