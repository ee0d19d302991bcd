package dev.weft.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.Cancelled;
import dev.weft.Weft;
import dev.weft.supervisor.ChildSpec.Restart;
import dev.weft.supervisor.Supervisor;
import dev.weft.testing.NoGreenletLeaks;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Supervisors with children on other nodes. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
final class RemoteChildTest {
    private static final List<String> LOG = new CopyOnWriteArrayList<>(); // of children, which run in this JVM

    private static void serve() {
        LOG.add("up on " + Cluster.current().self().name());
        try {
            Weft.sleep(Duration.ofHours(1));
        } catch (Cancelled e) {
            LOG.add("down on " + Cluster.current().self().name());
            throw e;
        }
    }

    @Test
    void aChildIsRestartedOnAnotherNodeWhenItsNodeIsLost() {
        ThreeNodes.underSeeds(20, nodes -> {
            LOG.clear();
            try (Supervisor supervisor = Supervisor.oneForOne()
                    .child(RemoteChild.spec(
                                    "server", nodes.a(), view -> view.nodes().getLast(), () -> serve())
                            .restart(Restart.TRANSIENT))
                    .start("shop")) {
                ThreeNodes.pause();
                nodes.network().partition(Set.of("c"));
                ThreeNodes.settle();
                ThreeNodes.settle();
                assertEquals(
                        List.of("down on c", "up on b", "up on c"),
                        LOG.stream().sorted().toList());
                LOG.clear();
                supervisor.stopChild("server");
                assertEquals(List.of("down on b"), LOG);
                supervisor.restartChild("server");
                ThreeNodes.pause();
                assertEquals(List.of("down on b", "up on b"), LOG);
                LOG.clear();
            }
            assertEquals(List.of("down on b"), LOG);
        });
    }
}
