package dev.weft.bench.load;

/**
 * How the load generator itself fared.
 *
 * @param cpuShare its CPU time by the length of time; 1 is one core
 * @param spinShare the part of that in which it polled in vain, since something was due within a millisecond
 * @param sendLagP99Millis in an open loop, how late it sent requests whose connection was free: of a hundred, one was later
 * @param upstreamLatenessP99Millis how late the upstream's answers were sent: of a hundred, one was later; 0 without one
 * @param upstreamRequestsPerRequest what the upstream answered, by the requests; of an echo it counts messages
 */
public record LoadUse(
        double cpuShare,
        double spinShare,
        double sendLagP99Millis,
        double upstreamLatenessP99Millis,
        double upstreamRequestsPerRequest) {
    /** The part of a core that it really needed. */
    double workShare() {
        return Math.max(0, cpuShare - spinShare);
    }
}
