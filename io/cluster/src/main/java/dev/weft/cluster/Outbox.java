package dev.weft.cluster;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.cluster.transport.ClusterTransport;
import dev.weft.sync.Event;
import java.util.ArrayDeque;

/**
 * The frames that wait to be sent to one node, and the greenlet that sends them, as many in a packet as there are. It holds back what
 * the other side has not taken in: at most {@link #WINDOW} bytes are on their way, which is below the transport's own limits, so that a
 * node that stands still holds up neither the loop nor the packets for others.
 *
 * <p>It has no capacity, as each frame is bounded by who sends it: it belongs to a greenlet that waits for an answer, or to a credit.
 */
final class Outbox {
    /** The maximum number of bytes that are on their way. One packet may exceed it. */
    static final int WINDOW = 512 * 1024;

    /** The size from which on a packet takes no further frame. */
    private static final int PACKET = 48 * 1024;

    private static final int HEADER = 2 * Long.BYTES;

    private final ClusterTransport transport;
    private final Session session;
    private final ArrayDeque<byte[]> frames = new ArrayDeque<>();
    private final Event work;
    private final Greenlet<?> sender;
    private long sent; // bytes
    private long taken; // bytes that the peer has taken in
    private long received; // bytes that have come from the peer
    private long acknowledged; // of those
    private boolean closed;
    private boolean killed;

    Outbox(Loop home, ClusterTransport transport, Session session) {
        this.transport = transport;
        this.session = session;
        work = new Event(home, "packets for " + session.node());
        sender = home.spawn("sender to " + session.node(), this::run);
    }

    void add(byte[] frame) {
        if (!closed) {
            frames.add(frame);
            work.set();
        }
    }

    /** Withdraws a frame, by identity; returns whether it has not been sent. */
    boolean withdraw(byte[] frame) {
        return frames.removeIf(waiting -> waiting == frame);
    }

    /** A packet of {@code bytes} has come, whose sender has taken in {@code takenByPeer} in all. */
    void received(int bytes, long takenByPeer) {
        received += bytes;
        if (takenByPeer > taken) {
            taken = takenByPeer;
            work.set();
        }
        if (mustAcknowledge()) {
            work.set();
        }
    }

    private boolean mustAcknowledge() {
        return received - acknowledged >= WINDOW / 4;
    }

    private boolean canSend() {
        return !killed && !frames.isEmpty() && sent - taken < WINDOW;
    }

    private void run() {
        while (true) {
            work.await();
            work.clear();
            while (canSend() || mustAcknowledge()) {
                byte[] packet = nextPacket();
                sent += packet.length;
                transport.send(session.id(), packet);
            }
            if (closed && frames.isEmpty()) {
                return;
            }
        }
    }

    private byte[] nextPacket() {
        int size = HEADER;
        int count = 0;
        if (canSend()) {
            for (byte[] frame : frames) {
                size += Integer.BYTES + frame.length;
                count++;
                if (size >= PACKET) {
                    break;
                }
            }
        }
        FrameWriter packet = new FrameWriter(size).putLong(session.peerNumber()).putLong(received);
        acknowledged = received;
        for (int i = 0; i < count; i++) {
            packet.putBytes(frames.remove());
        }
        return packet.toBytes();
    }

    /** Ends once all that waits has been sent. */
    void close() {
        closed = true;
        work.set();
    }

    /** Ends. What was not sent never will be; it can still be told by {@link #withdraw}. */
    void kill() {
        closed = true;
        killed = true;
        sender.kill("the session with " + session.node() + " is over");
    }

    /** Returns the greenlet that sends, which ends after {@link #close} or {@link #kill}. */
    Greenlet<?> sender() {
        return sender;
    }

    int size() {
        return frames.size();
    }
}
