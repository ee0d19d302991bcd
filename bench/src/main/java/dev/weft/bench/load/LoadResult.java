package dev.weft.bench.load;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/**
 * What the load generator measured.
 *
 * @param engine how it talked to the kernel: {@code epoll} or {@code nio}
 * @param protocol what it sent: {@code echo} or {@code http}
 * @param connections how many were open
 * @param busy how many of them had requests under way
 * @param depth how many messages each of those had under way
 * @param messageBytes how long a message, or an answer's body, was
 * @param ratePerSecond how many requests a second were due; 0 for a closed loop
 * @param connectSeconds how long it took to open all connections and have one exchange on each
 * @param windowSeconds how long the window was
 * @param requests answers that came in it
 * @param requestsPerSecond the same a second
 * @param latency of the window's requests: in an open loop those that were due in it, from when they were due
 * @param server what the server used meanwhile
 * @param load what the load generator used meanwhile
 * @param othersCpuShare CPU time of all other programs of the machine together, and what the host of a virtual
 *     machine took for itself: the disturbance; 1 is one core
 */
@JsonIgnoreProperties(
        value = {"limitedByLoad", "disturbed"},
        allowGetters = true)
public record LoadResult(
        String engine,
        String protocol,
        int connections,
        int busy,
        int depth,
        int messageBytes,
        double ratePerSecond,
        double connectSeconds,
        double windowSeconds,
        long requests,
        double requestsPerSecond,
        Latency latency,
        ServerUse server,
        LoadUse load,
        double othersCpuShare) {

    private static final double SATURATED = 0.95;
    private static final double CLEARLY_BELOW = 0.90;
    private static final double DISTURBING = 0.05;
    private static final double LATE_MILLIS = 1;
    private static final double ACHIEVED = 0.99;

    /**
     * Whether not the server was at its limit but the load generator. In a closed loop: its core was full of work, or its
     * upstream late by a millisecond, and the server's core was not full. In an open loop: it sent late by a millisecond
     * though it could have sent, or missed the rate with its core full of work and the server's not.
     */
    public boolean isLimitedByLoad() {
        boolean isServerFree = server.cpuShare() < CLEARLY_BELOW;
        boolean isFull = load.workShare() >= SATURATED;
        if (ratePerSecond > 0) {
            boolean isBehind = requestsPerSecond < ACHIEVED * ratePerSecond;
            return load.sendLagP99Millis() > LATE_MILLIS || (isBehind && isFull && isServerFree);
        }
        return isServerFree && (isFull || load.upstreamLatenessP99Millis() > LATE_MILLIS);
    }

    /** Whether other processes took so much CPU time that the figures are in doubt. */
    public boolean isDisturbed() {
        return othersCpuShare > DISTURBING;
    }
}
