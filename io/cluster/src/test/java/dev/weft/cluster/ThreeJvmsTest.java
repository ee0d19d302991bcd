package dev.weft.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.sync.Channel;
import dev.weft.sync.ChannelFailed;
import dev.weft.sync.Watcher;
import dev.weft.testing.NoGreenletLeaks;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Three JVMs on loopback, of which one dies or stands still. This one is node a; b is the victim. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
final class ThreeJvmsTest {
    private interface Body {
        void run(Cluster a, ChildNode b, ChildNode c) throws Exception;
    }

    private static void onThreeJvms(Body body) throws Exception {
        Weft.run(() -> {
            TcpConfig tcp = TcpConfig.on("127.0.0.1", 0).nodeName("a");
            try (Cluster a = Cluster.join("test", ClusterConfig.over(tcp))) {
                InetSocketAddress address = a.address().orElseThrow();
                String peer = "127.0.0.1:" + address.getPort();
                try (ChildNode b = ChildNode.start("b", peer);
                        ChildNode c = ChildNode.start("c", peer)) {
                    b.expect("joined");
                    c.expect("joined");
                    awaitNodes(a, 3);
                    body.run(a, b, c);
                }
            }
        });
    }

    private static void awaitNodes(Cluster cluster, int number) {
        Watcher<ClusterView> views = cluster.view().watcher();
        while (views.next().nodes().size() != number) {
            // not yet
        }
    }

    private static Channel<Integer> sentBy(ChildNode node, Cluster a) throws Exception {
        Channel<Integer> in = Channel.rendezvous();
        node.tell("send " + ChildNode.toText(a, a.channel(in)) + " 1");
        assertEquals(0, in.receive());
        return in;
    }

    private static void assertLost(String name, ChannelFailed failure) {
        NodeLost lost = assertInstanceOf(NodeLost.class, failure.getCause());
        assertEquals(name, lost.node().name());
    }

    @Test
    void aKilledNodeIsLostAtOnce() throws Exception {
        onThreeJvms((a, b, c) -> {
            Channel<Integer> ofB = sentBy(b, a);
            Channel<Integer> ofC = sentBy(c, a);
            long start = System.nanoTime();
            b.close();
            assertLost("b", assertThrows(ChannelFailed.class, () -> ofB.forEach(value -> {})));
            awaitNodes(a, 2);
            System.out.println("kill -9 was seen after " + (System.nanoTime() - start) / 1_000_000 + " ms");
            int next = ofC.receive();
            assertEquals(next + 1, ofC.receive());
            c.tell("nodes");
            c.expect("nodes");
        });
    }

    @Test
    void aNodeThatStoodStillStartsAnew() throws Exception {
        onThreeJvms((a, b, c) -> {
            Channel<Integer> ofB = sentBy(b, a);
            b.tell("receive 0");
            RemoteChannel<byte[]> toB = ChildNode.fromText(a, b.expect("channel"));
            c.tell("receive 0");
            RemoteChannel<byte[]> toC = ChildNode.fromText(a, c.expect("channel"));
            long[] ticks = {0};
            Greenlet<?> ticker = Weft.spawn(() -> {
                while (true) {
                    Weft.sleep(Duration.ofMillis(5));
                    ticks[0]++;
                }
            });
            b.signal("STOP");
            long start = System.nanoTime();
            Greenlet<ChannelFailed> heldUp = Weft.spawn(() -> assertThrows(ChannelFailed.class, () -> {
                while (true) {
                    toB.send(new byte[20_000]);
                }
            }));
            for (int i = 1; i <= 500; i++) {
                toC.send(new byte[20_000]);
            }
            c.expect("received 500");
            assertFalse(heldUp.state().isDone(), "c has been reached while b stood still");
            assertTrue(ticks[0] > 0);
            assertLost("b", heldUp.join());
            assertLost("b", assertThrows(ChannelFailed.class, () -> ofB.forEach(value -> {})));
            awaitNodes(a, 2);
            System.out.println("SIGSTOP was seen after " + (System.nanoTime() - start) / 1_000_000 + " ms");
            Node before = Objects.requireNonNull(lostNode(heldUp.join(), a));
            b.signal("CONT");
            assertTrue(b.expect("sender ended:").contains("NodeLost"));
            awaitNodes(a, 3);
            System.out.println(
                    "after SIGCONT all were together within " + (System.nanoTime() - start) / 1_000_000 + " ms");
            assertTrue(a.view().value().has(before), "it is the same node, in a new session");
            assertLost("b", assertThrows(ChannelFailed.class, () -> toB.send(new byte[0])));
            b.tell("receive 0");
            RemoteChannel<byte[]> anew = ChildNode.fromText(a, b.expect("channel"));
            anew.send(new byte[0]);
            b.expect("received 1");
            assertEquals(List.of(0, 1), firstTwo(sentBy(b, a)));
            ticker.kill();
        });
    }

    private static Node lostNode(ChannelFailed failure, Cluster cluster) {
        return cluster.node(((NodeLost) Objects.requireNonNull(failure.getCause())).node());
    }

    private static List<Integer> firstTwo(Channel<Integer> received) {
        return List.of(0, received.receive());
    }
}
