package dev.weft.cluster;

import dev.weft.Weft;
import dev.weft.actor.Owner;
import dev.weft.supervisor.Monitor;
import dev.weft.sync.Channel;
import dev.weft.sync.ChannelFailed;
import dev.weft.sync.Watcher;
import dev.weft.workers.VoidTask;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The program of a node that depends on others in all the ways that there are, and prints what becomes of that, a line each. What a
 * node begins with another at once is a tie, which is named after the node on the far end and a number, as in {@code b/1}. It obeys
 * commands on its standard input.
 */
final class EntangledNode {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final Duration FOREVER = Duration.ofDays(1);

    private final Cluster cluster;
    private final Map<String, Tie> ties = new HashMap<>();
    private final Map<String, Integer> told = new HashMap<>(); // messages by tie
    private final Map<String, Integer> heard = new HashMap<>();
    private final Map<String, Integer> sent = new HashMap<>(); // values through channels, by tie

    private EntangledNode(Cluster cluster) {
        this.cluster = cluster;
    }

    /** What this node has to do with another one. */
    private record Tie(Ref<String> listener, Ref<String> silent, RemoteChannel<Integer> channel) {}

    /**
     * Runs a node; the arguments are its name, its {@link KeyFile} or nothing if it is to use a secret, and addresses: its own, and
     * those of its peers.
     */
    public static void main(String[] args) throws Exception {
        int colon = args[2].indexOf(':');
        TcpConfig tcp = TcpConfig.on(args[2].substring(0, colon), Integer.parseInt(args[2].substring(colon + 1)))
                .nodeName(args[0]);
        if (args[1].isEmpty()) {
            tcp.secret(SECRET);
        } else {
            tcp.tls(new KeyFile(Path.of(args[1])).context());
        }
        for (int i = 3; i < args.length; i++) {
            tcp.peers(args[i]);
        }
        Weft.run(() -> {
            ClusterConfig config = ClusterConfig.over(tcp).allow(EntangledNode.class);
            try (Cluster cluster = Cluster.join("test", config)) {
                new EntangledNode(cluster).run();
            }
        });
    }

    private static void print(String line) {
        System.out.println(line);
    }

    private void run() throws Exception {
        String self = cluster.self().name();
        cluster.publish(self, Owner.start("listener", () -> heard), this::hear);
        cluster.publish("silent " + self, Owner.start("silent", () -> heard), (state, message) -> {
            Weft.sleep(FOREVER);
            return message;
        });
        Weft.spawn(this::printViews);
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line;
        while ((line = Weft.offload(input::readLine)) != null) {
            String[] words = line.split(" ", -1);
            switch (words[0]) {
                case "tie" -> tie(words[1], words[2]);
                case "retry" -> print("retry " + retry(Objects.requireNonNull(ties.get(words[1]))));
                case "told" -> print("told " + told.get(words[1]));
                case "sent" -> print("sent " + sent.getOrDefault(words[1], 0));
                case "heard" -> print("heard " + heard.get(words[1]));
                case "offer" -> Singleton.start(cluster, "singleton", 2, this::startSingleton);
                case "holder" ->
                    print("holder " + cluster.awaitName("singleton").ask("", String.class));
                case "leave" -> {
                    cluster.close();
                    print("left");
                }
                case "done" -> print("done ");
                default -> throw new IllegalArgumentException(line);
            }
        }
        System.exit(0); // the owners and waits are left as they are
    }

    private void printViews() {
        Watcher<ClusterView> views = cluster.view().watcher();
        while (true) {
            print("view "
                    + views.next().nodes().stream().map(Node::name).sorted().collect(Collectors.joining(" ")));
        }
    }

    private Ref<String> startSingleton() {
        Owner<String> owner = Owner.builder("singleton")
                .start(
                        () -> {
                            print("singleton began");
                            return cluster.self().name();
                        },
                        name -> print("singleton ended"));
        return cluster.refer(owner, (name, message) -> name);
    }

    private void tie(String node, String number) {
        String there = node + "/" + number;
        String here = cluster.self().name() + "/" + number; // as the other node calls it
        Ref<String> listener = cluster.awaitName(node);
        Ref<String> silent = cluster.awaitName("silent " + node);
        @SuppressWarnings("unchecked") // so says hear
        RemoteChannel<Integer> channel = listener.ask("channel " + here, RemoteChannel.class);
        RemoteGreenlet<?> task = listener.node().spawn(() -> stay(here));
        ties.put(there, new Tie(listener, silent, channel));
        untilItEnds("monitor", there, () -> {
            throw (Exception) Monitor.of(listener.greenlet()).await().reason().orElseThrow();
        });
        untilItEnds("ask", there, () -> silent.ask("", String.class));
        untilItEnds("task", there, task::join);
        untilItEnds("teller", there, () -> {
            while (true) {
                listener.tell(here + " " + told.merge(there, 1, Integer::sum));
                Weft.sleep(PAUSE);
            }
        });
        untilItEnds("sender", there, () -> {
            for (int i = 0; ; i++) {
                channel.send(i);
                sent.merge(there, 1, Integer::sum);
                Weft.sleep(PAUSE);
            }
        });
        print("tied " + there);
    }

    private static void untilItEnds(String what, String tie, VoidTask task) {
        Weft.spawn(() -> {
            String end = "returned";
            try {
                task.run();
            } catch (Exception e) {
                end = isLoss(e) ? "lost" : e.toString();
            }
            print(what + " " + tie + " " + end);
        });
    }

    private static boolean isLoss(Throwable failure) {
        return failure instanceof NodeLost
                || (failure instanceof ChannelFailed && failure.getCause() instanceof NodeLost);
    }

    /** What another node spawns here. */
    private static void stay(String tie) {
        print("guest " + tie + " began");
        try {
            Weft.sleep(FOREVER);
        } finally {
            print("guest " + tie + " ended");
        }
    }

    /** Handles what is told and asked. */
    private Object hear(Map<String, Integer> state, String message) {
        String[] words = message.split(" ", -1);
        if (words[0].equals("channel")) {
            Channel<Integer> in = Channel.rendezvous();
            untilItEnds("receiver", words[1], () -> {
                int next = 0;
                for (int value : in) {
                    if (value != next++) {
                        print("disorder in the channel " + words[1] + ": " + value + " for " + (next - 1));
                    }
                }
            });
            return cluster.channel(in);
        }
        int number = Integer.parseInt(words[1]);
        int expected = state.merge(words[0], 1, Integer::sum);
        if (number != expected) {
            print("disorder in the messages of " + words[0] + ": " + number + " for " + expected);
        }
        return expected;
    }

    /** Uses all that is kept of a tie once more, and returns what that shows it to be. */
    private static String retry(Tie tie) {
        List<VoidTask> uses = List.of(
                () -> tie.listener().tell("late 0"),
                () -> tie.listener().ask("late 0", Integer.class),
                () -> tie.silent().ask("", String.class),
                () -> tie.channel().send(-1));
        List<String> ends = new ArrayList<>();
        for (VoidTask use : uses) {
            try {
                use.run();
                ends.add("alive");
            } catch (Exception e) {
                ends.add(isLoss(e) ? "dead" : e.toString());
            }
        }
        return Collections.frequency(ends, "dead") == uses.size() ? "dead" : "not dead: " + ends;
    }
}
