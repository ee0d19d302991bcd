/** Greenlets on several nodes: remote greenlets, references, channels, names, on JGroups. */
@org.jspecify.annotations.NullMarked
@SuppressWarnings("requires-automatic") // JGroups has a name but no descriptor
module dev.weft.cluster {
    requires transitive dev.weft.workers;
    requires static transitive org.jspecify;
    requires org.jgroups;

    exports dev.weft.cluster;
    exports dev.weft.cluster.jgroups to
            org.jgroups; // which makes PromptTcp where XML names it
    exports dev.weft.cluster.testing;
    exports dev.weft.cluster.transport;
}
