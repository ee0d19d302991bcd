package dev.weft.cluster;

import dev.weft.cluster.transport.NodeId;

/**
 * What travels in place of a {@link RemoteChannel}.
 *
 * @param owner the node of the channel
 * @param id its number there
 * @param window the number of credits that each node begins with
 * @param alive whether the sender could reach it
 */
record ChannelHandle(NodeId owner, long id, int window, boolean alive) implements Travelling.Handle {
    @Override
    public RemoteChannel<?> arriveAt(Cluster cluster) {
        return cluster.atHome(() -> new RemoteChannel<>(cluster.channels().arrived(this)));
    }
}
