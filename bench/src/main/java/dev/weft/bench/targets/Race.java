package dev.weft.bench.targets;

import dev.weft.bench.report.Metric;
import dev.weft.bench.report.Ratio;
import dev.weft.bench.report.Results;
import dev.weft.bench.rival.Contender;
import dev.weft.bench.suite.Scenario;
import dev.weft.bench.suite.Scenarios;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A scenario in which a contender on Weft has bounds against some rivals.
 *
 * @param subject the contender on Weft
 */
public record Race(Scenario scenario, Contender subject, List<Bound> bounds) {
    /** A bound of the subject's {@code metric} divided by that of {@code rival}. */
    public record Bound(Contender rival, Metric metric, Limit limit) {
        static Bound throughput(Contender rival, double least) {
            return new Bound(rival, Metric.REQUESTS_PER_SECOND, Limit.atLeast(least));
        }
    }

    public static List<Race> all() {
        return List.of(
                new Race(
                        Scenarios.named("echo-64-1000"),
                        Contender.GREENLETS,
                        List.of(
                                Bound.throughput(Contender.BARE, 0.97),
                                Bound.throughput(Contender.VIRTUAL, 1.35),
                                Bound.throughput(Contender.NETTY, 1.2),
                                Bound.throughput(Contender.GO, 1.2),
                                Bound.throughput(Contender.THREADS, 1.6))),
                new Race(
                        Scenarios.named("echo-64-1000"),
                        Contender.GREENLETS_RECORDED,
                        List.of(new Bound(Contender.GREENLETS, Metric.CPU_MICROS_PER_REQUEST, Limit.atMost(1.03)))),
                new Race(
                        Scenarios.named("echo-64-1000"),
                        Contender.GREENLETS_WATCHED,
                        List.of(new Bound(Contender.GREENLETS, Metric.CPU_MICROS_PER_REQUEST, Limit.atMost(1.01)))),
                manyConnections(Scenarios.named("echo-64-9500")),
                manyConnections(Scenarios.echo(10_000)),
                new Race(
                        Scenarios.named("echo-64-1000"),
                        Contender.SOCKETS,
                        List.of(Bound.throughput(Contender.SOCKETS_VIRTUAL, 1.3))),
                new Race(
                        Scenarios.named("http-1000"),
                        Contender.GREENLETS,
                        List.of(Bound.throughput(Contender.NETTY, 1.2), Bound.throughput(Contender.VIRTUAL, 1.25))),
                new Race(
                        Scenarios.named("backend-1000-on-both-cores"),
                        Contender.GREENLETS,
                        List.of(Bound.throughput(Contender.VIRTUAL, 1.4))),
                new Race(
                        Scenarios.named("tls-64-1000"),
                        Contender.GREENLETS,
                        List.of(Bound.throughput(Contender.VIRTUAL, 1.2))),
                new Race(
                        Scenarios.named("http-1000"),
                        Contender.WEFT_HTTP,
                        List.of(
                                Bound.throughput(Contender.GREENLETS, 0.8),
                                Bound.throughput(Contender.JDK_SERVER, 1.3),
                                Bound.throughput(Contender.JETTY, 1.3),
                                Bound.throughput(Contender.NETTY, 0.85),
                                Bound.throughput(Contender.HELIDON, 1.1))),
                new Race(
                        Scenarios.named("backend-1000-on-both-cores"),
                        Contender.WEFT_HTTP,
                        List.of(Bound.throughput(Contender.HELIDON, 1.2), Bound.throughput(Contender.JETTY, 1.2))));
    }

    private static Race manyConnections(Scenario scenario) {
        return new Race(
                scenario,
                Contender.GREENLETS,
                List.of(
                        Bound.throughput(Contender.BARE, 0.93),
                        Bound.throughput(Contender.VIRTUAL, 1.15),
                        new Bound(Contender.VIRTUAL, Metric.P99_MILLIS, Limit.atMost(0.95))));
    }

    /** Returns the name of its files. */
    public String name() {
        return scenario.id() + "-" + subject.name().toLowerCase(Locale.ROOT);
    }

    /** Returns all contenders, the subject first. */
    public List<Contender> contenders() {
        return Stream.concat(Stream.of(subject), bounds.stream().map(Bound::rival))
                .distinct()
                .toList();
    }

    public List<Target> targets(Results results) {
        List<Target> targets = new ArrayList<>();
        for (Bound bound : bounds) {
            targets.add(new Target(
                    scenario.title() + ", " + bound.metric().label() + " of " + subject.label() + " / "
                            + bound.rival().label(),
                    bound.limit(),
                    results.scenarios()
                            .getFirst()
                            .ratio(bound.rival(), bound.metric())
                            .map(Ratio::spread)
                            .orElse(null)));
        }
        return targets;
    }
}
