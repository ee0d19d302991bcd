package dev.weft.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Outcome;
import dev.weft.Weft;
import dev.weft.actor.Owner;
import dev.weft.supervisor.Exit;
import dev.weft.supervisor.Link;
import dev.weft.supervisor.Monitor;
import dev.weft.sync.Event;
import dev.weft.testing.NoGreenletLeaks;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Monitors and links across nodes, as Erlang's reference manual promises them. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
final class StandInTest {
    /** What becomes of a target that is watched by two nodes. */
    private static List<Exit> exits(ThreeNodes nodes, EndOf end) throws Exception {
        Owner<String> owner = Owner.start("target", () -> "");
        Ref<Boolean> home = nodes.b().refer(owner, (state, message) -> {
            throw new IllegalArgumentException("bad message");
        });
        List<Exit> exits = new ArrayList<>();
        List<Greenlet<?>> watching = new ArrayList<>();
        for (Cluster node : List.of(nodes.a(), nodes.c())) {
            Greenlet<?> standIn = ThreeNodes.at(node, home).greenlet();
            watching.add(Weft.spawn(() -> exits.add(Monitor.of(standIn).await())));
        }
        ThreeNodes.settle();
        assertEquals(List.of(), exits);
        end.apply(nodes, owner, ThreeNodes.at(nodes.a(), home));
        ThreeNodes.settle();
        watching.forEach(Greenlet::join);
        assertEquals(2, exits.size());
        if (!owner.greenlet().state().isDone()) {
            owner.greenlet().killAndJoin(ThreeNodes.SECOND);
        }
        ThreeNodes.settle();
        assertEquals(2, exits.size());
        return exits;
    }

    private interface EndOf {
        void apply(ThreeNodes nodes, Owner<String> owner, Ref<Boolean> ref) throws Exception;
    }

    @Test
    void aTargetThatReturnsIsToldOnce() {
        ThreeNodes.underSeeds(10, nodes -> {
            for (Exit exit : exits(nodes, (all, owner, ref) -> owner.stop())) {
                assertTrue(exit.isNormal());
            }
        });
    }

    @Test
    void aTargetThatFailsIsToldOnceWithItsFailure() {
        List<Throwable> uncaught = new ArrayList<>();
        ThreeNodes.underSeeds(10, uncaught, nodes -> {
            for (Exit exit : exits(nodes, (all, owner, ref) -> ref.tell(true))) {
                Throwable reason = exit.reason().orElseThrow();
                assertInstanceOf(IllegalArgumentException.class, reason);
                assertEquals("bad message", reason.getMessage());
            }
        });
        assertEquals(10, uncaught.size()); // each was reported once, at home
    }

    @Test
    void aTargetThatIsKilledIsToldOnceWithTheReason() {
        ThreeNodes.underSeeds(10, nodes -> {
            for (Exit exit : exits(nodes, (all, owner, ref) -> owner.kill("no longer needed"))) {
                assertInstanceOf(Outcome.Cancelled.class, exit.outcome());
                Throwable origin =
                        Objects.requireNonNull(exit.reason().orElseThrow().getCause());
                assertEquals("no longer needed", origin.getMessage());
            }
        });
    }

    @Test
    void theLossOfANodeIsToldOnce() {
        ThreeNodes.underSeeds(10, nodes -> {
            for (Exit exit : exits(nodes, (all, owner, ref) -> all.network().crash("b"))) {
                NodeLost lost = assertInstanceOf(NodeLost.class, exit.reason().orElseThrow());
                assertEquals(nodes.b().self().id(), lost.node());
            }
        });
    }

    @Test
    void aCutInOneDirectionIsALossForBothSides() {
        ThreeNodes.underSeeds(10, nodes -> {
            List<Exit> exits = exits(nodes, (all, owner, ref) -> {
                all.network().cutOneWay("b", "a");
                all.network().cutOneWay("c", "b");
            });
            exits.forEach(exit -> assertInstanceOf(NodeLost.class, exit.reason().orElseThrow()));
        });
    }

    @Test
    void ofATargetThatHasEndedItIsToldAtOnce() {
        ThreeNodes.underSeeds(10, nodes -> {
            Owner<String> owner = Owner.start("target", () -> "");
            Ref<String> home = nodes.b().refer(owner, (state, message) -> "");
            Ref<String> ref = ThreeNodes.at(nodes.a(), home);
            owner.stop(ThreeNodes.SECOND);
            Exit exit = Monitor.of(ref.greenlet()).await(ThreeNodes.SECOND);
            assertInstanceOf(TargetEnded.class, exit.reason().orElseThrow());
            nodes.network().crash("b");
            ThreeNodes.settle();
            Ref<String> dead = ThreeNodes.at(nodes.a(), ref);
            assertInstanceOf(
                    NodeLost.class, Monitor.of(dead.greenlet()).await().reason().orElseThrow());
        });
    }

    @Test
    void killingTheStandInKillsTheTargetAndWaitsForItsEnd() {
        ThreeNodes.underSeeds(20, nodes -> {
            Event cleaned = new Event();
            Owner<String> owner = Owner.builder("target")
                    .start(
                            () -> "",
                            state -> Weft.shield(() -> {
                                Weft.sleep(ThreeNodes.SECOND);
                                cleaned.set();
                            }));
            Ref<String> home = nodes.b().refer(owner, (state, message) -> "");
            Greenlet<?> standIn = ThreeNodes.at(nodes.a(), home).greenlet();
            assertSame(standIn, ThreeNodes.at(nodes.a(), home).greenlet());
            ThreeNodes.settle();
            standIn.kill("too old");
            assertTrue(standIn.killAndJoin(ThreeNodes.SECOND.multipliedBy(5)));
            assertTrue(cleaned.isSet());
            assertEquals(Greenlet.State.CANCELLED, standIn.state());
            Cancelled cause =
                    (Cancelled) ((Outcome.Cancelled<?>) owner.greenlet().outcome()).cause();
            assertEquals("too old", Objects.requireNonNull(cause.getCause()).getMessage());
        });
    }

    @Test
    void aStandInKilledBeforeItEverRanKillsTheTargetToo() {
        ThreeNodes.underSeeds(20, nodes -> {
            Owner<String> owner = Owner.start("target", () -> "");
            Ref<String> ref = ThreeNodes.at(nodes.a(), nodes.b().refer(owner, (state, message) -> ""));
            ref.greenlet().kill();
            ThreeNodes.settle();
            assertEquals(Greenlet.State.CANCELLED, owner.greenlet().state());
        });
    }

    @Test
    void aStandInIsJoinedWithNull() {
        ThreeNodes.underSeeds(5, nodes -> {
            Owner<String> owner = Owner.start("target", () -> "");
            Ref<String> ref = ThreeNodes.at(nodes.a(), nodes.b().refer(owner, (state, message) -> ""));
            Greenlet<?> standIn = ref.greenlet();
            ThreeNodes.settle();
            owner.stop();
            assertNull(standIn.join());
        });
    }

    @Test
    void aLinkEndsTheOtherSideBothWays() {
        ThreeNodes.underSeeds(20, nodes -> {
            for (boolean targetFirst : List.of(true, false)) {
                Owner<String> owner = Owner.start("target", () -> "");
                Ref<String> ref = ThreeNodes.at(nodes.a(), nodes.b().refer(owner, (state, message) -> ""));
                Greenlet<?> linked = Weft.spawn(() -> {
                    Link.to(ref.greenlet());
                    new Event().await();
                });
                ThreeNodes.settle();
                (targetFirst ? owner.greenlet() : linked).kill("end of one");
                ThreeNodes.settle();
                assertEquals(Greenlet.State.CANCELLED, linked.state());
                assertEquals(Greenlet.State.CANCELLED, owner.greenlet().state());
                Cancelled other = (Cancelled)
                        ((Outcome.Cancelled<?>) (targetFirst ? linked : owner.greenlet()).outcome()).cause();
                assertTrue(everyMessage(other).contains("end of one"), everyMessage(other));
                assertFalse(ref.greenlet().state() == Greenlet.State.WAITING);
            }
        });
    }

    @Test
    void aLinkTellsTheTargetOfTheLossOfTheOtherNode() {
        ThreeNodes.underSeeds(20, nodes -> {
            Owner<String> owner = Owner.start("target", () -> "");
            Owner<String> other = Owner.start("other", () -> "");
            Ref<String> ref = ThreeNodes.at(nodes.a(), nodes.b().refer(owner, (state, message) -> ""));
            Ref<String> unlinked = ThreeNodes.at(nodes.a(), nodes.b().refer(other, (state, message) -> ""));
            Greenlet<?> linked = Weft.spawn(() -> {
                ref.link();
                unlinked.link().close();
                new Event().await();
            });
            Greenlet<?> returning = Weft.spawn(() -> unlinked.link());
            ThreeNodes.settle();
            assertEquals(Greenlet.State.RETURNED, returning.state());
            nodes.network().cut("a", "b");
            ThreeNodes.settle();
            assertEquals(Greenlet.State.CANCELLED, linked.state());
            assertEquals(Greenlet.State.CANCELLED, owner.greenlet().state());
            Throwable cause = ((Outcome.Cancelled<?>) owner.greenlet().outcome()).cause();
            assertTrue(everyMessage(cause).contains("was lost"), everyMessage(cause));
            assertFalse(other.greenlet().state().isDone());
            other.kill();
        });
    }

    @Test
    void aLinkEndsBothAndIsGoneWithBoth() {
        ThreeNodes.underSeeds(20, nodes -> {
            for (boolean targetFirst : List.of(true, false)) {
                Owner<String> owner = Owner.start("target", () -> "");
                Ref<String> ref = ThreeNodes.at(nodes.a(), nodes.b().refer(owner, (state, message) -> ""));
                Greenlet<?> linked = Weft.spawn(() -> {
                    ref.link();
                    new Event().await();
                });
                ThreeNodes.settle();
                (targetFirst ? owner.greenlet() : linked).kill("end of one");
                ThreeNodes.settle();
                assertEquals(Greenlet.State.CANCELLED, linked.state());
                assertEquals(Greenlet.State.CANCELLED, owner.greenlet().state());
            }
        });
    }

    private static String everyMessage(Throwable thrown) {
        return thrown.getMessage() + (thrown.getCause() == null ? "" : "; " + everyMessage(thrown.getCause()));
    }
}
