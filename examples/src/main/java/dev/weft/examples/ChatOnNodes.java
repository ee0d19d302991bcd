package dev.weft.examples;

import dev.weft.Weft;
import dev.weft.actor.Owner;
import dev.weft.cluster.Cluster;
import dev.weft.cluster.ClusterConfig;
import dev.weft.cluster.NodeLost;
import dev.weft.cluster.Ref;
import dev.weft.cluster.TcpConfig;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * A chat whose members are nodes. Each publishes its screen under its name, and tells what is typed to all screens. For three, run in
 * three terminals {@code java -jar examples/target/weft-examples.jar chat-on-nodes} with {@code ann 7801}, {@code ben 7802 7801} and
 * {@code cem 7803 7801 7802}: a name, a port, and the ports of others. Who is killed is seen to leave.
 */
public final class ChatOnNodes {
    private ChatOnNodes() {}

    /** Takes part until the input ends. */
    public static void main(String[] args) throws Exception {
        String[] peers =
                Arrays.stream(args).skip(2).map(port -> "127.0.0.1:" + port).toArray(String[]::new);
        TcpConfig tcp = TcpConfig.on("127.0.0.1", Integer.parseInt(args[1])).peers(peers);
        Weft.run(() -> {
            try (Cluster cluster = Cluster.join("chat", ClusterConfig.over(tcp.nodeName(args[0])))) {
                Owner<Integer> screen = Owner.start("screen", () -> 1);
                cluster.<Integer, String>publish(args[0], screen, (state, line) -> {
                    System.out.println(line);
                    return null;
                });
                Weft.spawn(() -> cluster.names().watcher().forEach(names -> {
                    System.out.println(
                            "here: " + names.keySet().stream().sorted().toList());
                }));
                chat(cluster, new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
                screen.stop();
            }
        });
    }

    private static void chat(Cluster cluster, BufferedReader input) {
        for (String line; (line = Weft.offload(input::readLine)) != null; ) {
            for (String name : cluster.names().value().keySet()) {
                Optional<Ref<String>> screen = cluster.whereIs(name);
                try {
                    if (screen.isPresent()) {
                        screen.get().tell(cluster.self().name() + ": " + line);
                    }
                } catch (NodeLost e) {
                    // it has just left
                }
            }
        }
    }
}
