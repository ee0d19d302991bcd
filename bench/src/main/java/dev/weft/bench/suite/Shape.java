package dev.weft.bench.suite;

/**
 * How a server is loaded.
 *
 * @param connections how many are open
 * @param busy how many of them send; the others are idle
 * @param depth messages that are under way at once on a busy connection
 * @param messageBytes length of a message; meaningless for HTTP
 * @param shareOfMaximum requests come at this share of the most that the server did in a window just before, whether earlier
 *     ones have been answered or not; 0: the next comes when the one before is answered
 */
public record Shape(int connections, int busy, int depth, int messageBytes, double shareOfMaximum) {
    /** All connections busy, one message of {@code messageBytes} under way on each. */
    public static Shape busy(int connections, int messageBytes) {
        return new Shape(connections, connections, 1, messageBytes, 0);
    }

    /** Whether requests come at a fixed rate. */
    public boolean isOpenLoop() {
        return shareOfMaximum > 0;
    }

    /** The same with fewer connections, where a process may not have as many. */
    Shape within(int limit) {
        return connections <= limit
                ? this
                : new Shape(limit, Math.min(busy, limit), depth, messageBytes, shareOfMaximum);
    }
}
