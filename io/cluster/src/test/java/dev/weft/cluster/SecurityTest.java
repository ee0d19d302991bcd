package dev.weft.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Weft;
import dev.weft.sync.Channel;
import dev.weft.sync.Watcher;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Who may join, over TCP. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
final class SecurityTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    private static List<String> names(Cluster cluster) {
        return cluster.view().value().nodes().stream().map(Node::name).toList();
    }

    private static Cluster join(String name, Consumer<TcpConfig> settings, Cluster... peers) throws Exception {
        TcpConfig tcp = TcpConfig.on("127.0.0.1", 0).nodeName(name);
        for (Cluster peer : peers) {
            InetSocketAddress address = peer.address().orElseThrow();
            tcp.peers(address.getAddress().getHostAddress() + ":" + address.getPort());
        }
        settings.accept(tcp);
        return Cluster.join("test", ClusterConfig.over(tcp));
    }

    private static void awaitNodes(Cluster cluster, int number) {
        Watcher<ClusterView> views = cluster.view().watcher();
        while (views.next().nodes().size() != number) {
            // not yet
        }
    }

    /** Nodes a and b of {@code friends} join; another one with {@code stranger} stays alone. */
    private static void assertStrangersStayOut(Consumer<TcpConfig> friends, Consumer<TcpConfig> stranger)
            throws Exception {
        Weft.run(() -> {
            try (Cluster a = join("a", friends);
                    Cluster outside = join("stranger", stranger, a)) {
                assertEquals(List.of("stranger"), names(outside));
                assertEquals(List.of("a"), names(a));
                try (Cluster b = join("b", friends, a)) {
                    assertEquals(List.of("a", "b"), names(b));
                    assertEquals(List.of("stranger"), names(outside));
                    Channel<String> in = Channel.rendezvous();
                    byte[] handle = a.values().write(a.channel(in));
                    @SuppressWarnings("unchecked") // as the original
                    RemoteChannel<String> out = (RemoteChannel<String>)
                            Objects.requireNonNull(b.values().read(new FrameReader(handle)));
                    String text = "secret ".repeat(20_000); // more than a fragment
                    out.send(text);
                    assertEquals(text, in.receive());
                }
            }
        });
    }

    @Test
    void aNodeWithAnotherSecretOrNoneStaysAlone() throws Exception {
        try (Logged logged = new Logged("org.jgroups")) {
            assertStrangersStayOut(tcp -> tcp.secret(SECRET), tcp -> tcp.secret(SECRET + "0"));
            assertTrue(logged.has("rejected decryption"), logged.messages()::toString);
            assertStrangersStayOut(tcp -> tcp.secret(SECRET), tcp -> {});
        }
    }

    @Test
    void aNodeWithoutATrustedCertificateStaysAlone(@TempDir Path directory) throws Exception {
        SSLContext own = KeyFile.create(directory.resolve("own")).context();
        SSLContext other = KeyFile.create(directory.resolve("other")).context();
        assertStrangersStayOut(tcp -> tcp.tls(own), tcp -> tcp.tls(other));
    }

    @Test
    void listeningForStrangersIsRefused(@TempDir Path directory) throws Exception {
        Path xml = directory.resolve("open.xml");
        Files.writeString(xml, """
                <config xmlns="urn:org:jgroups">
                    <TCP bind_addr="NON_LOOPBACK" bind_port="7800"/>
                    <TCPPING initial_hosts="127.0.0.1[7800]"/>
                    <pbcast.NAKACK2/>
                    <UNICAST3/>
                    <pbcast.GMS/>
                </config>
                """);
        Weft.run(() -> {
            for (ClusterConfig open : List.of(
                    ClusterConfig.over(TcpConfig.on("0.0.0.0", 0)), ClusterConfig.over(XmlConfig.at(xml.toString())))) {
                Exception refused = assertThrows(Exception.class, () -> Cluster.join("test", open));
                assertTrue(
                        String.valueOf(refused).contains("set TcpConfig.tls or TcpConfig.secret"), refused::toString);
            }
        });
    }

    @Test
    void bytesOfAStrangerHarmNobody() throws Exception {
        Weft.run(() -> {
            try (Cluster a = join("a", tcp -> {})) {
                InetSocketAddress address = a.address().orElseThrow();
                for (int port : List.of(address.getPort(), address.getPort() + TcpConfig.DETECTION_PORT_OFFSET)) {
                    Weft.offload(() -> writeGarbage(address.getAddress(), port));
                }
                try (Cluster b = join("b", tcp -> {}, a)) {
                    awaitNodes(a, 2);
                    assertEquals(List.of("a", "b"), names(b));
                }
            }
        });
    }

    private static void writeGarbage(InetAddress host, int port) throws Exception {
        byte[] garbage = new byte[10_000];
        new Random(1).nextBytes(garbage);
        for (int i = 0; i < 5; i++) {
            try (Socket socket = new Socket(host, port)) {
                socket.getOutputStream().write(garbage);
            } catch (IOException closed) {
                // as it should be
            }
        }
    }

    @Test
    void anotherVersionOfTheApplicationIsRefused() throws Exception {
        Weft.run(() -> {
            try (Logged logged = new Logged();
                    Cluster a = Cluster.join(
                            "test",
                            ClusterConfig.over(TcpConfig.on("127.0.0.1", 0).nodeName("a"))
                                    .version("1"))) {
                InetSocketAddress address = a.address().orElseThrow();
                ClusterConfig newer = ClusterConfig.over(
                                TcpConfig.on("127.0.0.1", 0).nodeName("b").peers("127.0.0.1:" + address.getPort()))
                        .version("2");
                JoinRefused refused = assertThrows(JoinRefused.class, () -> Cluster.join("test", newer));
                assertTrue(String.valueOf(refused.getMessage()).contains("version \"1\""), refused::getMessage);
                assertEquals(List.of("a"), names(a));
                assertTrue(logged.has("is refused"), logged.messages()::toString);
            }
        });
    }
}
