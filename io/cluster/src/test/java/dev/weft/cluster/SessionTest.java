package dev.weft.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.weft.Loop;
import dev.weft.Weft;
import dev.weft.cluster.testing.SimulatedNetwork;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What two nodes know of each other when the network fails and heals. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
final class SessionTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @Test
    void afterAllFaultsEachPairHasOneSession() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            try (SteppedLoop stepped = SteppedLoop.shuffled(seed)) {
                stepped.spawn(() -> sufferAndHeal(random));
                stepped.advance(Duration.ofHours(1));
            }
        }
    }

    private static void sufferAndHeal(Random random) throws Exception {
        SimulatedNetwork network =
                new SimulatedNetwork(random.nextLong()).delay(Duration.ofMillis(1), Duration.ofMillis(400));
        List<Cluster> clusters = new ArrayList<>();
        for (String name : List.of("a", "b", "c", "d")) {
            clusters.add(Cluster.join("test", ClusterConfig.over(network.transport(name))));
        }
        for (int fault = 0; fault < 12; fault++) {
            String one = clusters.get(random.nextInt(4)).self().name();
            String other = clusters.get(random.nextInt(4)).self().name();
            switch (random.nextInt(6)) {
                case 0 -> network.cutOneWay(one, other);
                case 1 -> network.cut(one, other);
                case 2 -> network.stop(one);
                case 3 -> network.resume(one);
                default -> network.heal();
            }
            Weft.sleep(Duration.ofMillis(random.nextInt(3_000)));
        }
        for (Cluster cluster : clusters) {
            network.resume(cluster.self().name());
        }
        network.heal();
        Weft.sleep(LONG);
        for (Cluster one : clusters) {
            assertEquals(clusters.size(), one.view().value().nodes().size(), one.toString());
            for (Cluster other : clusters) {
                if (one != other) {
                    assertEquals(
                            session(one, other).number(), session(other, one).peerNumber());
                }
            }
        }
        for (Cluster cluster : clusters) {
            cluster.close();
        }
    }

    private static Session session(Cluster from, Cluster to) {
        return Objects.requireNonNull(from.membership().openSession(to.self().id()), () -> from + " to " + to);
    }

    @Test
    void aSessionEndsOnBothSidesWhenOneSideLosesSightOfTheOther() {
        SteppedLoop.underSeeds(20, stepped -> {
            stepped.spawn(() -> {
                SimulatedNetwork network = new SimulatedNetwork(1);
                Cluster a = Cluster.join("test", ClusterConfig.over(network.transport("a")));
                Cluster b = Cluster.join("test", ClusterConfig.over(network.transport("b")));
                Session before = session(a, b);
                network.cut("a", "b");
                Weft.sleep(LONG);
                assertFalse(before.isOpen());
                network.heal();
                Weft.sleep(LONG);
                assertNotEquals(before.number(), session(a, b).number());
                assertEquals(
                        2,
                        Loop.current().greenlets().stream()
                                .filter(greenlet -> greenlet.name().startsWith("sender to "))
                                .count());
                a.close();
                b.close();
            });
            stepped.advance(Duration.ofHours(1));
        });
    }
}
