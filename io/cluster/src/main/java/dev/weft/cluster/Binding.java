package dev.weft.cluster;

import dev.weft.cluster.transport.NodeId;

/**
 * Who claims a name, or has it.
 *
 * @param node the node
 * @param claim tells the claims of a node apart
 * @param number the number of its target; 0 if there is none yet
 */
record Binding(NodeId node, long claim, long number) {
    static Binding read(FrameReader frame) {
        NodeId node = new NodeId(frame.getString(), frame.getLong(), frame.getLong());
        return new Binding(node, frame.getLong(), frame.getLong());
    }

    FrameWriter write(FrameWriter frame) {
        return frame.putString(node.name())
                .putLong(node.high())
                .putLong(node.low())
                .putLong(claim)
                .putLong(number);
    }
}
