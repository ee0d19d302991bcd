package dev.weft.bench.load;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * What one window gave. A share of 1 is one core.
 *
 * @param ratePerSecond requests that were due a second; 0 for a closed loop
 * @param p50Millis latency; in an open loop from when a request was due
 * @param cpuMicrosPerRequest of the server, all threads, user and system
 * @param contextSwitchesPerRequest of the server, voluntary and not
 * @param restingBytes the server's resident memory before the first of the measured connections
 * @param residentBytes the same when the window ends
 * @param loadSpinShare the part of {@code loadCpuShare} in which it polled in vain, as something was due within a millisecond
 * @param sendLagP99Millis how late requests were sent whose connection was free
 * @param upstreamLagP99Millis how late the upstream's answers were sent; 0 without one
 * @param upstreamCallsPerRequest answers of the upstream, by the requests
 * @param othersCpuShare what all other programs, and the host of a virtual machine, took
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
     * Whether not the server was at its limit but the load generator. In a closed loop: its core was full of work, or its
     * upstream late by a millisecond, and the server's core was not full. In an open loop: it sent late by a millisecond
     * though it could have sent, or missed the rate with its core full of work and the server's not.
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

    /** Whether other programs took so much CPU time that the figures are in doubt. */
    @JsonIgnore
    public boolean isDisturbed() {
        return othersCpuShare > DISTURBING;
    }
}
