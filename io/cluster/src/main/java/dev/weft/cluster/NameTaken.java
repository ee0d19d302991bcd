package dev.weft.cluster;

import dev.weft.cluster.transport.NodeId;

/** Thrown to who publishes under a name that another one has, and by the end of a {@link Publication} that has lost its name. */
public final class NameTaken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String name;
    private final NodeId node;

    NameTaken(String name, NodeId node) {
        super("the name \"" + name + "\" is held by node " + node
                + "; choose another one, or wait in Cluster.names() until it is free");
        this.name = name;
        this.node = node;
    }

    /** Returns the name. */
    public String name() {
        return name;
    }

    /** Returns the node that holds it. */
    public NodeId node() {
        return node;
    }
}
