package dev.weft.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Weft;
import dev.weft.actor.Owner;
import dev.weft.cluster.testing.SimulatedNetwork;
import dev.weft.sync.Watcher;
import dev.weft.testing.NoGreenletLeaks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Names that are unique in the cluster. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
final class NamesTest {
    /** An owner that answers with the name of its node, until the node is left. */
    private static Ref<String> named(Cluster cluster) {
        Owner<String> owner = Owner.start("owner", () -> cluster.self().name());
        return cluster.refer(owner, (name, message) -> name);
    }

    private static void stop(Ref<?> ref) {
        ref.greenlet().killAndJoin(ThreeNodes.SECOND);
    }

    /** Returns the answer of who has the name, as {@code node} knows it. */
    private static String answer(Cluster node, String name) {
        return node.<String>whereIs(name).map(ref -> ref.ask("", String.class)).orElse("nobody");
    }

    private static void assertAllKnow(ThreeNodes nodes, String name, String holder) {
        for (Cluster node : List.of(nodes.a(), nodes.b(), nodes.c())) {
            assertEquals(holder, answer(node, name));
        }
    }

    @Test
    void whatIsPublishedIsFoundByAllUntilItIsWithdrawn() {
        ThreeNodes.underSeeds(10, nodes -> {
            Ref<String> ref = named(nodes.b());
            Publication publication = nodes.b().publish("shop", ref);
            assertSame(ref, nodes.b().whereIs("shop").orElseThrow());
            assertEquals("b", nodes.c().<String>awaitName("shop").ask("", String.class));
            ThreeNodes.settle();
            assertAllKnow(nodes, "shop", "b");
            Cluster late = nodes.join("d");
            assertEquals("b", late.<String>awaitName("shop").ask("", String.class));
            publication.close();
            publication.close();
            Weft.await(publication.ended());
            ThreeNodes.settle();
            assertAllKnow(nodes, "shop", "nobody");
            assertEquals("nobody", answer(late, "shop"));
            stop(ref);
        });
    }

    @Test
    void aNameIsWithdrawnWhenItsTargetEnds() {
        ThreeNodes.underSeeds(10, nodes -> {
            Ref<String> ref = named(nodes.b());
            Publication publication = nodes.b().publish("shop", ref);
            Ref<String> found = nodes.a().awaitName("shop");
            stop(ref);
            Weft.await(publication.ended());
            ThreeNodes.settle();
            assertAllKnow(nodes, "shop", "nobody");
            assertThrows(TargetEnded.class, () -> nodes.b().publish("shop", ref));
            assertThrows(IllegalArgumentException.class, () -> nodes.a().publish("shop", found));
        });
    }

    @Test
    void ofConcurrentClaimsOneIsGranted() {
        ThreeNodes.underSeeds(50, nodes -> {
            List<Ref<String>> refs = new ArrayList<>();
            List<Greenlet<Boolean>> claims = new ArrayList<>();
            for (Cluster node : List.of(nodes.a(), nodes.b(), nodes.c())) {
                for (int i = 0; i < 2; i++) {
                    Ref<String> ref = named(node);
                    refs.add(ref);
                    claims.add(Weft.spawn(() -> {
                        try {
                            node.publish("only", ref);
                            return true;
                        } catch (NameTaken e) {
                            assertEquals("only", e.name());
                            return false;
                        }
                    }));
                }
            }
            assertEquals(1, claims.stream().filter(Greenlet::join).count());
            ThreeNodes.settle();
            assertAllKnow(nodes, "only", answer(nodes.a(), "only"));
            refs.forEach(NamesTest::stop);
        });
    }

    @Test
    void namesSurviveTheLossOfTheNodeThatDecides() {
        ThreeNodes.underSeeds(20, nodes -> {
            Ref<String> ofA = named(nodes.a());
            Ref<String> ofB = named(nodes.b());
            Ref<String> ofC = named(nodes.c());
            nodes.a().publish("of a", ofA);
            Publication kept = nodes.b().publish("of b", ofB);
            nodes.c().publish("of c", ofC);
            ThreeNodes.settle();
            Greenlet<Publication> claiming = Weft.spawn(() -> nodes.c().publish("late", ofC));
            Greenlet<?> refused = Weft.spawn(
                    () -> assertThrows(NameTaken.class, () -> nodes.c().publish("of b", ofC)));
            nodes.network().crash("a");
            claiming.join();
            refused.join();
            ThreeNodes.settle();
            for (Cluster node : List.of(nodes.b(), nodes.c())) {
                assertEquals("nobody", answer(node, "of a"));
                assertEquals("b", answer(node, "of b"));
                assertEquals("c", answer(node, "of c"));
                assertEquals("c", answer(node, "late"));
            }
            assertTrue(kept.isOpen());
            assertThrows(NameTaken.class, () -> nodes.c().publish("of b", ofC));
            nodes.b().publish("of a", ofB);
            ThreeNodes.settle();
            assertEquals("b", answer(nodes.c(), "of a"));
            List.of(ofA, ofB, ofC).forEach(NamesTest::stop);
        });
    }

    @Test
    void ofTwoThatMeetAfterAPartitionTheOneOfTheOldestSideStays() {
        ThreeNodes.underSeeds(30, nodes -> {
            Ref<String> ofB = named(nodes.b());
            Ref<String> ofC = named(nodes.c());
            nodes.network().partition(Set.of("c"));
            ThreeNodes.settle();
            Publication stays = nodes.b().publish("shop", ofB);
            Publication goes = nodes.c().publish("shop", ofC);
            Publication alone = nodes.c().publish("kiosk", ofC);
            assertEquals("c", answer(nodes.c(), "shop"));
            nodes.network().heal();
            NameTaken taken = assertThrows(NameTaken.class, () -> Weft.await(goes.ended()));
            assertEquals(nodes.b().self().id(), taken.node());
            assertFalse(goes.isOpen());
            ThreeNodes.settle();
            assertTrue(stays.isOpen());
            assertTrue(alone.isOpen());
            assertAllKnow(nodes, "shop", "b");
            assertAllKnow(nodes, "kiosk", "c");
            List.of(ofB, ofC).forEach(NamesTest::stop);
        });
    }

    @Test
    void changesAreAwaited() {
        ThreeNodes.underSeeds(10, nodes -> {
            Watcher<Map<String, Ref<?>>> names = nodes.a().names().watcher();
            assertEquals(Map.of(), names.next());
            Ref<String> ref = named(nodes.b());
            Publication publication = nodes.b().publish("shop", ref);
            assertEquals(Set.of("shop"), names.next().keySet());
            publication.close();
            assertEquals(Map.of(), names.next());
            stop(ref);
        });
    }

    @Test
    void afterAPartitionTheNameLeadsToAFreshReference() {
        ThreeNodes.underSeeds(10, nodes -> {
            Ref<String> ref = named(nodes.b());
            nodes.b().publish("shop", ref);
            Ref<String> old = nodes.c().awaitName("shop");
            nodes.network().cut("a", "c");
            nodes.network().cut("b", "c");
            ThreeNodes.settle();
            assertEquals("nobody", answer(nodes.c(), "shop"));
            nodes.network().heal();
            ThreeNodes.settle();
            assertThrows(NodeLost.class, () -> old.tell(""));
            assertEquals("b", answer(nodes.c(), "shop"));
            stop(ref);
        });
    }

    @Test
    void whoIsCancelledWhileItClaimsHoldsNothing() {
        ThreeNodes.underSeeds(20, nodes -> {
            Ref<String> ref = named(nodes.c());
            Greenlet<?> claiming = Weft.spawn(() -> nodes.c().publish("shop", ref));
            Weft.yieldNow();
            claiming.killAndJoin(ThreeNodes.SECOND);
            ThreeNodes.settle();
            if (claiming.state() == Greenlet.State.CANCELLED) {
                assertAllKnow(nodes, "shop", "nobody");
                nodes.c().publish("shop", ref);
                ThreeNodes.settle();
            }
            assertAllKnow(nodes, "shop", "c");
            stop(ref);
        });
    }

    @Test
    void publicationsEndWhenTheNodeLeaves() {
        ThreeNodes.underSeeds(5, nodes -> {
            Ref<String> ref = named(nodes.c());
            Publication publication = nodes.c().publish("shop", ref);
            ThreeNodes.settle();
            nodes.c().close();
            Weft.await(publication.ended());
            ThreeNodes.settle();
            assertEquals("nobody", answer(nodes.a(), "shop"));
            assertThrows(IllegalStateException.class, () -> nodes.c().publish("shop", ref));
            stop(ref);
        });
    }

    /** In some of these schedules only b sees the cut, so that the view of c stays as it was. */
    @Test
    void afterAShortCutANameLeadsToTheNewSession() {
        ThreeNodes.underSeeds(60, nodes -> {
            Ref<String> home = nodes.b().refer(Owner.start("shop", () -> ""), (state, message) -> message);
            nodes.b().publish("shop", home);
            ThreeNodes.settle();
            nodes.network().cut("b", "c");
            Weft.sleep(ThreeNodes.SECOND.plusMillis(5));
            nodes.network().heal();
            ThreeNodes.settle();
            Ref<String> found = nodes.c().awaitName("shop");
            assertEquals("open?", found.ask("open?", String.class));
            home.greenlet().killAndJoin(ThreeNodes.SECOND);
        });
    }

    private static void publishOnceFree(Cluster node, String name, Ref<?> ref) {
        while (true) {
            try {
                node.publish(name, ref);
                return;
            } catch (NameTaken e) {
                Weft.sleep(Duration.ofMillis(1)); // the kill is on its way between the loops
            }
        }
    }

    @Test
    void aKilledPublisherOnAnotherLoopPublishesNothing() throws Exception {
        Weft.run(2, () -> {
            SimulatedNetwork network = new SimulatedNetwork(1).detection(Duration.ofHours(1));
            Loop elsewhere = Loop.current().group().loops().getLast();
            try (Cluster a = Cluster.join("test", ClusterConfig.over(network.transport("a")));
                    Cluster b = Cluster.join("test", ClusterConfig.over(network.transport("b")))) {
                Ref<String> ref = named(b);
                network.stop("a"); // which decides
                Greenlet<?> publisher = elsewhere.spawn(() -> b.publish("shop", ref));
                elsewhere.spawn(() -> {}).join(); // it waits for this loop
                Weft.yieldNow();
                Weft.yieldNow(); // and its claim is on its way
                publisher.kill();
                assertThrows(Cancelled.class, publisher::join);
                network.resume("a");
                publishOnceFree(b, "shop", ref);
                assertEquals("b", a.<String>awaitName("shop").ask("", String.class));
                stop(ref);
            }
        });
    }
}
