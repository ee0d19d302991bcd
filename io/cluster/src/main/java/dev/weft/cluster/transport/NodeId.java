package dev.weft.cluster.transport;

import java.io.Serializable;
import java.util.Objects;

/**
 * The identity of a node: one stay of one process in one cluster. A process that joins again is another node, even under the same
 * name.
 *
 * @param name the name that people know it by; need not be unique
 * @param high the higher half of a number that is unique
 * @param low the lower half
 */
public record NodeId(String name, long high, long low) implements Serializable {
    /** Creates it. */
    public NodeId {
        Objects.requireNonNull(name, "name");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NodeId node && node.high == high && node.low == low;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(high ^ low);
    }

    @Override
    public String toString() {
        return name + "#" + Integer.toHexString(Long.hashCode(high ^ low));
    }
}
