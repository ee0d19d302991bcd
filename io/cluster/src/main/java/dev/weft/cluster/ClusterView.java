package dev.weft.cluster;

import java.util.List;

/**
 * The nodes that one node can reach, as it knows them now. Others may know others: after a partition each side has its own view.
 *
 * @param number counts the views of this node, from 1
 * @param nodes the nodes, this one included, the oldest first
 */
public record ClusterView(long number, List<Node> nodes) {
    /** Copies the list. */
    public ClusterView {
        nodes = List.copyOf(nodes);
    }

    /** Returns whether {@code node} is one of them. */
    public boolean has(Node node) {
        return nodes.contains(node);
    }
}
