package dev.weft.bench.load;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * The result of one window. A CPU share of 1 is one core.
 *
 * @param ratePerSecond the rate at which requests were due; 0 for a closed loop
 * @param p50Millis the median latency; in an open loop it counts from when a request was due
 * @param cpuMicrosPerRequest CPU time of the server, all threads, user and system
 * @param contextSwitchesPerRequest context switches of the server, voluntary and involuntary
 * @param restingBytes the server's resident memory before the first measured connection
 * @param residentBytes the server's resident memory at the end of the window
 * @param loadSpinShare the part of {@code loadCpuShare} spent in polls that reported nothing, while something was due within a
 *     millisecond
 * @param sendLagP99Millis how late requests were sent although their connection was free
 * @param upstreamLagP99Millis how late the upstream's answers were sent; 0 without an upstream
 * @param upstreamCallsPerRequest answers of the upstream per request
 * @param othersCpuShare the share of all other programs and the host of a virtual machine
 */
public record LoadResult(
        int connections,
        double ratePerSecond,
        long requests,
        double requestsPerSecond,
        double p50Millis,
        double p99Millis,
        double p999Millis,
        double cpuMicrosPerRequest,
        double serverCpuShare,
        double contextSwitchesPerRequest,
        long restingBytes,
        long residentBytes,
        double loadCpuShare,
        double loadSpinShare,
        double sendLagP99Millis,
        double upstreamLagP99Millis,
        double upstreamCallsPerRequest,
        double othersCpuShare) {
    private static final double SATURATED = 0.95;
    private static final double CLEARLY_BELOW = 0.90;
    private static final double DISTURBING = 0.05;
    private static final double LATE_MILLIS = 1;
    private static final double ACHIEVED = 0.99;

    /**
     * Returns whether the load generator, not the server, was the bottleneck. In a closed loop: the server's core was not
     * saturated, and either the load generator's core was, or its upstream was late by more than a millisecond. In an open
     * loop: requests were sent late by more than a millisecond although their connection was free, or the rate was missed with
     * the load generator's core saturated and the server's not.
     */
    @JsonIgnore
    public boolean isLimitedByLoad() {
        boolean isServerFree = serverCpuShare < CLEARLY_BELOW;
        boolean isFull = loadCpuShare - loadSpinShare >= SATURATED;
        if (ratePerSecond > 0) {
            boolean isBehind = requestsPerSecond < ACHIEVED * ratePerSecond;
            return sendLagP99Millis > LATE_MILLIS || (isBehind && isFull && isServerFree);
        }
        return isServerFree && (isFull || upstreamLagP99Millis > LATE_MILLIS);
    }

    /** Returns whether other programs took enough CPU time to cast doubt on the figures. */
    @JsonIgnore
    public boolean isDisturbed() {
        return othersCpuShare > DISTURBING;
    }
}
