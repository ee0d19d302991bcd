package dev.weft.cluster;

import dev.weft.Weft;
import dev.weft.cluster.transport.NodeId;
import dev.weft.sync.Watch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The names in a cluster, as this node knows them, and its own publications. Each is claimed from the oldest node of the view, who
 * decides, and tells all nodes in order; see {@link Registrar}. When another node becomes the oldest, each node tells it all that it
 * has and claims. Confined to the home loop.
 */
final class Names implements Subject {
    private static final byte CLAIM_ALL = 1;
    private static final byte CLAIM = 2;
    private static final byte RELEASE = 3;
    private static final byte LEAVE = 4;
    private static final byte TABLE = 5;
    private static final byte BOUND = 6;
    private static final byte UNBOUND = 7;
    private static final byte REFUSED = 8;

    private final Cluster cluster;
    private final Registrar registrar = new Registrar();
    private final Own own = new Own();
    private final Watch<Map<String, Ref<?>>> watch;
    private final Watch<Map<String, Binding>> holders;
    private final Map<String, Publication> publications = new LinkedHashMap<>();
    private Map<String, Binding> table = new LinkedHashMap<>(); // as the oldest node says
    private @Nullable Object authority; // the session with the oldest node, or this if it is this one
    private long lastClaim;

    Names(Cluster cluster) {
        this.cluster = cluster;
        watch = Watch.on(cluster.home(), Map.of());
        holders = Watch.on(cluster.home(), Map.of());
    }

    Watch<Map<String, Ref<?>>> watch() {
        return watch;
    }

    /** Returns who has which name, reachable or not. */
    Watch<Map<String, Binding>> holders() {
        return holders;
    }

    /** Claims a name, and waits for the decision. */
    Publication publish(String name, @Nullable LocalRef<?> target) {
        requireMember();
        if (publications.containsKey(name)) {
            throw new NameTaken(name, cluster.self().id());
        }
        if (target != null && target.hasEnded()) {
            throw new TargetEnded(target.toString());
        }
        Publication added = new Publication(cluster, name, ++lastClaim, target);
        publications.put(name, added);
        claim(added);
        try {
            Weft.await(added.granted());
        } catch (Throwable t) {
            withdraw(added);
            throw t;
        }
        return added;
    }

    private void requireMember() {
        if (cluster.hasLeft()) {
            throw new IllegalStateException(cluster + " has been left; join it again");
        }
    }

    /** Gives a name that this node has a target, or another one. */
    void retarget(Publication publication, LocalRef<?> target) {
        if (publications.get(publication.name()) == publication) {
            publication.target(target);
            claim(publication);
        }
    }

    private Binding claimOf(Publication publication) {
        return new Binding(cluster.self().id(), publication.claim(), publication.number());
    }

    private void claim(Publication publication) {
        String name = publication.name();
        if (authority == this) {
            registrar.claim(own, name, claimOf(publication));
        } else if (authority instanceof Session session) {
            session.send(claimOf(publication).write(frame(session, CLAIM).putString(name)));
        }
    }

    /** Ends a publication. */
    void withdraw(Publication publication) {
        String name = publication.name();
        if (publications.remove(name, publication)) {
            if (authority == this) {
                registrar.release(own, name);
            } else if (authority instanceof Session session) {
                session.send(frame(session, RELEASE).putString(name));
            }
        }
        publication.end(null);
    }

    /** A target of this node has ended. */
    void ended(LocalRef<?> target) {
        for (Publication publication : List.copyOf(publications.values())) {
            if (publication.target() == target) {
                withdraw(publication);
            }
        }
    }

    /** This node has left. */
    void leave() {
        List<Publication> open = List.copyOf(publications.values());
        publications.clear();
        open.forEach(publication -> publication.end(null));
        watch.close();
        holders.close();
    }

    @Override
    public void viewed(List<Node> nodes) {
        Node oldest = nodes.getFirst();
        Object next = oldest.isSelf() ? this : cluster.membership().openSession(oldest.id());
        if (next != authority && next != null) {
            leaveAuthority();
            authority = next;
            beginAt(next, nodes);
        }
        registrar.members(cluster.membership().expected());
        refresh();
    }

    /** Tells the node that now decides what this one has, and what it claims. */
    private void beginAt(Object next, List<Node> nodes) {
        Map<String, Binding> granted = new LinkedHashMap<>();
        List<Publication> claimed = new ArrayList<>();
        for (Publication publication : publications.values()) {
            if (publication.isGranted()) {
                granted.put(publication.name(), claimOf(publication));
            } else {
                claimed.add(publication);
            }
        }
        if (next instanceof Session session) {
            session.send(put(frame(session, CLAIM_ALL), granted));
        } else {
            Map<String, Binding> known = new LinkedHashMap<>(table);
            known.values().removeIf(binding -> !nodes.contains(cluster.node(binding.node())));
            registrar.members(cluster.membership().expected());
            registrar.begin(known);
            registrar.claimAll(own, granted);
        }
        claimed.forEach(this::claim);
    }

    private static FrameWriter put(FrameWriter frame, Map<String, Binding> bindings) {
        frame.putInt(bindings.size());
        bindings.forEach((name, binding) -> binding.write(frame.putString(name)));
        return frame;
    }

    private void leaveAuthority() {
        if (authority == this) {
            registrar.end();
            registrar.leave(own);
        } else if (authority instanceof Session session) {
            session.send(frame(session, LEAVE));
        }
    }

    @Override
    public void lost(Session session, NodeLost why) {
        registrar.leave(claimant(session));
    }

    private Claimant claimant(Session session) {
        return session.state(this, Other::new);
    }

    @Override
    public void received(Session session, FrameReader frame) {
        byte kind = frame.getByte();
        switch (kind) {
            case CLAIM_ALL -> registrar.claimAll(claimant(session), readBindings(frame));
            case CLAIM -> registrar.claim(claimant(session), frame.getString(), Binding.read(frame));
            case RELEASE -> registrar.release(claimant(session), frame.getString());
            case LEAVE -> registrar.leave(claimant(session));
            case TABLE, BOUND, UNBOUND, REFUSED -> {
                if (session == authority) {
                    hear(kind, frame);
                }
            }
            default -> throw new FrameReader.Garbled("nothing of kind " + kind + " is said about names");
        }
    }

    private void hear(byte kind, FrameReader frame) {
        switch (kind) {
            case TABLE -> own.table(readBindings(frame));
            case BOUND -> own.bound(frame.getString(), Binding.read(frame));
            case UNBOUND -> own.unbound(frame.getString());
            default -> own.refused(frame.getString(), frame.getLong(), Binding.read(frame));
        }
    }

    private static Map<String, Binding> readBindings(FrameReader frame) {
        Map<String, Binding> bindings = new LinkedHashMap<>();
        for (int left = frame.getInt(); left > 0; left--) {
            bindings.put(frame.getString(), Binding.read(frame));
        }
        return bindings;
    }

    private static FrameWriter frame(Session session, byte kind) {
        return session.frame(Subject.NAMES, 96).putByte(kind);
    }

    /** This node, as it is told by the oldest one. */
    private final class Own implements Claimant {
        @Override
        public NodeId id() {
            return cluster.self().id();
        }

        @Override
        public void table(Map<String, Binding> bindings) {
            table = new LinkedHashMap<>(bindings);
            table.forEach(this::grant);
            refresh();
        }

        @Override
        public void bound(String name, Binding binding) {
            table.put(name, binding);
            refresh();
            grant(name, binding);
        }

        private void grant(String name, Binding binding) {
            Publication publication = publications.get(name);
            if (publication != null && binding.node().equals(id()) && binding.claim() == publication.claim()) {
                publication.grant();
            }
        }

        @Override
        public void unbound(String name) {
            table.remove(name);
            refresh();
        }

        @Override
        public void refused(String name, long claim, Binding holder) {
            Publication publication = publications.get(name);
            if (publication != null && publication.claim() == claim) {
                publications.remove(name);
                publication.end(new NameTaken(name, holder.node()));
            }
        }
    }

    /** Another node, which asks this one. */
    private record Other(Session session) implements Claimant {
        @Override
        public NodeId id() {
            return session.id();
        }

        @Override
        public void table(Map<String, Binding> bindings) {
            session.send(put(frame(session, TABLE), bindings));
        }

        @Override
        public void bound(String name, Binding binding) {
            session.send(binding.write(frame(session, BOUND).putString(name)));
        }

        @Override
        public void unbound(String name) {
            session.send(frame(session, UNBOUND).putString(name));
        }

        @Override
        public void refused(String name, long claim, Binding holder) {
            session.send(holder.write(frame(session, REFUSED).putString(name).putLong(claim)));
        }
    }

    /** Publishes what can be reached under each name, if that has changed. */
    private void refresh() {
        if (cluster.hasLeft()) {
            return;
        }
        Map<String, Ref<?>> reachable = new LinkedHashMap<>();
        table.forEach((name, binding) -> {
            Ref<?> ref = cluster.references().find(binding.node(), binding.number());
            if (ref != null) {
                reachable.put(name, ref);
            }
        });
        if (!areSame(reachable, watch.value())) {
            watch.set(Map.copyOf(reachable));
        }
        if (!table.equals(holders.value())) {
            holders.set(Map.copyOf(table));
        }
    }

    /** Compares by identity, as the reference of a new session is equal to the dead one of an old session. */
    private static boolean areSame(Map<String, Ref<?>> one, Map<String, Ref<?>> other) {
        return one.size() == other.size()
                && new ArrayList<>(one.keySet()).stream().allMatch(name -> one.get(name) == other.get(name));
    }
}
