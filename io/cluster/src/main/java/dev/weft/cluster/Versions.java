package dev.weft.cluster;

/**
 * What a node runs, which must be the same on all nodes of a cluster.
 *
 * @param protocol the version of what nodes send each other
 * @param weft the version of Weft
 * @param application the version that the {@link ClusterConfig} says; may be empty
 */
record Versions(int protocol, String weft, String application) {
    static final int PROTOCOL = 1;

    static Versions of(String application) {
        String weft = Versions.class.getPackage().getImplementationVersion();
        return new Versions(PROTOCOL, weft == null ? "" : weft, application);
    }

    /** Returns why a node with these cannot talk to one with {@code other}; empty if it can. */
    String difference(Versions other) {
        if (protocol != other.protocol) {
            return "its protocol has version " + other.protocol + ", and that of this node " + protocol
                    + "; run the same version of Weft on all nodes";
        }
        if (!weft.equals(other.weft)) {
            return "it runs Weft " + other.weft + ", and this node " + weft + "; run the same version on all nodes";
        }
        if (!application.equals(other.application)) {
            return "its application has version \"" + other.application + "\", and that of this node \"" + application
                    + "\"; see ClusterConfig.version";
        }
        return "";
    }
}
