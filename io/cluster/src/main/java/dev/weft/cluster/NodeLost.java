package dev.weft.cluster;

import dev.weft.cluster.transport.NodeId;
import java.util.Objects;

/**
 * Thrown to those who wait for another node when it has left the cluster, has died, or cannot be reached any more. What it was
 * asked for may have happened, or may still: see {@link #begun}.
 */
public final class NodeLost extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final NodeId node;
    private final Begun begun;

    /** Whether what a lost node was asked for has begun there. */
    public enum Begun {
        /** It has not, and never will: the request did not leave this node. */
        NO,
        /** The request has left this node, and nothing came back. */
        UNKNOWN,
        /** The node has said that it has begun. */
        YES
    }

    private NodeLost(NodeId node, String message, Begun begun) {
        super(message);
        this.node = node;
        this.begun = begun;
    }

    /** Creates one for the end of a session. */
    static NodeLost of(NodeId node, String why) {
        return new NodeLost(node, "node " + node + " was lost: " + why, Begun.UNKNOWN);
    }

    /** Returns one, with the stack of the caller, for a request of which this is known. */
    NodeLost forRequest(String request, Begun progress) {
        String fate = switch (progress) {
            case NO -> "; " + request + " had not been sent to it";
            case UNKNOWN -> "; whether " + request + " has begun is not known";
            case YES -> "; " + request + " had begun";
        };
        return new NodeLost(node, getMessage() + fate, Objects.requireNonNull(progress));
    }

    /** Returns the node that was lost. */
    public NodeId node() {
        return node;
    }

    /** Returns whether what was asked for has begun there. Only after {@link Begun#NO} is it safe to ask another node instead. */
    public Begun begun() {
        return begun;
    }
}
