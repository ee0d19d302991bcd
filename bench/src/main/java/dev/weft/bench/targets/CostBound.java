package dev.weft.bench.targets;

import dev.weft.bench.cost.Costs;
import dev.weft.bench.report.Spread;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * The bounds of a cost on greenlets.
 *
 * @param benchmark class and method
 * @param mostNanos the most that it may cost; empty if only the ratio counts
 * @param mostOfVirtual the most that it may cost as a multiple of the cost on virtual threads
 */
public record CostBound(String benchmark, OptionalDouble mostNanos, double mostOfVirtual) {
    private static final String RIVAL = "VIRTUAL";

    public static List<CostBound> all() {
        return List.of(
                new CostBound("CoreToCore.buffered", OptionalDouble.of(250), 1),
                new CostBound("CoreToCore.rendezvous", OptionalDouble.of(1_000), 3),
                new CostBound("OffLoad.emptyCall", OptionalDouble.empty(), 1.2));
    }

    public Stream<Target> targets(Costs.Figure figure) {
        Target ratio = new Target(
                benchmark + " / virtual threads",
                Limit.atMost(mostOfVirtual),
                figure.ratios().get(RIVAL));
        return Stream.concat(
                mostNanos.stream()
                        .mapToObj(most -> new Target(
                                benchmark + ", " + figure.unit(),
                                Limit.atMost(most),
                                Spread.of(figure.scores(), Double::doubleValue))),
                Stream.of(ratio));
    }
}
