package dev.weft.supervisor;

import dev.weft.Action;
import dev.weft.Loop;
import dev.weft.Weft;
import dev.weft.actor.Owner;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a supervisor starts a child, when it restarts it, and how it stops it (OTP's child specification). Immutable; each setter
 * returns a changed copy.
 *
 * <pre>{@code
 * ChildSpec.greenlet("clock", () -> tick());
 * ChildSpec.starting("feed", ready -> { Feed feed = Feed.connect(); ready.run(); feed.follow(); }).grace(Duration.ofSeconds(1));
 * ChildSpec.server("http", () -> HttpServer.start("0.0.0.0", 8080, router), HttpServer::join, HttpServer::stop);
 * ChildSpec.owner("stock", () -> stock = Owner.start("stock", Stock::load));
 * ChildSpec.supervisor("workers", Supervisor.oneForAll().child(reader).child(writer));
 * }</pre>
 *
 * <p>By default a child is {@link Restart#PERMANENT permanent}, is not significant, and has five seconds to stop, or no limit if
 * it is a supervisor.
 */
public final class ChildSpec {
    private static final Duration DEFAULT_GRACE = Duration.ofSeconds(5);
    static final Duration UNLIMITED = Duration.ofNanos(Long.MAX_VALUE);

    private final String id;
    private final Launch launch;
    private final Restart restart;
    private final boolean significant;
    private final @Nullable Duration grace; // null: brutal kill
    private final @Nullable Duration startLimit;
    private final @Nullable Loop loop;

    private ChildSpec(
            String id,
            Launch launch,
            Restart restart,
            boolean significant,
            @Nullable Duration grace,
            @Nullable Duration startLimit,
            @Nullable Loop loop) {
        this.id = Objects.requireNonNull(id, "id");
        this.launch = launch;
        this.restart = restart;
        this.significant = significant;
        this.grace = grace;
        this.startLimit = startLimit;
        this.loop = loop;
    }

    private ChildSpec(String id, Launch launch, Duration grace) {
        this(id, launch, Restart.PERMANENT, false, grace, null, null);
    }

    /** When a child that has ended by itself is restarted. */
    public enum Restart {
        /** Always. */
        PERMANENT,
        /** If it ended abnormally: it failed, or somebody else than its supervisor killed it. */
        TRANSIENT,
        /** Never. Its specification is dropped when it ends, also when it ends because a sibling is restarted. */
        TEMPORARY
    }

    /** Starts a child. */
    @FunctionalInterface
    public interface Start {
        /**
         * Starts it and returns once it is up; or throws, having left nothing behind. Called by the supervisor's greenlet, which
         * does nothing else meanwhile.
         */
        Child start() throws Exception;
    }

    /** The body of a greenlet that says when it is up. */
    @FunctionalInterface
    public interface Starting {
        /** Calls {@code ready} once it is up ({@code proc_lib:init_ack}), and goes on. */
        void run(Runnable ready) throws Exception;
    }

    /** What starts a child: with its full name, and according to its specification. */
    @FunctionalInterface
    interface Launch {
        Child start(String name, ChildSpec spec) throws Exception;
    }

    /** A child that is a greenlet with this body. It counts as up when it is spawned. */
    public static ChildSpec greenlet(String id, Action body) {
        Objects.requireNonNull(body, "body");
        return new ChildSpec(id, (name, spec) -> Child.of(spec.home().spawn(name, body)), DEFAULT_GRACE);
    }

    /**
     * A child that is a greenlet with this body, and up when it says so. If it ends before, it could not be started: the supervisor
     * learns what it threw.
     */
    public static ChildSpec starting(String id, Starting body) {
        Objects.requireNonNull(body, "body");
        return new ChildSpec(id, (name, spec) -> Child.of(Readiness.start(name, spec, body)), DEFAULT_GRACE);
    }

    /** A child of any other kind. */
    public static ChildSpec of(String id, Start start) {
        Objects.requireNonNull(start, "start");
        return new ChildSpec(
                id,
                (name, spec) -> Objects.requireNonNull(start.start(), () -> "the start of " + name + " returned null"),
                DEFAULT_GRACE);
    }

    /**
     * A child that is a server. {@code start} and {@code join} are called by a greenlet that lives as long as the server; when it
     * is to end, this calls {@code stop} with the {@linkplain #grace grace}, and then closes the server.
     */
    public static <S extends AutoCloseable> ChildSpec server(
            String id, Callable<S> start, Consumer<? super S> join, BiConsumer<? super S, Duration> stop) {
        Objects.requireNonNull(start, "start");
        Objects.requireNonNull(join, "join");
        Objects.requireNonNull(stop, "stop");
        Launch launch = (name, spec) -> Child.of(Readiness.start(name, spec, ready -> {
            S server = start.call();
            try {
                ready.run();
                join.accept(server);
            } finally {
                stopAndClose(server, stop, spec.graceOrZero());
            }
        }));
        return new ChildSpec(id, launch, DEFAULT_GRACE);
    }

    /**
     * A child that is an owner, which {@code start} starts. When it is to end, it handles the requests that are queued. After a
     * restart it is another owner, with a new state; {@code start} can tell others where it is.
     */
    public static ChildSpec owner(String id, Callable<? extends Owner<?>> start) {
        Objects.requireNonNull(start, "start");
        return of(id, () -> {
            Owner<?> owner = start.call();
            return Child.of(
                    owner.greenlet(),
                    grace -> owner.stop(),
                    () -> owner.greenlet().killForcibly("killed by its supervisor"));
        });
    }

    private static <S extends AutoCloseable> void stopAndClose(
            S server, BiConsumer<? super S, Duration> stop, Duration grace) throws Exception {
        try {
            Weft.shield(() -> stop.accept(server, grace));
        } finally {
            server.close();
        }
    }

    /** A child that is a supervisor. */
    public static ChildSpec supervisor(String id, Supervisor.Builder supervisor) {
        Objects.requireNonNull(supervisor, "supervisor");
        return new ChildSpec(id, (name, spec) -> supervisor.start(name, spec), UNLIMITED);
    }

    /** Sets when it is restarted. */
    public ChildSpec restart(Restart when) {
        return new ChildSpec(id, launch, Objects.requireNonNull(when, "when"), significant, grace, startLimit, loop);
    }

    /** Makes it significant for the {@linkplain Supervisor.AutoShutdown automatic shutdown} of its supervisor. */
    public ChildSpec significant() {
        return new ChildSpec(id, launch, restart, true, grace, startLimit, loop);
    }

    /**
     * Sets how long it may take to stop, before it is killed.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public ChildSpec grace(Duration limit) {
        if (limit.isNegative()) {
            throw new IllegalArgumentException("the grace of " + id + " must not be negative: " + limit);
        }
        return new ChildSpec(id, launch, restart, significant, limit, startLimit, loop);
    }

    /** Gives it as long as it needs to stop ({@code infinity}). If it does not, its supervisor does not either. */
    public ChildSpec unlimitedGrace() {
        return grace(UNLIMITED);
    }

    /** Makes its supervisor kill it without asking it to stop ({@code brutal_kill}). */
    public ChildSpec brutalKill() {
        return new ChildSpec(id, launch, restart, significant, null, startLimit, loop);
    }

    /**
     * Sets how long its start may take; without limit by default. It then counts as failed, with a {@link
     * dev.weft.DeadlineExceeded}.
     */
    public ChildSpec startWithin(Duration limit) {
        return new ChildSpec(id, launch, restart, significant, grace, Objects.requireNonNull(limit, "limit"), loop);
    }

    /** Sets the loop on which it runs, if it is a greenlet; by default its supervisor's. */
    public ChildSpec on(Loop runsOn) {
        return new ChildSpec(
                id, launch, restart, significant, grace, startLimit, Objects.requireNonNull(runsOn, "runsOn"));
    }

    /** Returns a copy with another id. */
    ChildSpec named(String other) {
        return new ChildSpec(other, launch, restart, significant, grace, startLimit, loop);
    }

    /** Starts the child. Throws with nothing left behind if that fails. */
    Child start(String supervisor) throws Exception {
        String name = supervisor + "/" + id;
        return startLimit == null
                ? launch.start(name, this)
                : Weft.withTimeout(startLimit, () -> launch.start(name, this));
    }

    /** Returns its name, unique in its supervisor. */
    public String id() {
        return id;
    }

    Restart restart() {
        return restart;
    }

    boolean isSignificant() {
        return significant;
    }

    boolean isBrutallyKilled() {
        return grace == null;
    }

    Duration graceOrZero() {
        return grace == null ? Duration.ZERO : grace;
    }

    Loop home() {
        return loop == null ? Loop.current() : loop;
    }

    @Override
    public String toString() {
        return "specification of " + id + " (" + restart + ")";
    }
}
