package dev.weft.cluster.transport;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Membership and the delivery of packets. It detects the loss of nodes, and delivers the packets of each pair of nodes in order
 * and without gaps, for as long as both see each other; what is lost with a node, or by a partition, need not be told.
 *
 * <p>A transport serves one {@link dev.weft.cluster.Cluster}, once.
 */
public interface ClusterTransport {
    /**
     * Joins the cluster, and returns once {@code listener} knows the first view, of which this node is a member. Called by a
     * greenlet; must not block its loop, but may make the caller wait.
     *
     * @throws Exception if it cannot be joined; nothing is left behind then
     */
    NodeId start(String cluster, TransportListener listener) throws Exception;

    /** Returns where others reach this node, after it has joined; empty if it has no such address. */
    default Optional<InetSocketAddress> address() {
        return Optional.empty();
    }

    /**
     * Sends a packet. Called by greenlets; must not block their loop, but may make the caller wait. What is sent to a node that
     * is not reachable is dropped.
     *
     * @param packet its bytes, which from now on are the transport's
     */
    void send(NodeId to, byte[] packet);

    /**
     * Leaves the cluster. Called by a greenlet as {@link #start} is, also if that failed or was not called; has no effect the second
     * time.
     */
    void close();
}
