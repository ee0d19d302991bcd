package dev.weft.observe;

import java.util.List;

/**
 * A {@link dev.weft.Verdict}.
 *
 * @param kind {@code certain}, {@code presumed} or {@code leaked}
 * @param title one line
 * @param text all of it, in several lines
 * @param greenlets the numbers of those that are stuck, those of a cycle first
 * @param edges who waits for what, for at most twenty of them
 * @param sinceNanos how long ago it was found
 */
public record VerdictSnapshot(
        String kind, String title, String text, List<Long> greenlets, List<Edge> edges, String cure, long sinceNanos) {
    /**
     * One stuck greenlet.
     *
     * @param owner the number of the stuck greenlet that could end the wait; 0 if it is none of them
     * @param place where in the program it waits
     */
    public record Edge(long greenlet, String name, String spawnSite, String waitsFor, long owner, String place) {}
}
