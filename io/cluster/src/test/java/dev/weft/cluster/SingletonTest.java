package dev.weft.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.actor.Owner;
import dev.weft.supervisor.Monitor;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** One target for the cluster, and where it runs. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
final class SingletonTest {
    private final List<String> alive = new ArrayList<>(); // the nodes on which it runs
    private final List<Owner<String>> owners = new ArrayList<>();

    private Singleton<String> offer(Cluster node, int quorum) {
        String name = node.self().name();
        return Singleton.start(node, "ledger", quorum, () -> {
            Owner<String> owner = Owner.builder("ledger")
                    .start(
                            () -> {
                                alive.add(name);
                                return name;
                            },
                            state -> alive.remove(name));
            owners.add(owner);
            return node.refer(owner, (state, message) -> {
                if (message.equals("fail")) {
                    throw new IOException("disk");
                }
                return state;
            });
        });
    }

    private List<Singleton<String>> offers(ThreeNodes nodes, int quorum) {
        alive.clear();
        owners.clear();
        return new ArrayList<>(List.of(offer(nodes.a(), quorum), offer(nodes.b(), quorum), offer(nodes.c(), quorum)));
    }

    private static String answer(Cluster node) {
        return node.<String>whereIs("ledger")
                .map(ref -> ref.ask("", String.class))
                .orElse("nobody");
    }

    @Test
    void oneRunsAndItMovesWhenItsNodeIsLost() {
        ThreeNodes.underSeeds(20, nodes -> {
            List<Singleton<String>> offers = offers(nodes, 1);
            ThreeNodes.settle();
            assertEquals(1, alive.size());
            String first = alive.get(0);
            for (Cluster node : List.of(nodes.a(), nodes.b(), nodes.c())) {
                assertEquals(first, answer(node));
            }
            assertEquals(1, offers.stream().filter(Singleton::isHere).count());
            Cluster asking = first.equals("a") ? nodes.b() : nodes.a();
            Ref<String> old = asking.awaitName("ledger");
            nodes.network().crash(first);
            ThreeNodes.settle();
            String second = answer(asking);
            assertTrue(!second.equals(first) && !second.equals("nobody"), second);
            assertThrows(NodeLost.class, () -> old.tell(""));
            offers.forEach(Singleton::close);
            assertEquals(List.of(), alive);
        });
    }

    @Test
    void theOthersTakeOverWhenItsOfferIsTakenBack() {
        ThreeNodes.underSeeds(20, nodes -> {
            List<Singleton<String>> offers = offers(nodes, 1);
            ThreeNodes.settle();
            while (!offers.isEmpty()) {
                assertEquals(1, alive.size());
                Singleton<String> here =
                        offers.stream().filter(Singleton::isHere).findFirst().orElseThrow();
                offers.remove(here);
                here.close();
                ThreeNodes.settle();
            }
            assertEquals(List.of(), alive);
            assertEquals("nobody", answer(nodes.a()));
        });
    }

    @Test
    void aSideWithoutAQuorumRunsNone() {
        ThreeNodes.underSeeds(20, nodes -> {
            List<Singleton<String>> offers = offers(nodes, 2);
            ThreeNodes.settle();
            assertEquals(1, alive.size());
            String alone = alive.get(0);
            nodes.network().partition(Set.of(alone));
            ThreeNodes.settle();
            assertEquals(1, alive.size());
            assertFalse(alive.contains(alone));
            String kept = alive.get(0);
            nodes.network().heal();
            ThreeNodes.settle();
            assertEquals(List.of(kept), alive);
            assertEquals(kept, answer(nodes.a()));
            offers.forEach(Singleton::close);
        });
    }

    @Test
    void afterAPartitionWithoutQuorumTheOneOfTheYoungerSideEnds() {
        ThreeNodes.underSeeds(20, nodes -> {
            List<Singleton<String>> offers = offers(nodes, 1);
            ThreeNodes.settle();
            nodes.network().partition(Set.of("c"));
            ThreeNodes.settle();
            assertEquals(2, alive.size());
            nodes.network().heal();
            ThreeNodes.settle();
            assertEquals(1, alive.size());
            assertFalse(alive.contains("c"));
            assertEquals(alive.get(0), answer(nodes.c()));
            offers.forEach(Singleton::close);
        });
    }

    @Test
    void aFailureIsThatOfItsOfferAndOthersTakeOver() {
        List<Throwable> uncaught = new ArrayList<>();
        ThreeNodes.underSeeds(10, uncaught, nodes -> {
            List<Singleton<String>> offers = offers(nodes, 1);
            ThreeNodes.settle();
            Singleton<String> failing =
                    offers.stream().filter(Singleton::isHere).findFirst().orElseThrow();
            failing.ref().orElseThrow().tell("fail");
            Throwable reason = Monitor.of(failing.greenlet())
                    .await(ThreeNodes.SECOND)
                    .reason()
                    .orElseThrow();
            assertInstanceOf(IOException.class, reason);
            ThreeNodes.settle();
            assertEquals(1, alive.size());
            owners.getLast().stop();
            ThreeNodes.settle();
            assertEquals(1, alive.size());
            assertEquals(
                    2,
                    offers.stream()
                            .filter(offer -> offer.greenlet().state().isDone())
                            .count());
            offers.forEach(Singleton::close);
        });
    }

    @Test
    void itEndsWhenItsNodeLeaves() {
        ThreeNodes.underSeeds(10, nodes -> {
            List<Singleton<String>> offers = offers(nodes, 3);
            ThreeNodes.settle();
            assertEquals(1, alive.size());
            nodes.b().close();
            ThreeNodes.settle();
            assertEquals(List.of(), alive);
            assertEquals(Optional.empty(), offers.get(0).ref());
            nodes.a().close();
            nodes.c().close();
            ThreeNodes.settle();
            offers.forEach(offer -> assertTrue(offer.greenlet().state().isDone()));
        });
    }

    @Test
    void aQuorumIsAtLeastOne() {
        ThreeNodes.underSeeds(1, nodes -> assertThrows(IllegalArgumentException.class, () -> offer(nodes.a(), 0)));
    }
}
