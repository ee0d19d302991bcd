package dev.weft.service;

import dev.weft.DeadlineExceeded;
import dev.weft.Outcome;
import dev.weft.Weft;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a service says about itself to a load balancer or orchestrator: <em>readiness</em>, whether it should get requests now,
 * and <em>liveness</em>, whether a restart would help. Bind them to two routes of an HTTP server, with status 200 or 503:
 *
 * <pre>{@code
 * service.health().readiness("database", () -> pool.getConnection().close());
 * ...
 * Health.Report report = service.health().readiness();
 * respond(report.isUp() ? 200 : 503, report.checks());
 * }</pre>
 *
 * <p>A service is ready from the end of its start-up until it is asked to stop, while all readiness checks succeed. It is alive
 * while all liveness checks succeed; that needs no check, as a process whose loop is held does not answer at all. Do not check
 * other systems there: restarting this one would not repair them.
 *
 * <p>Checks may be added by any thread. A report must be asked for by a greenlet; its checks run concurrently on that loop, each
 * for at most {@value #LIMIT_SECONDS} seconds.
 */
public final class Health {
    private static final int LIMIT_SECONDS = 2;
    private static final Duration LIMIT = Duration.ofSeconds(LIMIT_SECONDS);
    private static final String OK = "ok";

    private final Supplier<Phase> phase;
    private final Map<String, Check> ofReadiness = new ConcurrentSkipListMap<>();
    private final Map<String, Check> ofLiveness = new ConcurrentSkipListMap<>();

    Health(Supplier<Phase> phase) {
        this.phase = phase;
    }

    /** Where a service is in its life. */
    public enum Phase {
        /** Its body runs. */
        STARTING,
        /** Its body has returned. */
        RUNNING,
        /** It was asked to stop. */
        STOPPING,
        /** Everything has been stopped. */
        STOPPED
    }

    /** A check, which throws if something is wrong. It may wait. */
    @FunctionalInterface
    public interface Check {
        /** Checks. */
        void run() throws Exception;
    }

    /**
     * The result of all checks.
     *
     * @param isUp whether all of them succeeded
     * @param checks "ok" or what is wrong, by name of the check
     */
    public record Report(boolean isUp, Map<String, String> checks) {}

    /** Adds a readiness check, or replaces the one of that name. */
    public void readiness(String name, Check check) {
        ofReadiness.put(name, Objects.requireNonNull(check, "check"));
    }

    /** Adds a liveness check, or replaces the one of that name. */
    public void liveness(String name, Check check) {
        ofLiveness.put(name, Objects.requireNonNull(check, "check"));
    }

    /** Returns the service's phase. Any thread. */
    public Phase phase() {
        return phase.get();
    }

    /** Returns whether the service should get requests now. If it is not running, no check is made. */
    public Report readiness() {
        Phase now = phase();
        return now == Phase.RUNNING
                ? run(ofReadiness)
                : new Report(false, Map.of("service", now.name().toLowerCase(Locale.ROOT)));
    }

    /** Returns whether the process is sound. */
    public Report liveness() {
        return run(ofLiveness);
    }

    private static Report run(Map<String, Check> checks) {
        List<String> names = new ArrayList<>();
        List<Callable<@Nullable Void>> bodies = new ArrayList<>();
        checks.forEach((name, check) -> {
            names.add(name);
            bodies.add(() -> {
                Weft.withTimeout(LIMIT, check::run);
                return null;
            });
        });
        Map<String, String> results = new LinkedHashMap<>();
        boolean isUp = true;
        List<Outcome<? extends @Nullable Void>> outcomes = Weft.collect(bodies);
        for (int i = 0; i < names.size(); i++) {
            String result = describe(outcomes.get(i));
            isUp &= result.equals(OK);
            results.put(names.get(i), result);
        }
        return new Report(isUp, Collections.unmodifiableMap(results));
    }

    private static String describe(Outcome<?> outcome) {
        return switch (outcome) {
            case Outcome.Returned<?> returned -> OK;
            case Outcome.Failed<?> failed -> describe(failed.failure());
            case Outcome.Cancelled<?> cancelled -> "cancelled";
        };
    }

    private static String describe(Throwable failure) {
        return failure instanceof DeadlineExceeded ? "no answer within " + LIMIT_SECONDS + " s" : failure.toString();
    }
}
