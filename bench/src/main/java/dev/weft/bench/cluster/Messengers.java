package dev.weft.bench.cluster;

import dev.weft.bench.machine.Child;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The messengers of all kinds, each with a server in a JVM of its own. */
public final class Messengers implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final List<Child> servers = new ArrayList<>();
    private final List<Messenger> clients = new ArrayList<>();

    @FunctionalInterface
    private interface Connector {
        Messenger connect(int port) throws Exception;
    }

    private Messengers() {}

    /** Starts all servers, and connects to them. */
    public static Messengers open() throws Exception {
        Messengers all = new Messengers();
        try {
            all.add("weft", WeftMessenger::connect);
            all.add("jgroups", JGroupsMessenger::connect);
            all.add("pekko", PekkoMessenger::connect);
            return all;
        } catch (Throwable t) {
            all.close();
            throw t;
        }
    }

    private void add(String kind, Connector connector) throws Exception {
        int port = MessageServer.freePort();
        servers.add(MessageServer.start(kind, port));
        clients.add(connector.connect(port));
    }

    public Messenger weft() {
        return clients.get(0);
    }

    public Messenger jgroups() {
        return clients.get(1);
    }

    public Messenger pekko() {
        return clients.get(2);
    }

    @Override
    public void close() {
        for (Messenger client : clients) {
            client.close();
        }
        servers.forEach(server -> server.finish(GRACE));
    }
}
