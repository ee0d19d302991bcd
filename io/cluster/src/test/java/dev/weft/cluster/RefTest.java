package dev.weft.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.actor.Mailbox;
import dev.weft.actor.Overflow;
import dev.weft.actor.Owner;
import dev.weft.actor.OwnerEnded;
import dev.weft.cluster.testing.SimulatedNetwork;
import dev.weft.serial.CallSite;
import dev.weft.serial.SerializationFailed;
import dev.weft.sync.Event;
import dev.weft.sync.Select;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Messages to targets on other nodes, and their answers. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
final class RefTest {
    private static Ref<String> recorder(Cluster cluster, List<String> record) {
        return cluster.refer(Owner.start("recorder", () -> record), (list, message) -> {
            list.add(message);
            return list.size();
        });
    }

    private static void stop(Ref<?> ref) {
        ref.greenlet().killAndJoin(ThreeNodes.SECOND);
    }

    /** Returns an address of an owner that adds what it is told to {@code got} once {@code gate} is open. */
    private static Ref<String> recorderBehind(Event gate, Cluster node, List<String> got, int capacity) {
        Owner<List<String>> owner = Owner.builder("slow").capacity(capacity).start(() -> got);
        return node.refer(owner, (list, message) -> {
            gate.await();
            return list.add(message);
        });
    }

    @Test
    void messagesOfOneSenderArriveInOrderToldAndAskedAlike() {
        ThreeNodes.underSeeds(20, nodes -> {
            List<String> got = new ArrayList<>();
            Ref<String> home = recorder(nodes.b(), got);
            Ref<String> ref = ThreeNodes.at(nodes.a(), home);
            for (int i = 0; i < 1000; i += 2) {
                ref.tell("" + i);
                assertEquals(i + 2, ref.ask("" + (i + 1), Integer.class));
            }
            assertEquals(IntStream.range(0, 1000).mapToObj(i -> "" + i).toList(), got);
            stop(home);
        });
    }

    @Test
    void aReferenceIsAtHomeTheSameOneAgain() {
        ThreeNodes.underSeeds(3, nodes -> {
            Ref<String> home = recorder(nodes.b(), new ArrayList<>());
            Ref<String> ref = ThreeNodes.at(nodes.a(), home);
            assertSame(home, ThreeNodes.at(nodes.b(), ref));
            assertSame(ref, ThreeNodes.at(nodes.a(), ThreeNodes.at(nodes.c(), ref)));
            assertEquals(home, ref);
            stop(home);
        });
    }

    /** A message that nobody has allowed. */
    private record Unreadable() implements Serializable {
        private static final long serialVersionUID = 1L;

        private Object readResolve() {
            throw new IllegalStateException("cannot be read");
        }
    }

    @Test
    void aMessageThatCannotBeReadFailsItsAskOnly() {
        try (Logged logged = new Logged()) {
            ThreeNodes.underSeeds(5, nodes -> {
                Owner<List<Object>> owner = Owner.start("any", ArrayList::new);
                Ref<Object> home = nodes.b().refer(owner, (list, message) -> list.add(message) ? list.size() : 0);
                Ref<Object> ref = ThreeNodes.at(nodes.a(), home);
                ref.tell(new Unreadable());
                assertThrows(SerializationFailed.class, () -> ref.ask(new Unreadable(), Integer.class));
                assertThrows(SerializationFailed.class, () -> ref.ask(new Thread(), Integer.class));
                assertEquals(1, ref.ask("plain", Integer.class));
                stop(home);
            });
            assertTrue(logged.has("cannot read the message"), logged.messages()::toString);
        }
    }

    @Test
    void aFailureComesBackWholeAndTheOwnerGoesOn() {
        ThreeNodes.underSeeds(5, nodes -> {
            Owner<String> owner = Owner.start("broken", () -> "state");
            Ref<Boolean> home = nodes.b().refer(owner, (state, fails) -> {
                if (fails) {
                    throw new IOException("disk");
                }
                return state;
            });
            Ref<Boolean> ref = ThreeNodes.at(nodes.a(), home);
            IOException failure = assertThrows(IOException.class, () -> ref.ask(true, String.class));
            assertEquals("disk", failure.getMessage());
            assertTrue(Arrays.stream(failure.getStackTrace())
                    .anyMatch(frame -> frame.getMethodName().contains("aFailureComesBackWholeAndTheOwnerGoesOn")));
            CallSite site = assertInstanceOf(CallSite.class, failure.getSuppressed()[0]);
            assertTrue(String.valueOf(site.getMessage()).contains("an ask of target"));
            assertEquals("state", ref.ask(false, String.class));
            ClassCastException wrong = assertThrows(ClassCastException.class, () -> ref.ask(false, Integer.class));
            assertTrue(
                    String.valueOf(wrong.getMessage()).contains("answered with a java.lang.String"),
                    wrong.getMessage());
            stop(home);
        });
    }

    @Test
    void anAnswerMayBeNullButNotUnsendable() {
        ThreeNodes.underSeeds(3, nodes -> {
            Owner<String> owner = Owner.start("odd", () -> "");
            Ref<Boolean> home = nodes.b().refer(owner, (state, isNull) -> isNull ? null : new Object());
            Ref<Boolean> ref = ThreeNodes.at(nodes.a(), home);
            assertSame(null, ref.ask(true, String.class));
            assertThrows(SerializationFailed.class, () -> ref.ask(false, Object.class));
            stop(home);
        });
    }

    @Test
    void whatWaitsBeforeAnOwnerThatEndsFails() {
        ThreeNodes.underSeeds(10, nodes -> {
            Owner<String> owner = Owner.builder("stuck").capacity(1).start(() -> "");
            Ref<String> stuck = nodes.b().refer(owner, (state, message) -> {
                new Event().await();
                return message;
            });
            Ref<String> toStuck = ThreeNodes.at(nodes.a(), stuck);
            for (int i = 0; i < 5; i++) {
                toStuck.tell("");
            }
            Greenlet<?> asker = Weft.spawn(() -> assertThrows(TargetEnded.class, () -> toStuck.ask("", String.class)));
            ThreeNodes.settle();
            owner.greenlet().kill();
            asker.join();
        });
    }

    @Test
    void aTellOfAKilledGreenletSendsNothing() {
        ThreeNodes.underSeeds(5, nodes -> {
            List<String> got = new ArrayList<>();
            Ref<String> home = recorder(nodes.b(), got);
            Ref<String> ref = ThreeNodes.at(nodes.a(), home);
            Greenlet<?> killed = Weft.spawn(() -> {
                Greenlet.current().kill();
                ref.tell("late");
            });
            Weft.joinAll(List.of(killed));
            ThreeNodes.settle();
            assertEquals(List.of(), got);
            stop(home);
        });
    }

    @Test
    void aQuestionThatWasNotSentHadNotBegunWhenItsNodeIsLost() {
        ThreeNodes.underSeeds(5, nodes -> {
            Owner<String> owner = Owner.start("owner", () -> "");
            Ref<byte[]> ref =
                    ThreeNodes.at(nodes.a(), nodes.b().<String, byte[]>refer(owner, (state, message) -> state));
            nodes.network().detection(Duration.ofMinutes(1)).stop("b");
            byte[] part = new byte[Outbox.WINDOW / 4];
            Greenlet<NodeLost> sent = Weft.spawn(() -> assertThrows(NodeLost.class, () -> ref.ask(part, String.class)));
            ThreeNodes.pause();
            for (int i = 0; i < 5; i++) {
                ref.tell(part);
            }
            Greenlet<NodeLost> waiting =
                    Weft.spawn(() -> assertThrows(NodeLost.class, () -> ref.ask(part, String.class)));
            ThreeNodes.pause();
            nodes.network().detection(ThreeNodes.SECOND).crash("b");
            assertEquals(NodeLost.Begun.UNKNOWN, sent.join().begun());
            assertEquals(NodeLost.Begun.NO, waiting.join().begun());
            owner.stop();
        });
    }

    @Test
    void aQuestionOfALostNodeThatHasNotBegunNeverDoes() {
        ThreeNodes.underSeeds(5, nodes -> {
            Event go = new Event();
            List<String> got = new ArrayList<>();
            Ref<String> home = recorderBehind(go, nodes.b(), got, 100);
            Ref<String> ref = ThreeNodes.at(nodes.a(), home);
            List<Greenlet<?>> askers = new ArrayList<>();
            for (String question : List.of("begun", "waiting")) {
                askers.add(Weft.spawn(() -> assertThrows(NodeLost.class, () -> ref.ask(question, Boolean.class))));
                ThreeNodes.pause();
            }
            nodes.network().cut("a", "b");
            ThreeNodes.settle();
            askers.forEach(Greenlet::join);
            go.set();
            ThreeNodes.settle();
            assertEquals(List.of("begun"), got);
            stop(home);
        });
    }

    @Test
    void whatWaitsBeforeAnOwnerIsForgottenWhenItsSenderIsLost() {
        ThreeNodes.underSeeds(5, nodes -> {
            Event go = new Event();
            List<String> got = new ArrayList<>();
            Ref<String> home = recorderBehind(go, nodes.b(), got, 1);
            Ref<String> ref = ThreeNodes.at(nodes.a(), home);
            for (int i = 0; i < 20; i++) {
                ref.tell("" + i);
            }
            ThreeNodes.settle();
            nodes.network().cut("a", "b");
            ThreeNodes.settle();
            go.set();
            ThreeNodes.settle();
            assertEquals(List.of("0", "1", "2"), got); // in its hands, in its mailbox, and on the way there
            stop(home);
        });
    }

    @Test
    void aQuestionIsAskedOnce() {
        ThreeNodes.underSeeds(1, nodes -> {
            Ref<String> home = recorder(nodes.b(), new ArrayList<>());
            Awaitable<Integer> question = ThreeNodes.at(nodes.a(), home).asking("question", Integer.class);
            assertEquals(1, Weft.await(question));
            assertThrows(Busy.class, () -> Weft.await(question));
            stop(home);
        });
    }

    @Test
    void aSlowOwnerHoldsUpItsSendersAndNobodyElse() {
        ThreeNodes.underSeeds(10, nodes -> {
            Event go = new Event();
            List<String> got = new ArrayList<>();
            Ref<String> slow = recorderBehind(go, nodes.b(), got, 10);
            Ref<String> toSlow = ThreeNodes.at(nodes.a(), slow);
            int[] sent = {0};
            Greenlet<?> sender = Weft.spawn(() -> {
                for (int i = 0; i < 1000; i++) {
                    toSlow.tell("" + i);
                    sent[0]++;
                }
            });
            ThreeNodes.settle();
            assertTrue(sent[0] >= Ref.CREDIT && sent[0] <= Ref.CREDIT + 11, "sent " + sent[0]);
            assertFalse(toSlow.tryTell("more"));
            Ref<String> fast = recorder(nodes.b(), new ArrayList<>());
            assertEquals(1, ThreeNodes.at(nodes.a(), fast).ask("", Integer.class, ThreeNodes.SECOND));
            Ref<String> third = ThreeNodes.at(nodes.c(), slow);
            assertTrue(third.tryTell("of c")); // it has credits of its own
            go.set();
            sender.join();
            ThreeNodes.settle();
            assertTrue(toSlow.tryTell("last"));
            ThreeNodes.settle();
            assertEquals(
                    IntStream.range(0, 1000).mapToObj(i -> "" + i).toList(),
                    got.stream()
                            .filter(i -> !i.startsWith("of") && !i.equals("last"))
                            .toList());
            assertEquals(1002, got.size());
            stop(slow);
            stop(fast);
        });
    }

    @Test
    void anAskGivesUpAtItsDeadlineAndNeverBeginsThen() {
        ThreeNodes.underSeeds(10, nodes -> {
            Event go = new Event();
            List<String> begun = new ArrayList<>();
            Owner<List<String>> owner = Owner.start("busy", () -> begun);
            Ref<String> home = nodes.b().refer(owner, (list, message) -> {
                list.add(message);
                go.await();
                return message;
            });
            Ref<String> ref = ThreeNodes.at(nodes.a(), home);
            Greenlet<String> first = Weft.spawn(() -> ref.ask("first", String.class));
            Weft.sleep(ThreeNodes.SECOND);
            assertThrows(DeadlineExceeded.class, () -> ref.ask("second", String.class, ThreeNodes.SECOND));
            Greenlet<String> third = Weft.spawn(() -> ref.ask("third", String.class));
            Weft.sleep(ThreeNodes.SECOND);
            third.killAndJoin(ThreeNodes.SECOND);
            assertEquals(
                    "late",
                    Weft.select(
                            Select.on(ref.asking("fourth", String.class)),
                            Select.on(Weft.timer(ThreeNodes.SECOND), () -> "late")));
            Weft.sleep(ThreeNodes.SECOND);
            go.set();
            assertEquals("first", first.join());
            assertEquals("fifth", ref.ask("fifth", String.class));
            assertEquals(List.of("first", "fifth"), begun);
            stop(home);
        });
    }

    @Test
    void anAskOfALostNodeFails() {
        ThreeNodes.underSeeds(10, nodes -> {
            Event never = new Event();
            Owner<String> owner = Owner.start("silent", () -> "");
            Ref<String> home = nodes.b().refer(owner, (state, message) -> {
                never.await();
                return "";
            });
            Ref<String> ref = ThreeNodes.at(nodes.a(), home);
            Greenlet<NodeLost> asker = Weft.spawn(() -> assertThrows(NodeLost.class, () -> ref.ask("", String.class)));
            Weft.sleep(ThreeNodes.SECOND);
            nodes.network().crash("b");
            ThreeNodes.settle();
            assertEquals(NodeLost.Begun.UNKNOWN, asker.join().begun());
            assertEquals(nodes.b().self().id(), asker.join().node());
            NodeLost unsent = assertThrows(NodeLost.class, () -> ref.ask("", String.class));
            assertEquals(NodeLost.Begun.NO, unsent.begun());
            assertThrows(NodeLost.class, () -> ref.tell(""));
            assertThrows(NodeLost.class, () -> ref.tryTell(""));
            stop(home);
        });
    }

    @Test
    void anAskOfATargetThatEndsOrHasEndedFails() {
        ThreeNodes.underSeeds(10, nodes -> {
            Event never = new Event();
            Owner<String> owner = Owner.start("mortal", () -> "");
            Ref<String> home = nodes.b().refer(owner, (state, message) -> {
                never.await();
                return "";
            });
            Ref<String> ref = ThreeNodes.at(nodes.a(), home);
            Greenlet<OwnerEnded> asker =
                    Weft.spawn(() -> assertThrows(OwnerEnded.class, () -> ref.ask("", String.class)));
            Weft.sleep(ThreeNodes.SECOND);
            owner.kill("test");
            assertEquals("mortal", asker.join().owner());
            assertThrows(TargetEnded.class, () -> ref.ask("", String.class));
            for (int i = 0; i < 2 * Ref.CREDIT; i++) {
                ref.tell("lost"); // and credited
            }
        });
    }

    @Test
    void aSenderThatWaitsLearnsOfTheLoss() {
        ThreeNodes.underSeeds(10, nodes -> {
            Event never = new Event();
            Owner<String> owner = Owner.builder("slow").capacity(1).start(() -> "");
            Ref<String> home = nodes.b().refer(owner, (state, message) -> {
                never.await();
                return "";
            });
            Ref<String> ref = ThreeNodes.at(nodes.a(), home);
            Greenlet<NodeLost> sender = Weft.spawn(() -> assertThrows(NodeLost.class, () -> {
                while (true) {
                    ref.tell("");
                }
            }));
            Weft.sleep(ThreeNodes.SECOND);
            nodes.network().cut("a", "b");
            ThreeNodes.settle();
            assertEquals(NodeLost.Begun.NO, sender.join().begun());
            stop(home);
        });
    }

    @Test
    void aHealedPartitionRevivesNoReference() {
        ThreeNodes.underSeeds(20, nodes -> {
            List<String> got = new ArrayList<>();
            Ref<String> home = recorder(nodes.b(), got);
            Ref<String> ref = ThreeNodes.at(nodes.a(), home);
            ref.tell("before");
            ThreeNodes.settle();
            nodes.network().cutOneWay("b", "a");
            ThreeNodes.settle();
            nodes.network().heal();
            ThreeNodes.settle();
            assertThrows(NodeLost.class, () -> ref.tell("after"));
            assertThrows(NodeLost.class, () -> ref.ask("after", Integer.class));
            Ref<String> third = ThreeNodes.at(nodes.c(), ref);
            assertThrows(NodeLost.class, () -> third.tell("sent on"));
            Ref<String> back = ThreeNodes.at(nodes.b(), ref);
            assertThrows(NodeLost.class, () -> back.tell("sent home"));
            Ref<String> fresh = ThreeNodes.at(nodes.a(), home);
            assertEquals(2, fresh.ask("fresh", Integer.class));
            assertEquals(List.of("before", "fresh"), got);
            stop(home);
        });
    }

    @Test
    void referencesTravelInMessagesToThirdNodes() {
        ThreeNodes.underSeeds(10, nodes -> {
            List<String> got = new ArrayList<>();
            Ref<String> home = recorder(nodes.c(), got);
            Owner<List<Ref<String>>> owner = Owner.start("introducer", ArrayList::new);
            Ref<Ref<String>> introducer = nodes.b().refer(owner, (known, ref) -> {
                ref.tell("from b");
                return ref;
            });
            Ref<String> atA = ThreeNodes.at(nodes.a(), home);
            Ref<?> returned = ThreeNodes.at(nodes.a(), introducer).ask(atA, Ref.class);
            assertSame(atA, returned);
            ThreeNodes.settle();
            assertEquals(List.of("from b"), got);
            stop(home);
            stop(introducer);
        });
    }

    @Test
    void aMailboxIsToldAndAnswersThroughAReferenceInTheMessage() {
        ThreeNodes.underSeeds(10, nodes -> {
            Event referred = new Event();
            List<Ref<Ref<String>>> refs = new ArrayList<>();
            Greenlet<?> server = Weft.spawn(() -> {
                Mailbox<Ref<String>> mailbox = Mailbox.bounded(1, Overflow.WAIT);
                refs.add(nodes.b().refer(mailbox));
                referred.set();
                while (true) {
                    mailbox.receive().tell("answer");
                }
            });
            referred.await();
            Ref<Ref<String>> ref = ThreeNodes.at(nodes.a(), refs.get(0));
            Mailbox<String> answers = Mailbox.unbounded();
            Ref<String> mine = nodes.a().refer(answers);
            for (int i = 0; i < 3; i++) {
                ref.tell(mine);
                assertEquals("answer", answers.receive(ThreeNodes.SECOND));
            }
            UnsupportedOperationException refusal =
                    assertThrows(UnsupportedOperationException.class, () -> ref.ask(mine, String.class));
            assertTrue(
                    String.valueOf(refusal.getMessage()).contains("Ref to a mailbox of yours"), refusal.getMessage());
            server.kill();
        });
    }

    @Test
    void targetsAndSendersMayBeOnOtherLoops() throws Exception {
        try (LoopGroup group = LoopGroup.open(1)) {
            Loop other = group.loops().get(0);
            Weft.run(() -> {
                SimulatedNetwork network = new SimulatedNetwork(1);
                try (Cluster a = Cluster.join("test", ClusterConfig.over(network.transport("a")));
                        Cluster b = Cluster.join("test", ClusterConfig.over(network.transport("b")))) {
                    Owner<List<Integer>> owner =
                            Owner.builder("distant").on(other).start(ArrayList::new);
                    Ref<Integer> home = b.refer(owner, (list, i) -> list.add(i) ? list.size() : 0);
                    Ref<Integer> ref = ThreeNodes.at(a, home);
                    for (int i = 0; i < 100; i++) {
                        ref.tell(i);
                    }
                    assertEquals(101, ref.ask(100, Integer.class));
                    Greenlet<Integer> elsewhere = other.spawn(() -> {
                        for (int i = 0; i < 100; i++) {
                            ref.tell(i);
                        }
                        return Weft.select(Select.on(ref.asking(100, Integer.class)));
                    });
                    assertEquals(202, elsewhere.join());
                    network.detection(Duration.ofHours(1)).stop("b");
                    Greenlet<?> impatient = other.spawn(
                            () -> assertThrows(DeadlineExceeded.class, () -> ref.ask(0, Integer.class, Duration.ZERO)));
                    impatient.join();
                    network.resume("b");
                    assertTrue(Weft.offload(() -> ref.ask(7, Integer.class)) >= 203);
                    home.greenlet().killAndJoin(ThreeNodes.SECOND);
                }
            });
        }
    }

    @Test
    void leavingFailsWhatWaits() {
        ThreeNodes.underSeeds(5, nodes -> {
            Ref<String> home = recorder(nodes.b(), new ArrayList<>());
            Ref<String> ref = ThreeNodes.at(nodes.a(), home);
            Greenlet<?> standIn = ref.greenlet();
            nodes.a().close();
            assertThrows(NodeLost.class, standIn::join);
            assertThrows(NodeLost.class, () -> ref.tell(""));
            ThreeNodes.settle();
            assertFalse(home.greenlet().state().isDone());
            stop(home);
        });
    }
}
