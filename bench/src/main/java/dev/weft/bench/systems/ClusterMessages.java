package dev.weft.bench.systems;

import dev.weft.bench.cluster.Messengers;
import dev.weft.bench.report.Spread;
import dev.weft.bench.targets.Limit;
import dev.weft.bench.targets.Target;
import java.util.ArrayList;
import java.util.List;

/** Questions and messages to another JVM over TCP on loopback, beside bare JGroups, on which ours run, and Pekko. */
final class ClusterMessages implements Measurement {
    private static final int ASKS = 4_000;
    private static final int ASKS_AT_ONCE = 100_000;
    private static final int IN_FLIGHT = 1_000;
    private static final int MESSAGES = 100_000;
    private static final int WARM_UPS = 3;
    private static final double MOST_MICROS = 150;
    private static final double LEAST_ASKS = 50_000;

    @Override
    public String name() {
        return "cluster-messages";
    }

    @Override
    public List<Target> measure(int rounds) throws Exception {
        double[] micros = new double[rounds];
        double[] asksPerSecond = new double[rounds];
        double[][] ofJGroups = new double[3][rounds];
        double[][] ofPekko = new double[3][rounds];
        try (Messengers all = Messengers.open()) {
            for (int round = -WARM_UPS; round < rounds; round++) {
                double[] weft = all.weft().speeds(ASKS, ASKS_AT_ONCE, IN_FLIGHT, MESSAGES);
                double[] jgroups = all.jgroups().speeds(ASKS, ASKS_AT_ONCE, IN_FLIGHT, MESSAGES);
                double[] pekko = all.pekko().speeds(ASKS, ASKS_AT_ONCE, IN_FLIGHT, MESSAGES);
                if (round >= 0) {
                    micros[round] = 1e6 / weft[0];
                    asksPerSecond[round] = weft[1];
                    for (int i = 0; i < weft.length; i++) {
                        ofJGroups[i][round] = weft[i] / jgroups[i];
                        ofPekko[i][round] = weft[i] / pekko[i];
                    }
                }
            }
        }
        List<Target> targets = new ArrayList<>();
        targets.add(new Target("ask of another node, one in flight, us", Limit.atMost(MOST_MICROS), Spread.of(micros)));
        targets.add(new Target(
                "asks of another node, 1,000 in flight, per second",
                Limit.atLeast(LEAST_ASKS),
                Spread.of(asksPerSecond)));
        targets.addAll(against("bare JGroups", ofJGroups, 0.8, 0.7));
        targets.addAll(against("Pekko", ofPekko, 1.0, 1.0));
        return targets;
    }

    private static List<Target> against(String rival, double[][] ratios, double leastOfAsks, double leastOfMessages) {
        return List.of(
                new Target(
                        "asks per second, one in flight / " + rival, Limit.atLeast(leastOfAsks), Spread.of(ratios[0])),
                new Target(
                        "asks per second, 1,000 in flight / " + rival,
                        Limit.atLeast(leastOfAsks),
                        Spread.of(ratios[1])),
                new Target(
                        "messages of 100 bytes per second / " + rival,
                        Limit.atLeast(leastOfMessages),
                        Spread.of(ratios[2])));
    }
}
