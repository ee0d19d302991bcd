package dev.weft.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.cluster.testing.SimulatedNetwork;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** A test with the nodes a, b and c on a simulated network, under many seeds. */
@FunctionalInterface
interface OnThreeNodes {
    void run(SimulatedNetwork network, Cluster a, Cluster b, Cluster c) throws Exception;

    static void underSeeds(int seeds, OnThreeNodes test) {
        underSeeds(seeds, config -> {}, config -> {}, test);
    }

    /** As {@link #underSeeds(int, OnThreeNodes)}, with further configuration for b and c, and another one for a. */
    static void underSeeds(
            int seeds, Consumer<ClusterConfig> configOfB, Consumer<ClusterConfig> configOfA, OnThreeNodes test) {
        int[] seed = {0};
        SteppedLoop.underSeeds(seeds, stepped -> {
            Greenlet<?> body = stepped.spawn(() -> {
                SimulatedNetwork network =
                        new SimulatedNetwork(seed[0]++).delay(Duration.ofMillis(1), Duration.ofMillis(9));
                Cluster a = join(network, "a", configOfA);
                Cluster b = join(network, "b", configOfB);
                Cluster c = join(network, "c", configOfB);
                Weft.sleep(Duration.ofSeconds(1)); // until a and b see c
                try {
                    test.run(network, a, b, c);
                } finally {
                    Weft.shield(() -> List.of(a, b, c).forEach(Cluster::close));
                }
            });
            stepped.advance(Duration.ofMinutes(2));
            assertEquals(Greenlet.State.RETURNED, body.state(), body::toString);
        });
    }

    private static Cluster join(SimulatedNetwork network, String name, Consumer<ClusterConfig> settings)
            throws Exception {
        ClusterConfig config = ClusterConfig.over(network.transport(name));
        settings.accept(config);
        return Cluster.join("test", config);
    }
}
