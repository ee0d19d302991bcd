package dev.weft.cluster.testing;

import dev.weft.Loop;
import dev.weft.Weft;
import dev.weft.cluster.transport.ClusterTransport;
import dev.weft.cluster.transport.NodeId;
import dev.weft.cluster.transport.TransportListener;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A network in one process whose nodes share a loop, for tests of what runs on a cluster. On a {@link dev.weft.testing.SteppedLoop}
 * a test with it is deterministic, whatever it does to the network:
 *
 * <pre>{@code
 * SimulatedNetwork network = new SimulatedNetwork(seed).delay(Duration.ofMillis(1), Duration.ofMillis(9));
 * Cluster a = Cluster.join("test", ClusterConfig.over(network.transport("a")));
 * Cluster b = Cluster.join("test", ClusterConfig.over(network.transport("b")));
 * network.cut("a", "b");
 * }</pre>
 *
 * <p>Packets of one pair of nodes arrive in order, after a random delay each, so that those of different pairs overtake each other.
 * A change is seen after the time of {@linkplain #detection detection}, by each node at a moment of its own. Confined to the loop on
 * which it was created.
 */
public final class SimulatedNetwork {
    private final Loop home = Loop.current();
    private final Random random;
    private final List<Port> ports = new ArrayList<>(); // the oldest first
    private final Set<Link> cuts = new HashSet<>();
    private Duration shortestDelay = Duration.ofMillis(1);
    private Duration longestDelay = Duration.ofMillis(1);
    private Duration detection = Duration.ofSeconds(1);

    /** Creates a network whose delays follow from {@code seed}. */
    public SimulatedNetwork(long seed) {
        random = new Random(seed);
    }

    /** One direction between two nodes. */
    private record Link(String from, String to) {}

    /** A node's access to the network. */
    private final class Port implements ClusterTransport {
        private final String name;
        private @Nullable TransportListener listener; // while it is a member
        private NodeId id;
        private List<NodeId> lastView = List.of();
        private boolean still;
        private final ArrayDeque<Runnable> kept = new ArrayDeque<>(); // while it stands still
        private final List<Lane> lanes = new ArrayList<>();

        Port(String name) {
            this.name = name;
            id = new NodeId(name, 0, 0);
        }

        @Override
        public NodeId start(String cluster, TransportListener to) {
            id = new NodeId(name, random.nextLong(), random.nextLong());
            listener = to;
            ports.add(this);
            show(viewOf(this));
            changed(Duration.ZERO);
            return id;
        }

        @Override
        public void send(NodeId to, byte[] packet) {
            if (listener == null) {
                return;
            }
            for (Port port : ports) {
                if (port.id.equals(to)) {
                    laneTo(port).send(packet);
                }
            }
        }

        private Lane laneTo(Port port) {
            for (Lane lane : lanes) {
                if (lane.to == port) {
                    return lane;
                }
            }
            Lane added = new Lane(this, port);
            lanes.add(added);
            return added;
        }

        void show(List<NodeId> members) {
            if (!members.equals(lastView)) {
                lastView = members;
                for (Port port : ports) {
                    if (!members.contains(port.id)) {
                        laneTo(port).lose();
                        port.laneTo(this).lose();
                    }
                }
                happen(() -> Objects.requireNonNull(listener).viewed(members));
            }
        }

        void happen(Runnable what) {
            if (listener == null) {
                return;
            }
            if (still) {
                kept.add(what);
            } else {
                what.run();
            }
        }

        @Override
        public void close() {
            if (listener != null) {
                vanish();
                changed(Duration.ZERO);
            }
        }

        void vanish() {
            ports.remove(this);
            listener = null;
            kept.clear();
        }
    }

    /** The packets from one node to another, in order. */
    private final class Lane {
        private final Port from;
        private final Port to;
        private final ArrayDeque<byte[]> packets = new ArrayDeque<>();
        private final ArrayDeque<byte[]> held = new ArrayDeque<>(); // while it is cut and nobody has seen that

        Lane(Port from, Port to) {
            this.from = from;
            this.to = to;
        }

        void send(byte[] packet) {
            packets.add(packet);
            later(Duration.ZERO, this::deliver);
        }

        private void deliver() {
            held.add(packets.remove());
            deliverHeld();
        }

        void deliverHeld() {
            while (!held.isEmpty() && isOpen(from, to)) {
                byte[] packet = held.remove();
                to.happen(() -> Objects.requireNonNull(to.listener).received(from.id, packet));
            }
            if (!ports.contains(from) || !ports.contains(to)) {
                held.clear();
            }
        }

        /** The two nodes have lost sight of each other. */
        void lose() {
            held.clear();
        }
    }

    /** Returns the access for another node. Its name must be unique among those that are there. */
    public ClusterTransport transport(String node) {
        return new Port(Objects.requireNonNull(node, "node"));
    }

    /** Sets the time that a packet takes, chosen at random between these for each; one millisecond by default. */
    public SimulatedNetwork delay(Duration shortest, Duration longest) {
        shortestDelay = shortest;
        longestDelay = longest;
        return this;
    }

    /** Sets the time after which nodes see that others have been lost or are there again; a second by default. */
    public SimulatedNetwork detection(Duration time) {
        detection = time;
        return this;
    }

    /** Makes a node vanish without a word, as {@code kill -9} does. */
    public void crash(String node) {
        port(node).vanish();
        changed(detection);
    }

    /** Makes a node stand still, as SIGSTOP does to its process: what comes to it waits, and others lose sight of it. */
    public void stop(String node) {
        port(node).still = true;
        changed(detection);
    }

    /** Ends the standstill of a node. */
    public void resume(String node) {
        Port port = port(node);
        port.still = false;
        while (!port.kept.isEmpty()) {
            port.kept.remove().run();
        }
        changed(detection);
    }

    /**
     * Cuts the connection from one node to another, but not the other direction, until it is {@linkplain #heal healed}. Packets are
     * held back then; they are lost once one of the two has lost sight of the other.
     */
    public void cutOneWay(String from, String to) {
        cuts.add(new Link(from, to));
        changed(detection);
    }

    /** Cuts the connection between two nodes, in both directions. */
    public void cut(String one, String other) {
        cutOneWay(one, other);
        cutOneWay(other, one);
    }

    /** Cuts every connection between a node of {@code side} and another one. */
    public void partition(Set<String> side) {
        for (Port one : ports) {
            for (Port other : ports) {
                if (side.contains(one.name) != side.contains(other.name)) {
                    cuts.add(new Link(one.name, other.name));
                }
            }
        }
        changed(detection);
    }

    /** Ends all cuts. */
    public void heal() {
        cuts.clear();
        for (Port port : ports) {
            port.lanes.forEach(Lane::deliverHeld);
        }
        changed(detection);
    }

    private Port port(String node) {
        return ports.stream()
                .filter(port -> port.name.equals(node))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no node is called " + node));
    }

    private boolean isOpen(Port from, Port to) {
        return ports.contains(from) && ports.contains(to) && !cuts.contains(new Link(from.name, to.name));
    }

    private void changed(Duration seenAfter) {
        for (Port port : List.copyOf(ports)) {
            later(seenAfter, () -> port.show(viewOf(port)));
        }
    }

    private void later(Duration pause, Runnable what) {
        long range = longestDelay.toNanos() - shortestDelay.toNanos();
        Duration delay = pause.plus(shortestDelay).plusNanos(range == 0 ? 0 : random.nextLong(range + 1));
        home.spawn("network", () -> {
            Weft.sleep(delay);
            what.run();
        });
    }

    /** Returns the members that {@code port} sees: those of the first group, by age, all of whom it reaches both ways. */
    private List<NodeId> viewOf(Port port) {
        List<List<Port>> groups = new ArrayList<>();
        for (Port candidate : ports) {
            groups.stream()
                    .filter(group -> group.stream().allMatch(member -> seeEachOther(member, candidate)))
                    .findFirst()
                    .orElseGet(() -> {
                        List<Port> added = new ArrayList<>();
                        groups.add(added);
                        return added;
                    })
                    .add(candidate);
        }
        for (List<Port> group : groups) {
            if (group.contains(port)) {
                return group.stream().map(member -> member.id).toList();
            }
        }
        return List.of(port.id);
    }

    private boolean seeEachOther(Port one, Port other) {
        return !one.still && !other.still && isOpen(one, other) && isOpen(other, one);
    }
}
