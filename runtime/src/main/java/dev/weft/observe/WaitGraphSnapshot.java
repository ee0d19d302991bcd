package dev.weft.observe;

import java.util.List;

/** The wait-for graph around one greenlet, whose number is {@code centre}. */
public record WaitGraphSnapshot(long centre, List<Node> nodes, List<Edge> edges) {
    /**
     * A greenlet or a resource.
     *
     * @param key {@code g} and the number of a greenlet, or {@code r} and the key of a resource
     * @param kind {@code greenlet}, or the kind of the resource
     * @param state the state of a greenlet; empty for a resource
     * @param stuck whether a verdict says that it can never proceed
     */
    public record Node(String key, String kind, String name, String state, boolean stuck) {}

    /** An arrow, labelled {@code waits for}, {@code held by} or {@code used by}. */
    public record Edge(String from, String to, String label) {}
}
