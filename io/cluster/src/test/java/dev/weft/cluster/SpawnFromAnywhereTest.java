package dev.weft.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.cluster.testing.SimulatedNetwork;
import dev.weft.sync.Select;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.workers.Task;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Remote greenlets on several loops, and over TCP. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
final class SpawnFromAnywhereTest {
    private static final List<String> LOG = new CopyOnWriteArrayList<>(); // of tasks, which run in this JVM

    @BeforeEach
    void clear() {
        LOG.clear();
    }

    private static void linger() {
        LOG.add("begun");
        try {
            Weft.sleep(Duration.ofHours(1));
        } finally {
            LOG.add("ended");
        }
    }

    private static void awaitBegin() {
        while (LOG.isEmpty()) {
            Weft.sleep(Duration.ofMillis(1));
        }
    }

    private static String fail() throws IOException {
        throw new IOException("the disk is full");
    }

    @Test
    void tasksOfOthersRunOnTheLoopsOfTheConfiguration() throws Exception {
        List<Throwable> reported = new CopyOnWriteArrayList<>();
        try (LoopGroup group = LoopGroup.builder()
                .loops(2)
                .uncaughtHandler((greenlet, failure) -> reported.add(failure))
                .open()) {
            Set<String> loops = Weft.run(() -> {
                SimulatedNetwork network = new SimulatedNetwork(1);
                try (Cluster a = Cluster.join("test", ClusterConfig.over(network.transport("a")));
                        Cluster b = Cluster.join(
                                "test",
                                ClusterConfig.over(network.transport("b")).spawnOn(group))) {
                    Node other = a.node(b.self().id());
                    Task<String> failing = SpawnFromAnywhereTest::fail;
                    assertThrows(IOException.class, () -> other.call(failing));
                    assertEquals(1, other.call(() -> 1));
                    RemoteGreenlet<?> lingering = other.spawn(() -> linger());
                    awaitBegin();
                    lingering.kill();
                    assertThrows(Cancelled.class, lingering::join);
                    assertEquals(List.of("begun", "ended"), LOG);
                    return new HashSet<>(List.of(
                            other.call(() -> Loop.current().name()),
                            other.call(() -> Loop.current().name())));
                }
            });
            assertEquals(Set.of("weft-0", "weft-1"), loops);
        }
        assertEquals(List.of(), reported);
    }

    @Test
    void anyLoopAndThreadCanSpawnAndWait() throws Exception {
        Weft.run(2, () -> {
            SimulatedNetwork network = new SimulatedNetwork(1);
            try (Cluster a = Cluster.join("test", ClusterConfig.over(network.transport("a")));
                    Cluster b = Cluster.join("test", ClusterConfig.over(network.transport("b")))) {
                Node other = a.node(b.self().id());
                Weft.await(CompletableFuture.runAsync(() -> {
                    assertEquals(1, other.call(() -> 1));
                    assertEquals(2, other.spawn(() -> 2).join());
                }));
                for (Loop loop : Loop.current().group().loops()) {
                    loop.spawn(() -> useFromHere(other)).join();
                }
            }
        });
    }

    private static void useFromHere(Node other) {
        LOG.clear();
        assertEquals(3, other.call(() -> 3));
        RemoteGreenlet<Integer> soon = other.spawn(() -> 4);
        RemoteGreenlet<?> lingering = other.spawn(() -> linger());
        assertEquals(4, Weft.await(soon));
        assertEquals(
                4,
                Weft.<Integer, RuntimeException>select(
                        Select.on(soon, value -> value), Select.on(lingering, end -> 0)));
        assertThrows(DeadlineExceeded.class, () -> Weft.await(lingering, Duration.ZERO));
        awaitBegin();
        Weft.scope(scope -> {
            other.spawn(scope, () -> linger());
            scope.spawn(() -> other.call(() -> linger()));
            while (LOG.size() < 3) {
                Weft.sleep(Duration.ofMillis(1));
            }
            scope.cancel();
        });
        assertEquals(5, LOG.size());
        lingering.kill();
        assertThrows(Cancelled.class, () -> Weft.await(lingering));
        assertEquals(6, LOG.size());
    }

    @Test
    void tasksTravelOverTcp() throws Exception {
        List<Integer> ports = freePorts();
        try (LoopGroup group = LoopGroup.open(2)) {
            Loop one = group.loops().get(0);
            Loop other = group.loops().get(1);
            Cluster a = one.call(() -> join("a", ports.get(0), ports.get(1)));
            Cluster b = other.call(() -> join("b", ports.get(1), ports.get(0)));
            Node there = a.node(b.self().id());
            one.call(() -> {
                while (!a.view().value().has(there)) {
                    Weft.sleep(Duration.ofMillis(5));
                }
            });
            assertEquals(
                    "b at " + other.name(),
                    there.call(() -> Cluster.current().self().name() + " at "
                            + Loop.current().name()));
            Task<String> failing = SpawnFromAnywhereTest::fail;
            assertThrows(IOException.class, () -> there.call(failing));
            List<RemoteGreenlet<Integer>> many = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                int number = i;
                many.add(there.spawn(() -> number));
            }
            for (int i = 0; i < 1000; i++) {
                assertEquals(i, many.get(i).join());
            }
            RemoteGreenlet<?> lingering = there.spawn(() -> linger());
            one.call(SpawnFromAnywhereTest::awaitBegin);
            lingering.kill();
            assertThrows(Cancelled.class, lingering::join);
            assertEquals(List.of("begun", "ended"), LOG);
            RemoteGreenlet<?> lost = there.spawn(() -> linger());
            lost.greenlet().toFuture(); // it may fail before it is joined
            one.call(() -> {
                while (LOG.size() < 3) {
                    Weft.sleep(Duration.ofMillis(1));
                }
            });
            b.close();
            assertEquals(
                    NodeLost.Begun.YES, assertThrows(NodeLost.class, lost::join).begun());
            assertFalse(a.view().value().has(there));
            a.close();
        }
    }

    private static Cluster join(String name, int port, int peer) throws Exception {
        TcpConfig tcp =
                TcpConfig.on("127.0.0.1", port).peers("127.0.0.1:" + peer).nodeName(name);
        return Cluster.join("test", ClusterConfig.over(tcp));
    }

    private static List<Integer> freePorts() throws IOException {
        try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return List.of(one.getLocalPort(), other.getLocalPort());
        }
    }
}
