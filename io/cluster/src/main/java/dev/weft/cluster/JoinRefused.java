package dev.weft.cluster;

/** Thrown to a node that may not join a cluster, as another node's program does not fit its own. */
public final class JoinRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    JoinRefused(String message) {
        super(message);
    }
}
