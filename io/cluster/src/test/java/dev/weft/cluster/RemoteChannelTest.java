package dev.weft.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.example.Order;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Weft;
import dev.weft.cluster.testing.SimulatedNetwork;
import dev.weft.serial.NotAllowed;
import dev.weft.sync.Channel;
import dev.weft.sync.ChannelClosed;
import dev.weft.sync.ChannelFailed;
import dev.weft.sync.Event;
import dev.weft.sync.Select;
import dev.weft.testing.NoGreenletLeaks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Channels between nodes, on a simulated network. The channel is node a's. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
final class RemoteChannelTest {
    private static final int SEEDS = 20;
    private static final Duration A_WHILE = Duration.ofSeconds(3);

    private interface Body {
        void run(SimulatedNetwork network, Cluster a, Cluster b, Cluster c) throws Exception;
    }

    private static void underSeeds(Body body) {
        underSeeds((node, config) -> {}, body);
    }

    private static void underSeeds(BiConsumer<String, ClusterConfig> settings, Body body) {
        ThreeNodes.underSeeds(SEEDS, settings, nodes -> body.run(nodes.network(), nodes.a(), nodes.b(), nodes.c()));
    }

    private static void allowOrdersElsewhereThanOnA(String node, ClusterConfig config) {
        if (!node.equals("a")) {
            config.allow(Order.class);
        }
    }

    @SuppressWarnings("unchecked") // as the original
    static <T> RemoteChannel<T> at(Cluster node, RemoteChannel<T> channel) {
        FrameReader written = new FrameReader(node.values().write(channel));
        return (RemoteChannel<T>) Objects.requireNonNull(node.values().read(written));
    }

    private static void sendAll(RemoteChannel<Integer> to, int from, int end) {
        for (int i = from; i < end; i++) {
            to.send(i);
        }
    }

    /** Sends four times the bytes that a node may have on its way, in 16 values. */
    private static void sendFourWindows(RemoteChannel<byte[]> to) {
        for (int i = 0; i < 16; i++) {
            to.send(new byte[Outbox.WINDOW / 4]);
        }
    }

    private static void receiveFourWindows(Channel<byte[]> from) {
        for (int i = 0; i < 16; i++) {
            assertEquals(Outbox.WINDOW / 4, from.receive(A_WHILE).length);
        }
    }

    private static List<Integer> range(int from, int end) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = from; i < end; i++) {
            numbers.add(i);
        }
        return numbers;
    }

    private static <T> List<T> all(Channel<T> channel) {
        List<T> values = new ArrayList<>();
        channel.forEach(values::add);
        return values;
    }

    private static Throwable cause(ChannelFailed failure) {
        return Objects.requireNonNull(failure.getCause());
    }

    private static void assertLost(Cluster lost, ChannelFailed failure) {
        NodeLost why = assertInstanceOf(NodeLost.class, failure.getCause());
        assertEquals(lost.self().id(), why.node());
    }

    private static List<String> greenletsWith(String name) {
        return Loop.current().greenlets().stream()
                .map(Greenlet::name)
                .filter(each -> each.startsWith(name))
                .toList();
    }

    @Test
    void valuesOfEachNodeArriveInOrder() {
        underSeeds((network, a, b, c) -> {
            Channel<Integer> in = Channel.rendezvous();
            RemoteChannel<Integer> original = a.channel(in, 8);
            Greenlet<?> ofB = Weft.spawn(() -> sendAll(at(b, original), 0, 100));
            Greenlet<?> ofC = Weft.spawn(() -> sendAll(at(c, original), 1000, 1100));
            Weft.spawn(() -> {
                Weft.joinAll(List.of(ofB, ofC));
                Weft.sleep(A_WHILE);
                original.close();
            });
            List<Integer> received = all(in);
            assertEquals(range(0, 100), received.stream().filter(n -> n < 1000).toList());
            assertEquals(
                    range(1000, 1100), received.stream().filter(n -> n >= 1000).toList());
        });
    }

    @Test
    void creditsBoundWhatIsOnItsWay() {
        underSeeds((network, a, b, c) -> {
            Channel<Integer> in = Channel.buffered(3);
            RemoteChannel<Integer> out = at(b, a.channel(in, 8));
            int sent = 0;
            for (int wait = 0; wait < 50; wait++) {
                while (out.trySend(sent)) {
                    sent++;
                }
                Weft.sleep(Duration.ofMillis(20));
            }
            int granted = 8 + 2; // those in the channel have been granted again, a quarter of the window at a time
            assertEquals(8 + granted, sent, "with those in the buffer at the sender");
            out.close();
            assertEquals(range(0, sent), all(in));
        });
    }

    /** Those that the receiver grants no credits for yet are acknowledged by themselves. */
    @Test
    void valuesOfMoreBytesThanTheWindowOfANodeArrive() {
        underSeeds((network, a, b, c) -> {
            Channel<byte[]> in = Channel.unbounded();
            RemoteChannel<byte[]> out = at(b, a.channel(in));
            sendFourWindows(out);
            receiveFourWindows(in);
        });
    }

    @Test
    void aSlowReaderHoldsUpItsSendersOnly() {
        underSeeds((network, a, b, c) -> {
            Channel<Integer> slow = Channel.rendezvous();
            RemoteChannel<Integer> toSlow = at(b, a.channel(slow, 4));
            Greenlet<?> heldUp = Weft.spawn(() -> sendAll(toSlow, 0, 100));
            Channel<Integer> quick = Channel.rendezvous();
            RemoteChannel<Integer> toQuick = at(b, a.channel(quick, 4));
            Weft.spawn(() -> {
                sendAll(toQuick, 0, 100);
                toQuick.close();
            });
            assertEquals(range(0, 100), all(quick));
            assertFalse(heldUp.state().isDone());
            Weft.spawn(() -> {
                heldUp.join();
                toSlow.close();
            });
            assertEquals(range(0, 100), all(slow));
        });
    }

    @Test
    void closeComesAfterWhatWasSentBeforeAndEndsAllSenders() {
        underSeeds((network, a, b, c) -> {
            Channel<Integer> in = Channel.rendezvous();
            RemoteChannel<Integer> original = a.channel(in, 4);
            RemoteChannel<Integer> ofB = at(b, original);
            RemoteChannel<Integer> ofC = at(c, original);
            Greenlet<?> sender = Weft.spawn(() -> {
                sendAll(ofB, 0, 20);
                ofB.close();
            });
            assertEquals(range(0, 20), all(in));
            sender.join();
            assertThrows(ChannelClosed.class, () -> ofB.send(20));
            Weft.sleep(A_WHILE);
            assertThrows(ChannelClosed.class, () -> ofC.send(20));
            assertThrows(ChannelClosed.class, () -> original.send(20));
            RemoteChannel<Integer> late = at(c, original);
            Weft.sleep(A_WHILE);
            assertThrows(ChannelClosed.class, () -> late.trySend(20));
            assertEquals(List.of(), greenletsWith("values from"));
        });
    }

    @Test
    void aChannelOfSeveralProducersIsClosedByTheLast() {
        underSeeds((network, a, b, c) -> {
            Channel<Integer> in = Channel.rendezvous();
            RemoteChannel<Integer> ofB = at(b, a.producer(in));
            RemoteChannel<Integer> ofC = at(c, a.producer(in));
            Weft.spawn(() -> {
                sendAll(ofB, 0, 20);
                ofB.close();
            });
            Weft.spawn(() -> {
                Weft.sleep(A_WHILE);
                sendAll(ofC, 20, 40);
                ofC.close();
            });
            assertEquals(range(0, 40), all(in));
        });
    }

    @Test
    void aFailureComesWhole() {
        underSeeds((network, a, b, c) -> {
            Channel<Integer> in = Channel.buffered(8);
            RemoteChannel<Integer> original = a.channel(in);
            RemoteChannel<Integer> ofB = at(b, original);
            RemoteChannel<Integer> ofC = at(c, original);
            Weft.sleep(A_WHILE);
            ofB.send(1);
            IllegalStateException cause = new IllegalStateException("no paper");
            ofB.fail(cause);
            assertEquals(1, in.receive());
            Throwable received = cause(assertThrows(ChannelFailed.class, in::receive));
            assertEquals(IllegalStateException.class, received.getClass());
            assertEquals("no paper", received.getMessage());
            assertEquals(List.of(cause.getStackTrace()), List.of(received.getStackTrace()));
            Weft.sleep(A_WHILE);
            assertEquals(
                    "no paper",
                    cause(assertThrows(ChannelFailed.class, () -> ofC.send(1))).getMessage());
        });
    }

    @Test
    void theReceiversCloseEndsSenders() {
        underSeeds((network, a, b, c) -> {
            Channel<Integer> in = Channel.rendezvous();
            RemoteChannel<Integer> original = a.channel(in, 4);
            RemoteChannel<Integer> idle = at(c, original);
            RemoteChannel<Integer> busy = at(b, original);
            Greenlet<?> sender = Weft.spawn(() -> {
                assertThrows(ChannelClosed.class, () -> sendAll(busy, 0, 1000));
            });
            assertEquals(0, in.receive());
            original.close();
            sender.join();
            Weft.sleep(A_WHILE);
            assertThrows(ChannelClosed.class, () -> idle.send(0));
        });
    }

    @Test
    void theEndOfTheChannelItselfEndsSendersWhenTheyNextSend() {
        underSeeds((network, a, b, c) -> {
            Channel<Integer> closed = Channel.unbounded();
            RemoteChannel<Integer> toClosed = at(b, a.channel(closed));
            Channel<Integer> failed = Channel.unbounded();
            RemoteChannel<Integer> toFailed = at(b, a.channel(failed));
            closed.close();
            failed.fail(new IllegalStateException("no paper"));
            toClosed.send(1);
            toFailed.send(1);
            Weft.sleep(A_WHILE);
            assertThrows(ChannelClosed.class, () -> toClosed.send(2));
            assertEquals(
                    "no paper",
                    cause(assertThrows(ChannelFailed.class, () -> toFailed.send(2)))
                            .getMessage());
        });
    }

    @Test
    void aSendThatIsCancelledOrNotSelectedHasSentNothing() {
        underSeeds((network, a, b, c) -> {
            Channel<Integer> in = Channel.rendezvous();
            RemoteChannel<Integer> out = at(b, a.channel(in, 4));
            int accepted = 0;
            for (int wait = 0; wait < 20; wait++) {
                while (out.trySend(accepted)) {
                    accepted++;
                }
                Weft.sleep(Duration.ofMillis(20));
            }
            assertThrows(DeadlineExceeded.class, () -> out.send(-1, Duration.ofMillis(50)));
            Greenlet<?> killed = Weft.spawn(() -> out.send(-2));
            Event other = new Event();
            Greenlet<?> selecting = Weft.spawn(() -> Weft.select(Select.on(out.sending(-3)), Select.on(other)));
            Weft.sleep(A_WHILE);
            killed.kill();
            other.set();
            selecting.join();
            Greenlet<?> selected = Weft.spawn(() -> Weft.select(Select.on(out.sending(1000)), Select.on(new Event())));
            Weft.spawn(() -> {
                selected.join();
                out.close();
            });
            List<Integer> expected = range(0, accepted);
            expected.add(1000);
            assertEquals(expected, all(in));
        });
    }

    @Test
    void sendersLearnThatTheReceivingNodeIsLost() {
        underSeeds((network, a, b, c) -> {
            Channel<Integer> in = Channel.rendezvous();
            RemoteChannel<Integer> original = a.channel(in, 4);
            RemoteChannel<Integer> out = at(b, original);
            Greenlet<ChannelFailed> sender =
                    Weft.spawn(() -> assertThrows(ChannelFailed.class, () -> sendAll(out, 0, 100)));
            Weft.sleep(Duration.ofMillis(100));
            network.crash("a");
            assertLost(a, sender.join());
            assertLost(a, assertThrows(ChannelFailed.class, () -> out.trySend(0)));
            assertLost(
                    a, assertThrows(ChannelFailed.class, () -> at(b, original).send(0)));
        });
    }

    @Test
    void receiversLearnThatTheOnlySenderIsLost() {
        underSeeds((network, a, b, c) -> {
            Channel<Integer> in = Channel.rendezvous();
            RemoteChannel<Integer> original = a.channel(in, 4);
            RemoteChannel<Integer> ofB = at(b, original);
            RemoteChannel<Integer> ofC = at(c, original);
            sendAll(ofB, 0, 3);
            Weft.sleep(Duration.ofMillis(100));
            network.crash("b");
            Weft.sleep(A_WHILE);
            ofC.send(3);
            assertEquals(range(0, 3), List.of(in.receive(), in.receive(), in.receive()));
            assertEquals(3, in.receive());
            ofC.send(4);
            Weft.sleep(Duration.ofMillis(100));
            network.crash("c");
            Weft.sleep(A_WHILE);
            assertEquals(4, in.receive());
            assertLost(c, assertThrows(ChannelFailed.class, in::receive));
        });
    }

    @Test
    void whatWasSentBeforeALeaveArrives() {
        underSeeds((network, a, b, c) -> {
            Channel<byte[]> in = Channel.unbounded();
            RemoteChannel<byte[]> out = at(b, a.channel(in));
            sendFourWindows(out);
            b.close();
            receiveFourWindows(in);
            assertLost(b, assertThrows(ChannelFailed.class, in::receive));
        });
    }

    @Test
    void aSenderThatHasClosedIsNotMissed() {
        underSeeds((network, a, b, c) -> {
            Channel<Integer> in = Channel.rendezvous();
            RemoteChannel<Integer> out = at(b, a.channel(in, 4));
            Greenlet<?> sender = Weft.spawn(() -> {
                sendAll(out, 0, 20);
                out.close();
                b.close();
            });
            Weft.sleep(Duration.ofMillis(100));
            assertEquals(range(0, 20), all(in));
            sender.join();
        });
    }

    @Test
    void aHealedPartitionRevivesNothing() {
        underSeeds((network, a, b, c) -> {
            Channel<Integer> in = Channel.unbounded();
            RemoteChannel<Integer> original = a.channel(in);
            RemoteChannel<Integer> ofB = at(b, original);
            RemoteChannel<Integer> ofC = at(c, original);
            ofB.send(1);
            Weft.sleep(Duration.ofMillis(100));
            network.cutOneWay("b", "a");
            ofB.send(2);
            Weft.sleep(A_WHILE);
            network.heal();
            Weft.sleep(A_WHILE);
            assertEquals(3, b.view().value().nodes().size());
            assertLost(a, assertThrows(ChannelFailed.class, () -> ofB.send(3)));
            assertLost(a, assertThrows(ChannelFailed.class, () -> at(c, ofB).send(3)));
            assertThrows(ChannelClosed.class, () -> at(a, ofB).send(3));
            at(b, ofC).send(4);
            Weft.sleep(A_WHILE);
            original.close();
            assertEquals(List.of(1, 4), all(in));
        });
    }

    @Test
    void itIsSentOnToAThirdNodeAndHome() {
        underSeeds((network, a, b, c) -> {
            Channel<String> in = Channel.rendezvous();
            Channel<RemoteChannel<String>> toB = Channel.rendezvous();
            Channel<RemoteChannel<String>> toC = Channel.rendezvous();
            Channel<RemoteChannel<String>> toA = Channel.rendezvous();
            RemoteChannel<RemoteChannel<String>> ofB = at(a, b.channel(toB));
            RemoteChannel<RemoteChannel<String>> ofC = at(b, c.channel(toC));
            RemoteChannel<RemoteChannel<String>> ofA = at(c, a.channel(toA));
            ofB.send(a.channel(in));
            ofC.send(toB.receive());
            RemoteChannel<String> atC = toC.receive();
            ofA.send(atC);
            RemoteChannel<String> home = toA.receive();
            atC.send("from c");
            assertEquals("from c", in.receive());
            Weft.spawn(() -> home.send("from a"));
            assertEquals("from a", in.receive());
            home.close();
            assertTrue(in.isClosed());
        });
    }

    @Test
    void aValueThatIsNotAllowedIsNamedToItsSender() {
        underSeeds((network, a, b, c) -> {
            RemoteChannel<Object> out = at(b, a.channel(Channel.buffered(1)));
            NotAllowed refused = assertThrows(NotAllowed.class, () -> out.send(new Order(1)));
            assertEquals(Order.class.getName(), refused.type());
        });
    }

    @Test
    void aValueThatCannotBeReadFailsTheChannelForBothSides() {
        underSeeds(RemoteChannelTest::allowOrdersElsewhereThanOnA, (network, a, b, c) -> {
            Channel<Object> in = Channel.buffered(1);
            RemoteChannel<Object> out = at(b, a.channel(in));
            out.send("fine");
            out.send(new Order(1));
            assertEquals("fine", in.receive());
            NotAllowed refused = assertInstanceOf(
                    NotAllowed.class,
                    assertThrows(ChannelFailed.class, in::receive).getCause());
            assertEquals(Order.class.getName(), refused.type());
            Weft.sleep(A_WHILE);
            ChannelFailed told = assertThrows(ChannelFailed.class, () -> out.send("fine"));
            assertTrue(cause(told).toString().contains(Order.class.getName()), told::toString);
            assertEquals(3, a.view().value().nodes().size());
        });
    }
}
