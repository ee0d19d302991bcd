package dev.weft.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.Weft;
import dev.weft.cluster.testing.SimulatedNetwork;
import dev.weft.sync.Watcher;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Joining, and the views of it. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
final class JoinTest {
    private static List<String> names(Cluster cluster) {
        return cluster.view().value().nodes().stream().map(Node::name).toList();
    }

    @Test
    void nodesSeeEachOtherUntilOneIsLost() {
        SteppedLoop.underSeeds(20, stepped -> {
            stepped.spawn(() -> {
                SimulatedNetwork network = new SimulatedNetwork(7).delay(Duration.ofMillis(1), Duration.ofMillis(9));
                Cluster a = Cluster.join("test", ClusterConfig.over(network.transport("a")));
                Cluster b = Cluster.join("test", ClusterConfig.over(network.transport("b")));
                Cluster c = Cluster.join("test", ClusterConfig.over(network.transport("c")));
                assertEquals(List.of("a", "b", "c"), names(c));
                assertEquals(List.of("a", "b", "c"), names(a));
                b.close();
                Weft.sleep(Duration.ofSeconds(2));
                assertEquals(List.of("a", "c"), names(a));
                network.cut("a", "c");
                Weft.sleep(Duration.ofSeconds(2));
                assertEquals(List.of("a"), names(a));
                assertEquals(List.of("c"), names(c));
                network.heal();
                Weft.sleep(Duration.ofSeconds(2));
                assertEquals(List.of("a", "c"), names(c));
                assertEquals(List.of("a", "c"), names(a));
                c.close();
                a.close();
            });
            stepped.advance(Duration.ofSeconds(10));
        });
    }

    @Test
    void nodesJoinOverTcp() throws Exception {
        Weft.run(() -> {
            try (Cluster a = Cluster.join(
                            "test",
                            ClusterConfig.over(TcpConfig.on("127.0.0.1", 17801).nodeName("a")));
                    Cluster b = Cluster.join(
                            "test",
                            ClusterConfig.over(TcpConfig.on("127.0.0.1", 17802)
                                    .peers("127.0.0.1:17801")
                                    .nodeName("b")))) {
                assertEquals(List.of("a", "b"), names(b));
                Watcher<ClusterView> views = a.view().watcher();
                while (views.next().nodes().size() < 2) {
                    // not yet
                }
            }
        });
    }
}
