package dev.weft.cluster;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.sync.Channel;
import dev.weft.sync.Producer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What nodes say about channels between nodes. A node to which a {@link RemoteChannel} has come opens the channel, and has then credits for
 * a window of values.
 */
final class RemoteChannels implements Subject {
    // from the sending node
    static final byte OPEN = 1;
    static final byte VALUE = 2;
    static final byte CLOSE = 3;
    static final byte FAIL = 4;
    // from the receiving node
    static final byte GRANT = 5;
    static final byte CLOSED = 6;
    static final byte FAILED = 7;

    private final Cluster cluster;
    private final Map<Long, ChannelInlet> inlets = new HashMap<>();
    private long lastId;

    RemoteChannels(Cluster cluster) {
        this.cluster = cluster;
    }

    /** What depends on one session, by the number of the channel. */
    private record Ends(Map<Long, Arrivals> arrivals, Map<Long, ChannelOutlet> outlets) {}

    private Ends ends(Session session) {
        return session.state(this, made -> new Ends(new HashMap<>(), new HashMap<>()));
    }

    static FrameWriter frame(byte operation, long id, int expectedSize) {
        return new FrameWriter(2 + Long.BYTES + expectedSize)
                .putByte(Subject.CHANNELS)
                .putByte(operation)
                .putLong(id);
    }

    /** Makes a channel known to other nodes. */
    ChannelInlet add(Channel<Object> channel, @Nullable Producer<Object> producer, int window) {
        ChannelInlet inlet = new ChannelInlet(cluster, ++lastId, channel, producer, window);
        inlets.put(inlet.id(), inlet);
        return inlet;
    }

    /** Forgets a channel that is over, and tells the nodes that send to it. */
    void remove(ChannelInlet inlet, List<Arrivals> told) {
        inlets.remove(inlet.id());
        for (Arrivals arrivals : told) {
            ends(arrivals.session()).arrivals.remove(inlet.id());
        }
    }

    /** Returns what a handle that has come here leads to. */
    ChannelEnd arrived(ChannelHandle handle) {
        if (handle.owner().equals(cluster.self().id())) {
            ChannelInlet inlet = inlets.get(handle.id());
            return inlet != null && handle.alive() ? inlet : ChannelOutlet.closed(cluster, handle);
        }
        Session session = handle.alive() ? cluster.membership().session(handle.owner()) : null;
        if (session == null) {
            return ChannelOutlet.dead(cluster, handle);
        }
        return ends(session).outlets.computeIfAbsent(handle.id(), id -> ChannelOutlet.open(cluster, handle, session));
    }

    void remove(ChannelOutlet outlet, Session session) {
        ends(session).outlets.remove(outlet.handle().id(), outlet);
    }

    @Override
    public void received(Session session, FrameReader frame) {
        byte operation = frame.getByte();
        long id = frame.getLong();
        switch (operation) {
            case OPEN -> open(session, id);
            case VALUE, CLOSE, FAIL -> {
                Arrivals arrivals = ends(session).arrivals.get(id);
                if (arrivals != null) {
                    arrivals.add(operation, frame.rest());
                }
            }
            case GRANT, CLOSED, FAILED -> {
                ChannelOutlet outlet = ends(session).outlets.get(id);
                if (outlet != null) {
                    outlet.received(operation, frame);
                }
            }
            default -> throw new FrameReader.Garbled("no frame about a channel does " + operation);
        }
    }

    private void open(Session session, long id) {
        ChannelInlet inlet = inlets.get(id);
        if (inlet == null) {
            session.send(frame(CLOSED, id, 0));
        } else if (ends(session).arrivals.put(id, inlet.opened(session)) != null) {
            throw new FrameReader.Garbled("channel " + id + " is opened twice");
        }
    }

    @Override
    public void lost(Session session, NodeLost why) {
        Ends ends = ends(session);
        List.copyOf(ends.outlets.values()).forEach(outlet -> outlet.lost(why));
        List.copyOf(ends.arrivals.values()).forEach(arrivals -> arrivals.lost(why));
    }

    /** Takes in nothing more to be sent, and returns the greenlets that send the rest. */
    List<Greenlet<?>> takeLeave() {
        List<Greenlet<?>> senders = new ArrayList<>();
        for (Session session : cluster.membership().openSessions()) {
            ends(session).outlets.values().forEach(outlet -> senders.add(outlet.takeLeave()));
        }
        return senders;
    }

    /** Fails all channels of this node, which has left. Waits until their greenlets have ended. */
    void end() {
        List<Greenlet<?>> receivers = new ArrayList<>();
        List.copyOf(inlets.values()).forEach(inlet -> receivers.addAll(inlet.leave()));
        Weft.joinAll(receivers);
    }
}
