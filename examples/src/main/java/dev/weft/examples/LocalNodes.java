package dev.weft.examples;

import dev.weft.Loop;
import dev.weft.cluster.Cluster;
import dev.weft.cluster.ClusterConfig;
import dev.weft.cluster.TcpConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Nodes of a cluster in one JVM, one on each loop of the caller's group. On machines of their own they would join alike. */
record LocalNodes(List<Cluster> clusters) implements AutoCloseable {

    static LocalNodes join(String name, Class<?> allowed) throws IOException {
        LocalNodes nodes = new LocalNodes(new ArrayList<>());
        int founder = freePort();
        int port = founder;
        for (Loop loop : Loop.current().group().loops()) {
            TcpConfig tcp = TcpConfig.on("127.0.0.1", port)
                    .peers("127.0.0.1:" + founder)
                    .nodeName("node-" + nodes.clusters.size());
            ClusterConfig config = ClusterConfig.over(tcp).allow(allowed);
            nodes.clusters.add(loop.spawn(() -> Cluster.join(name, config)).join());
            port = freePort();
        }
        return nodes;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        clusters.forEach(Cluster::close);
    }
}
