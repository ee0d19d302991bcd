package dev.weft.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.actor.Owner;
import dev.weft.cluster.testing.SimulatedNetwork;
import dev.weft.cluster.transport.ClusterTransport;
import dev.weft.cluster.transport.NodeId;
import dev.weft.cluster.transport.TransportListener;
import dev.weft.sync.Channel;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import org.jgroups.protocols.UFC;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What nodes make of packets that come late, garbled or from strangers, and how many they send to one that stands still. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
final class PacketsTest {
    private static final Duration LONG = Duration.ofSeconds(5);

    private static int runs; // of a task

    /** A network, node a with a tap, and node b. */
    private record Two(SimulatedNetwork network, Tap tap, Cluster a, Cluster b) {}

    private interface Body {
        void run(Two two) throws Exception;
    }

    private static void underSeeds(int seeds, Body body) {
        int[] seed = {0};
        SteppedLoop.underSeeds(seeds, stepped -> {
            Greenlet<?> test = stepped.spawn(() -> {
                SimulatedNetwork network = new SimulatedNetwork(seed[0]++);
                Tap tap = new Tap(network.transport("a"));
                Cluster a = join(tap);
                Cluster b = join(network.transport("b"));
                Weft.sleep(LONG);
                try {
                    body.run(new Two(network, tap, a, b));
                } finally {
                    Weft.shield(() -> {
                        b.close();
                        a.close();
                    });
                }
            });
            stepped.advance(Duration.ofHours(1));
            assertEquals(Greenlet.State.RETURNED, test.state(), test::toString);
        });
    }

    private static Cluster join(ClusterTransport transport) throws Exception {
        return Cluster.join("test", ClusterConfig.over(transport).allow(PacketsTest.class));
    }

    private static List<String> names(Cluster cluster) {
        return cluster.view().value().nodes().stream().map(Node::name).toList();
    }

    /** Returns an address of an owner on {@code node} that adds what it is told to {@code told}. */
    private static Ref<String> listOn(Cluster node, List<String> told) {
        return node.refer(Owner.start("list", () -> told), (list, message) -> {
            list.add(message);
            return null;
        });
    }

    @Test
    void aPacketOfAnOldSessionIsDropped() {
        underSeeds(10, two -> {
            List<String> told = new ArrayList<>();
            Ref<String> home = listOn(two.a, told);
            List<byte[]> ofOldSession = new ArrayList<>();
            two.tap.reading((from, packet) -> ofOldSession.add(packet));
            ThreeNodes.at(two.b, home).tell("before");
            Weft.sleep(LONG);
            assertEquals(List.of("before"), told);
            assertFalse(ofOldSession.isEmpty());
            two.tap.reading((from, packet) -> {});
            two.network.cut("a", "b");
            Weft.sleep(LONG);
            two.network.heal();
            Weft.sleep(LONG);
            assertEquals(List.of("a", "b"), names(two.a));
            ofOldSession.forEach(packet -> two.tap.deliver(two.b.self().id(), packet));
            Weft.sleep(LONG);
            assertEquals(List.of("before"), told);
            ThreeNodes.at(two.b, home).tell("after");
            Weft.sleep(LONG);
            assertEquals(List.of("before", "after"), told);
        });
    }

    @Test
    void aGarbledFrameEndsTheSessionUntilTheNodesMeetAgain() {
        ThreeNodes.underSeeds(10, nodes -> {
            try (Logged logged = new Logged()) {
                Session session = Objects.requireNonNull(
                        nodes.b().membership().openSession(nodes.a().self().id()));
                session.send(new FrameWriter(2).putByte(Subject.CHANNELS).putByte(99));
                ThreeNodes.settle();
                assertEquals(List.of("a", "c"), names(nodes.a()));
                assertEquals(List.of("b", "c"), names(nodes.b()));
                assertEquals(List.of("a", "b", "c"), names(nodes.c()));
                assertTrue(logged.has("sent what no node sends"), logged.messages()::toString);
                nodes.a().publish("list", listOn(nodes.a(), new ArrayList<>())); // does not wait for b
                nodes.join("d");
                ThreeNodes.settle();
                assertEquals(List.of("a", "c", "d"), names(nodes.a()));
                nodes.network().cut("a", "b");
                ThreeNodes.settle();
                nodes.network().heal();
                ThreeNodes.settle();
                assertEquals(List.of("a", "b", "c", "d"), names(nodes.a()));
                assertEquals(List.of("a", "b", "c", "d"), names(nodes.b()));
            }
        });
    }

    /** The transport delivers each packet once, so that one who sends the same again is no node. */
    @Test
    void aRequestThatComesTwiceEndsTheSession() {
        List<Consumer<Two>> requests = List.of(
                two -> two.b
                        .node(two.a.self().id())
                        .spawn(() -> Weft.sleep(Duration.ofHours(1)))
                        .greenlet()
                        .toFuture(), // its failure is nobody's
                two -> {
                    Ref<String> slow = two.a.refer(Owner.start("slow", () -> ""), (state, message) -> {
                        Weft.sleep(Duration.ofMinutes(5));
                        return message;
                    });
                    Weft.spawn(() -> assertThrows(
                            NodeLost.class, () -> ThreeNodes.at(two.b, slow).ask("question", String.class)));
                },
                two -> RemoteChannelTest.at(two.b, two.a.channel(Channel.unbounded())));
        try (Logged logged = new Logged()) {
            for (Consumer<Two> request : requests) {
                underSeeds(3, two -> {
                    List<byte[]> packets = new ArrayList<>();
                    two.tap.reading((from, packet) -> packets.add(packet));
                    request.accept(two);
                    Weft.sleep(LONG);
                    two.tap.reading((from, packet) -> {});
                    assertEquals(List.of("a", "b"), names(two.a));
                    packets.forEach(packet -> two.tap.deliver(two.b.self().id(), packet));
                    Weft.sleep(LONG);
                    assertEquals(List.of("a"), names(two.a));
                    assertEquals(List.of("b"), names(two.b));
                });
            }
            assertTrue(logged.has("sent what no node sends"), logged.messages()::toString);
        }
    }

    @Test
    void aSenderOfMoreThanItsCreditsIsNoNode() {
        try (Logged logged = new Logged()) {
            underSeeds(5, two -> {
                Channel<String> unread = Channel.rendezvous();
                RemoteChannel<String> out = RemoteChannelTest.at(two.b, two.a.channel(unread, 2));
                Weft.sleep(LONG);
                List<byte[]> packets = new ArrayList<>();
                two.tap.reading((from, packet) -> packets.add(packet));
                out.send("value");
                Weft.sleep(LONG);
                two.tap.reading((from, packet) -> {});
                for (int i = 0; i < 3; i++) {
                    packets.forEach(packet -> two.tap.deliver(two.b.self().id(), packet));
                }
                Weft.sleep(LONG);
                assertEquals(List.of("a"), names(two.a));
            });
            assertTrue(logged.has("it has granted credits for"), logged.messages()::toString);
        }
    }

    /** Bits of what a and b tell each other are flipped: b goes on working for others. */
    @Test
    void garbledPacketsHarmNobody() {
        int[] seed = {0};
        try (Logged logged = new Logged()) {
            underSeeds(150, two -> {
                Random random = new Random(seed[0]++);
                Cluster c = join(two.network.transport("c"));
                Ref<String> onB = ThreeNodes.at(two.a, listOn(two.b, new ArrayList<>()));
                two.tap.changing(packet -> garble(packet, random));
                for (int i = 0; i < 20; i++) {
                    try {
                        Weft.withTimeout(LONG, () -> onB.ask("question", Object.class));
                    } catch (RuntimeException e) {
                        // as may be
                    }
                }
                List<String> told = new ArrayList<>();
                ThreeNodes.at(c, listOn(two.b, told)).tell("b is as before");
                Weft.sleep(LONG);
                assertEquals(List.of("b is as before"), told);
                c.close();
            });
            assertTrue(logged.has("sent what no node sends"), logged.messages()::toString);
        }
    }

    private static byte[] garble(byte[] packet, Random random) {
        byte[] garbled = packet.clone();
        for (int i = random.nextInt(3); i > 0; i--) {
            garbled[random.nextInt(garbled.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return garbled;
    }

    /** A transport's packets come from whoever is in its view, and not all need be nodes of Weft. */
    @Test
    void aStrangerThatSaysNoSenseIsNotANode() {
        Random random = new Random(1);
        try (Logged logged = new Logged()) {
            underSeeds(30, two -> {
                ClusterTransport stranger = two.network.transport("stranger");
                stranger.start("test", new TransportListener() {
                    @Override
                    public void viewed(List<NodeId> members) {}

                    @Override
                    public void received(NodeId from, byte[] packet) {
                        if (from.name().equals("c")) {
                            stranger.send(from, new byte[20]);
                        }
                    }
                });
                Weft.sleep(LONG);
                for (int i = 0; i < 20; i++) {
                    byte[] packet = new byte[random.nextInt(60)];
                    random.nextBytes(packet);
                    for (int zero = 0; zero < Math.min(8, packet.length); zero++) {
                        packet[zero] = 0; // as in a handshake
                    }
                    if (packet.length > 8) {
                        packet[8] = (byte) (1 + random.nextInt(4));
                    }
                    stranger.send(two.b.self().id(), packet);
                }
                Weft.sleep(LONG);
                assertEquals(List.of("a", "b"), names(two.b));
                Cluster c = join(two.network.transport("c"));
                assertEquals(List.of("a", "b", "c"), names(c));
                c.close();
                stranger.close();
            });
            assertTrue(logged.has("sent what no node sends"), logged.messages()::toString);
        }
    }

    @Test
    void anotherVersionOfTheProtocolIsRefused() {
        try (Logged logged = new Logged()) {
            underSeeds(10, two -> {
                Tap tap = new Tap(two.network.transport("newer"));
                tap.changing(
                        packet -> { // all are handshakes
                            byte[] newer = packet.clone();
                            newer[12] = Versions.PROTOCOL + 1;
                            return newer;
                        });
                JoinRefused refused = assertThrows(JoinRefused.class, () -> join(tap));
                assertTrue(
                        String.valueOf(refused.getMessage()).contains("its protocol has version 2"),
                        refused::getMessage);
                assertEquals(List.of("a", "b"), names(two.a));
                assertEquals(List.of("a", "b"), names(two.b));
            });
            assertTrue(logged.has("is refused: its protocol has version 2"), logged.messages()::toString);
        }
    }

    @Test
    void aNodeThatStandsStillIsSentAWindowAndNoMore() {
        underSeeds(5, two -> {
            long[] sent = {0};
            two.tap.changing(packet -> {
                sent[0] += packet.length;
                return packet;
            });
            List<Ref<byte[]>> targets = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                Owner<String> owner = Owner.start("target", () -> "");
                targets.add(ThreeNodes.at(two.a, two.b.<String, byte[]>refer(owner, (state, message) -> null)));
            }
            two.network.detection(Duration.ofMinutes(1)).stop("b");
            List<Greenlet<?>> tellers = new ArrayList<>();
            for (Ref<byte[]> target : targets) {
                tellers.add(Weft.spawn(() -> {
                    for (int i = 0; i < 1_000; i++) {
                        target.tell(new byte[1_000]);
                    }
                }));
            }
            Weft.sleep(LONG);
            assertTrue(sent[0] >= Outbox.WINDOW, () -> sent[0] + " bytes");
            assertTrue(sent[0] < Outbox.WINDOW + 64 * 1024, () -> sent[0] + " bytes");
            two.network.resume("b");
            tellers.forEach(Greenlet::join);
            Weft.sleep(LONG);
            assertTrue(sent[0] > 50_000_000, () -> sent[0] + " bytes");
        });
    }

    @Test
    void whatIsSentBeforeASessionIsOpenArrivesOnceItIs() {
        int[] early = {0};
        underSeeds(50, two -> {
            two.network.delay(Duration.ofMillis(1), Duration.ofMillis(400));
            Cluster c = join(two.network.transport("c"));
            boolean isEarly = two.a.membership().openSession(c.self().id()) == null;
            runs = 0;
            RemoteGreenlet<?> unwanted = two.a.node(c.self().id()).spawn(() -> runs++);
            Weft.yieldNow();
            unwanted.kill("it is not wanted");
            if (isEarly) {
                early[0]++;
            }
            Channel<String> in = Channel.unbounded();
            List<String> told = new ArrayList<>();
            RemoteChannel<String> out = RemoteChannelTest.at(two.a, c.channel(in));
            Ref<String> ref = ThreeNodes.at(two.a, listOn(c, told));
            out.send("value");
            ref.tell("message");
            assertEquals(42, two.a.node(c.self().id()).spawn(() -> 42).join());
            assertTrue(!isEarly || runs == 0);
            assertEquals("value", in.receive());
            assertEquals(List.of("message"), told);
            c.close();
        });
        assertTrue(early[0] > 0);
    }

    @Test
    void whatWaitsForASessionThatNeverOpensIsLost() {
        underSeeds(10, two -> {
            Tap silent = new Tap(two.network.transport("c"));
            silent.changing(packet -> null);
            Greenlet<?> joining = Weft.spawn(() -> join(silent));
            NodeId c = null;
            while (c == null) {
                Weft.sleep(Duration.ofMillis(10));
                c = two.a.membership().expected().stream()
                        .filter(member -> member.name().equals("c"))
                        .findFirst()
                        .orElse(null);
            }
            assertNull(two.a.membership().openSession(c));
            RemoteGreenlet<Integer> task = two.a.node(c).spawn(() -> 42);
            two.network.crash("c");
            NodeLost lost = assertThrows(NodeLost.class, task::join);
            assertEquals(NodeLost.Begun.NO, lost.begun());
            joining.kill();
            Weft.joinAll(List.of(joining));
        });
    }

    /** A window that JGroups could hold back would make its send block the loop. */
    @Test
    void theWindowIsBelowThatOfJGroups() {
        assertTrue(Outbox.WINDOW < new UFC().getMaxCredits());
    }
}
