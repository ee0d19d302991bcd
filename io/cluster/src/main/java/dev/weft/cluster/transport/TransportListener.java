package dev.weft.cluster.transport;

import java.util.List;

/** What a transport tells. Its methods may be called by any thread, and return at once. */
public interface TransportListener {
    /**
     * The members have changed, or are known for the first time. Members of one view see each other in the same order.
     *
     * @param members this node and those that it can reach, the oldest first
     */
    void viewed(List<NodeId> members);

    /**
     * A packet has arrived. Those of one sender come in the order in which they were sent.
     *
     * @param packet its bytes, which from now on are the listener's
     */
    void received(NodeId from, byte[] packet);
}
