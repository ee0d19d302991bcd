package dev.weft.cluster;

import dev.weft.cluster.transport.NodeId;

/**
 * What travels in place of a {@link Ref}.
 *
 * @param node the node of the target
 * @param number what tells its targets apart
 * @param isDead whether it was dead when it was sent
 */
record RefHandle(NodeId node, long number, boolean isDead) implements Travelling.Handle {
    @Override
    public Object arriveAt(Cluster cluster) {
        return cluster.atHome(() -> cluster.references().resolve(this));
    }
}
