package dev.weft.cluster;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Weft;
import dev.weft.cluster.transport.ClusterTransport;
import dev.weft.cluster.transport.NodeId;
import dev.weft.cluster.transport.TransportListener;
import dev.weft.sync.Channel;
import dev.weft.sync.ChannelClosed;
import dev.weft.sync.Event;
import dev.weft.sync.Watch;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The sessions with other nodes: begins one with each that the transport sees and that runs what fits, and ends it when the
 * transport sees it no more, or it has begun another one. Its greenlet handles all that comes, in order.
 *
 * <p>Confined to the home loop, except for what the transport calls.
 */
final class Membership {
    private static final String LEFT = "this node has left the cluster";
    private static final System.Logger LOGGER = System.getLogger("dev.weft.cluster");

    private final Cluster cluster;
    private final Loop home;
    private final ClusterTransport transport;
    private final Versions versions;
    private final Map<Byte, Subject> subjects;
    private final Channel<Happening> happenings;
    private final CompletableFuture<@Nullable Void> joined = new CompletableFuture<>();
    private final Map<NodeId, Session> sessions = new HashMap<>();
    private final Map<NodeId, Handshake> early = new HashMap<>(); // from nodes that are not in the view yet
    private final Map<NodeId, String> refused = new HashMap<>(); // why there is no session with nodes of the view
    private List<NodeId> members = List.of(); // as the transport sees them, this one included
    private @Nullable NodeId self; // null until there is a view
    private @Nullable Watch<ClusterView> view;
    private final Event alone; // set once a session has ended and there is no other
    private long lastNumber;
    private boolean leaving;

    Membership(Cluster cluster, ClusterTransport transport, Versions versions, Map<Byte, Subject> subjects) {
        this.cluster = cluster;
        home = Loop.current();
        this.transport = transport;
        this.versions = versions;
        this.subjects = subjects;
        happenings = Channel.on(home).unbounded();
        alone = new Event(home, "the answers to its goodbye");
    }

    /** What comes from the transport. */
    private sealed interface Happening {
        record Viewed(List<NodeId> members) implements Happening {}

        @SuppressWarnings("ArrayRecordComponent") // never compared
        record Received(NodeId from, byte[] packet) implements Happening {}
    }

    /** Hands over to the greenlet. Any thread. */
    private final class Listener implements TransportListener {
        @Override
        public void viewed(List<NodeId> nodes) {
            handOver(new Happening.Viewed(List.copyOf(nodes)));
        }

        @Override
        public void received(NodeId from, byte[] packet) {
            handOver(new Happening.Received(from, packet));
        }

        private void handOver(Happening happening) {
            try {
                happenings.trySend(happening);
            } catch (ChannelClosed | RejectedExecutionException e) {
                // it has left
            }
        }
    }

    TransportListener listener() {
        return new Listener();
    }

    /** Begins to handle what comes, as the node that the transport calls {@code id}. */
    Greenlet<?> begin(NodeId id) {
        self = id;
        view = Watch.on(home, new ClusterView(1, List.of(cluster.node(id))));
        return home.spawn("cluster " + cluster.name(), () -> happenings.forEach(this::handle));
    }

    /** Waits until there is a session with each node that the transport sees. */
    void awaitSessions() {
        Weft.await(joined);
    }

    NodeId self() {
        return Objects.requireNonNull(self, "the cluster has not been joined");
    }

    Watch<ClusterView> view() {
        return Objects.requireNonNull(view, "the cluster has not been joined");
    }

    /** Returns the session with {@code node}, which may only be about to open, or null. */
    @Nullable Session session(NodeId node) {
        return sessions.get(node);
    }

    /** Returns the open session with {@code node}, or null. */
    @Nullable Session openSession(NodeId node) {
        Session session = sessions.get(node);
        return session != null && session.isOpen() ? session : null;
    }

    /** Returns the nodes with which there is a session, or will be one soon; this one included. */
    Set<NodeId> expected() {
        return members.stream().filter(member -> !refused.containsKey(member)).collect(Collectors.toSet());
    }

    List<Session> openSessions() {
        return sessions.values().stream().filter(Session::isOpen).toList();
    }

    private void handle(Happening happening) {
        switch (happening) {
            case Happening.Viewed viewed -> changeMembers(viewed.members());
            case Happening.Received received -> handlePacket(received.from(), received.packet());
        }
    }

    private void changeMembers(List<NodeId> now) {
        for (NodeId known : members) {
            if (!now.contains(known)) {
                endSession(known, "it is out of sight");
            }
        }
        members = now;
        refused.keySet().retainAll(now);
        for (NodeId member : now) {
            if (!member.equals(self()) && !sessions.containsKey(member) && !refused.containsKey(member)) {
                Session session = newSession(member);
                greet(session, 0);
                Handshake hello = early.remove(member);
                if (hello != null) {
                    handleHello(member, hello);
                }
            }
        }
        early.clear();
        publishView();
    }

    private Session newSession(NodeId peer) {
        lastNumber = Math.max(lastNumber + 1, System.nanoTime() & Long.MAX_VALUE);
        Session session = new Session(cluster.node(peer), lastNumber);
        sessions.put(peer, session);
        return session;
    }

    private void greet(Session session, long echo) {
        transport.send(
                session.id(), Handshake.hello(session.number(), echo, versions).toPacket());
    }

    private void endSession(NodeId peer, String why) {
        Session session = sessions.remove(peer);
        if (session == null) {
            return;
        }
        NodeLost end = NodeLost.of(peer, why);
        session.end(end);
        subjects.values().forEach(subject -> subject.lost(session, end));
        if (openSessions().isEmpty()) {
            alone.set();
        }
    }

    private void handlePacket(NodeId from, byte[] packet) {
        try {
            FrameReader reader = new FrameReader(packet);
            long number = reader.getLong();
            if (number == 0) {
                handleHandshake(from, Handshake.read(reader));
                return;
            }
            Session session = openSession(from);
            if (session == null || session.number() != number) {
                return; // of an old session
            }
            session.outbox().received(packet.length, reader.getLong());
            while (reader.hasMore()) {
                handleFrame(session, reader.part());
            }
        } catch (FrameReader.Garbled e) {
            LOGGER.log(Level.WARNING, "node " + from + " sent what no node sends; it is refused: " + e.getMessage());
            refuse(from, "it sent what no node sends: " + e.getMessage());
        }
    }

    private void handleFrame(Session session, FrameReader frame) {
        byte code = frame.getByte();
        Subject subject = subjects.get(code);
        if (subject == null) {
            throw new FrameReader.Garbled("no frame is about " + code);
        }
        subject.received(session, frame);
    }

    private void handleHandshake(NodeId from, Handshake handshake) {
        switch (handshake.kind()) {
            case HELLO -> {
                if (members.contains(from)) {
                    handleHello(from, handshake);
                } else {
                    early.put(from, handshake);
                }
            }
            case REFUSAL -> {
                String why = handshake.text().isEmpty() ? versions.difference(handshake.versions()) : handshake.text();
                refused.put(from, why);
                endSession(from, why);
                String message = "node " + from + " refuses this one: " + why;
                if (!joined.completeExceptionally(new JoinRefused(message))) {
                    LOGGER.log(Level.WARNING, message);
                }
                publishView();
            }
            case GOODBYE -> {
                if (!leaving && openSession(from) != null) {
                    sayGoodbye(from);
                }
                refused.put(from, handshake.text());
                endSession(from, leaving ? LEFT : handshake.text());
                publishView();
            }
        }
    }

    private void handleHello(NodeId from, Handshake hello) {
        String difference = versions.difference(hello.versions());
        if (!difference.isEmpty()) {
            String message = "node " + from + " is refused: " + difference;
            if (!joined.completeExceptionally(new JoinRefused(message))) {
                LOGGER.log(Level.WARNING, message);
            }
            refuse(from, hello.versions().difference(versions));
            return;
        }
        Session session = sessions.get(from);
        if (session != null && session.isOpen()) {
            if (session.peerNumber() == hello.number()) {
                return;
            }
            long number = session.number();
            endSession(from, "it lost sight of this node");
            session = hello.echo() == number ? reopen(session) : null;
        }
        if (session == null) {
            session = newSession(from);
            greet(session, hello.number());
        }
        session.open(hello.number(), new Outbox(home, transport, session));
        for (Subject subject : subjects.values()) {
            subject.opened(session);
        }
        publishView();
    }

    /** Returns a session with the number of {@code old}, which the peer has taken up for a new one. */
    private Session reopen(Session old) {
        Session session = new Session(old.node(), old.number());
        sessions.put(old.id(), session);
        return session;
    }

    private void refuse(NodeId peer, String why) {
        refused.put(peer, why);
        endSession(peer, why);
        transport.send(peer, new Handshake(Handshake.Kind.REFUSAL, 0, 0, versions, why).toPacket());
        publishView();
    }

    private void publishView() {
        List<Node> nodes = new ArrayList<>();
        boolean complete = true;
        for (NodeId member : members) {
            if (member.equals(self()) || openSession(member) != null) {
                nodes.add(cluster.node(member));
            } else {
                complete &= refused.containsKey(member);
            }
        }
        ClusterView last = view().value();
        if (!nodes.isEmpty() && !nodes.equals(last.nodes())) {
            view().set(new ClusterView(last.number() + 1, nodes));
        }
        if (!nodes.isEmpty()) {
            subjects.values().forEach(subject -> subject.viewed(nodes));
        }
        if (complete && !members.isEmpty()) {
            joined.complete(null);
        }
    }

    /** Takes leave of all, and returns the greenlets that send what was to be sent before. */
    List<Greenlet<?>> takeLeave() {
        List<Greenlet<?>> senders = new ArrayList<>();
        for (Session session : openSessions()) {
            session.outbox().close();
            senders.add(session.outbox().sender());
        }
        return senders;
    }

    /** Tells the others, and waits until all have taken in what was sent to them. */
    void sayGoodbye() {
        leaving = true;
        List<Session> told = openSessions();
        told.forEach(session -> sayGoodbye(session.id()));
        if (!told.isEmpty()) {
            alone.clear();
            alone.await();
        }
    }

    private void sayGoodbye(NodeId peer) {
        transport.send(peer, new Handshake(Handshake.Kind.GOODBYE, 0, 0, versions, "it has left").toPacket());
    }

    /** Ends all sessions. */
    void end() {
        List.copyOf(sessions.keySet()).forEach(peer -> endSession(peer, LEFT));
        happenings.close();
    }
}
