package dev.weft.cluster;

import dev.weft.LoopGroup;
import dev.weft.cluster.jgroups.JGroupsTransport;
import dev.weft.cluster.transport.ClusterTransport;
import dev.weft.serial.Serializer;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a node joins a cluster, and what it exchanges with the others. Not thread-safe; for one join.
 *
 * <pre>{@code
 * TcpConfig tcp = TcpConfig.on("127.0.0.1", 7801).peers("127.0.0.1:7802", "127.0.0.1:7803").nodeName("shop-1");
 * ClusterConfig config = ClusterConfig.over(tcp).allowPackage("com.example.orders");
 * }</pre>
 */
public final class ClusterConfig {
    private final TransportFactory transport;
    private final Serializer.Builder serializer = Serializer.builder();
    private String version = "";
    private Duration joinTimeout = Duration.ofSeconds(30);
    private @Nullable LoopGroup taskLoops;

    @FunctionalInterface
    private interface TransportFactory {
        ClusterTransport create();
    }

    private ClusterConfig(TransportFactory transport) {
        this.transport = transport;
    }

    /**
     * Returns a configuration that joins over TCP, with the {@link TcpConfig} as its further settings.
     *
     * @param tcp where this node listens, which nodes it looks for, and how it tells friends from strangers
     */
    public static ClusterConfig over(TcpConfig tcp) {
        Objects.requireNonNull(tcp, "tcp");
        return new ClusterConfig(() -> new JGroupsTransport(tcp.stack()));
    }

    /** Returns a configuration that joins as a JGroups configuration in XML says. */
    public static ClusterConfig over(XmlConfig xml) {
        Objects.requireNonNull(xml, "xml");
        return new ClusterConfig(() -> new JGroupsTransport(xml.stack()));
    }

    /** Returns a configuration that joins over {@code transport}. */
    public static ClusterConfig over(ClusterTransport transport) {
        Objects.requireNonNull(transport, "transport");
        return new ClusterConfig(() -> transport);
    }

    ClusterTransport createTransport() {
        return transport.create();
    }

    Serializer.Builder serializer() {
        return serializer;
    }

    Versions versions() {
        return Versions.of(version);
    }

    @Nullable LoopGroup taskLoops() {
        return taskLoops;
    }

    /** Makes greenlets that other nodes spawn here run on the loops of {@code group} in turn; by default on the cluster's own loop. */
    public ClusterConfig spawnOn(LoopGroup group) {
        taskLoops = Objects.requireNonNull(group, "group");
        return this;
    }

    Duration joinTimeout() {
        return joinTimeout;
    }

    /** Lets {@code types}, the classes nested in them, and the lambdas in their code be sent and received. */
    public ClusterConfig allow(Class<?>... types) {
        serializer.allow(types);
        return this;
    }

    /** Lets the classes of package {@code name} be sent and received, but not those of packages below it. */
    public ClusterConfig allowPackage(String name) {
        serializer.allowPackage(name);
        return this;
    }

    /** Sets the version of the application. Nodes with another one are refused. */
    public ClusterConfig version(String application) {
        version = Objects.requireNonNull(application, "application");
        return this;
    }

    /** Sets how long a join may take; 30 seconds by default. */
    public ClusterConfig joinTimeout(Duration limit) {
        joinTimeout = Objects.requireNonNull(limit, "limit");
        return this;
    }
}
