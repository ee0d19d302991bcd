package dev.weft.cluster;

import dev.weft.cluster.transport.ClusterTransport;
import dev.weft.cluster.transport.NodeId;
import dev.weft.cluster.transport.TransportListener;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A transport whose packets a test reads, changes, and delivers once more. */
final class Tap implements ClusterTransport {
    private final ClusterTransport below;
    private @Nullable TransportListener listener;
    private Change change = packet -> packet;
    private BiConsumer<NodeId, byte[]> onReceived = (from, packet) -> {};

    Tap(ClusterTransport below) {
        this.below = below;
    }

    /** What becomes of a packet on its way. */
    interface Change {
        /** Returns what arrives; null if nothing does. */
        byte @Nullable [] of(byte[] packet);
    }

    /** From now on, {@code newChange} makes of each packet, in both directions, what arrives. */
    void changing(Change newChange) {
        change = newChange;
    }

    /** From now on, {@code reader} is shown all that comes. */
    void reading(BiConsumer<NodeId, byte[]> reader) {
        onReceived = reader;
    }

    /** Delivers a packet as if it had come now. */
    void deliver(NodeId from, byte[] packet) {
        Objects.requireNonNull(listener).received(from, packet);
    }

    @Override
    public NodeId start(String cluster, TransportListener to) throws Exception {
        listener = to;
        return below.start(cluster, new TransportListener() {
            @Override
            public void viewed(List<NodeId> members) {
                to.viewed(members);
            }

            @Override
            public void received(NodeId from, byte[] packet) {
                onReceived.accept(from, packet.clone());
                byte[] changed = change.of(packet);
                if (changed != null) {
                    to.received(from, changed);
                }
            }
        });
    }

    @Override
    public void send(NodeId to, byte[] packet) {
        byte[] changed = change.of(packet);
        if (changed != null) {
            below.send(to, changed);
        }
    }

    @Override
    public void close() {
        below.close();
    }
}
