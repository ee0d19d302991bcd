package dev.weft.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.Weft;
import dev.weft.cluster.testing.SimulatedNetwork;
import dev.weft.sync.Watcher;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

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
            TcpConfig tcpOfA = TcpConfig.on("127.0.0.1", 0).nodeName("a");
            try (Cluster a = Cluster.join("test", ClusterConfig.over(tcpOfA))) {
                TcpConfig tcpOfB = TcpConfig.on("127.0.0.1", 0)
                        .peers("127.0.0.1:" + a.address().orElseThrow().getPort())
                        .nodeName("b");
                try (Cluster b = Cluster.join("test", ClusterConfig.over(tcpOfB))) {
                    assertEquals(List.of("a", "b"), names(b));
                    awaitNodes(a, 2);
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

    @Test
    void nodesJoinAsAnXmlFileOfJGroupsSays(@TempDir Path directory) throws Exception {
        Path xml = directory.resolve("cluster.xml");
        Files.writeString(xml, """
                <config xmlns="urn:org:jgroups">
                    <SHARED_LOOPBACK bind_addr="127.0.0.1"/>
                    <SHARED_LOOPBACK_PING/>
                    <pbcast.NAKACK2/>
                    <UNICAST3/>
                    <pbcast.GMS join_timeout="500" print_local_addr="false"/>
                </config>
                """);
        Weft.run(() -> {
            try (Cluster a = Cluster.join(
                            "test",
                            ClusterConfig.over(XmlConfig.at(xml.toString()).nodeName("a")));
                    Cluster b = Cluster.join(
                            "test",
                            ClusterConfig.over(XmlConfig.at(xml.toString()).nodeName("b")))) {
                awaitNodes(a, 2);
                assertEquals(List.of("a", "b"), names(b));
                assertEquals(42, a.node(b.self().id()).spawn(() -> 42).join());
            }
        });
    }

    @Test
    void theTcpOfThisModuleCanBeNamedInXml(@TempDir Path directory) throws Exception {
        Path xml = directory.resolve("tcp.xml");
        Files.writeString(xml, """
                <config xmlns="urn:org:jgroups">
                    <dev.weft.cluster.jgroups.PromptTcp
                        bind_addr="127.0.0.1" bind_port="0" non_blocking_sends="true" diag.enabled="false"/>
                    <LOCAL_PING/>
                    <pbcast.NAKACK2/>
                    <UNICAST3/>
                    <pbcast.GMS join_timeout="500" print_local_addr="false"/>
                </config>
                """);
        Weft.run(() -> {
            try (Cluster alone = Cluster.join(
                    "test", ClusterConfig.over(XmlConfig.at(xml.toString()).nodeName("alone")))) {
                assertEquals(List.of("alone"), names(alone));
            }
        });
    }
}
