package dev.weft.cluster;

import dev.weft.cluster.transport.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The exchange of two nodes for as long as they see each other without interruption. When one loses sight of the other, their
 * session ends on both sides, and all that depended on it: a later session, after a partition has healed, knows nothing of it. Each
 * side numbers its sessions and puts the other's number on what it sends, so that what was sent in an old session is told apart.
 *
 * <p>Confined to the cluster's loop.
 */
final class Session {
    private final Node node;
    private final long number;
    private long peerNumber; // 0 while it is not known
    private @Nullable Outbox outbox; // once it is open
    private @Nullable NodeLost end;
    private final List<byte[]> early = new ArrayList<>(); // frames from before it was open
    private final Map<Subject, Object> states = new HashMap<>();

    Session(Node node, long number) {
        this.node = node;
        this.number = number;
    }

    Node node() {
        return node;
    }

    NodeId id() {
        return node.id();
    }

    /** Returns the number that the peer puts on its packets. */
    long number() {
        return number;
    }

    /** Returns the number that the peer's packets are told by; 0 if it is not known yet. */
    long peerNumber() {
        return peerNumber;
    }

    void open(long peersNumber, Outbox toPeer) {
        peerNumber = peersNumber;
        outbox = toPeer;
        early.forEach(toPeer::add);
        early.clear();
    }

    boolean isOpen() {
        return outbox != null && end == null;
    }

    /** Returns why it has ended; null while it has not. */
    @Nullable NodeLost end() {
        return end;
    }

    void end(NodeLost why) {
        end = why;
        if (outbox != null) {
            outbox.kill();
        }
    }

    /** Begins a frame about {@code subject}, a code of {@link Subject}. */
    FrameWriter frame(byte subject, int expectedSize) {
        return new FrameWriter(1 + expectedSize).putByte(subject);
    }

    /**
     * Sends a frame, once the session is open, and returns what {@link #withdraw} takes. Has no effect once it has ended. Never waits.
     */
    byte[] send(FrameWriter frame) {
        byte[] bytes = frame.toBytes();
        if (outbox != null) {
            outbox.add(bytes);
        } else if (end == null) {
            early.add(bytes);
        }
        return bytes;
    }

    /** Takes back a frame, and returns whether it has not left this node. */
    boolean withdraw(byte[] frame) {
        return outbox == null ? end != null || early.removeIf(waiting -> waiting == frame) : outbox.withdraw(frame);
    }

    Outbox outbox() {
        if (outbox == null) {
            throw new IllegalStateException("the session with " + node + " is not open");
        }
        return outbox;
    }

    /** Returns what {@code subject} knows about this session, which {@code maker} makes at first. */
    @SuppressWarnings("unchecked") // it is what the maker of this subject returned
    <S> S state(Subject subject, Function<? super Session, ? extends S> maker) {
        return (S) states.computeIfAbsent(subject, absent -> maker.apply(this));
    }

    @Override
    public String toString() {
        return "session with " + node;
    }
}
