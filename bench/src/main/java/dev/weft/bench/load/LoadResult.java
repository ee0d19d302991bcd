package dev.weft.bench.load;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/**
 * What the load generator measured in its window.
 *
 * @param engine how it talked to the kernel
 * @param connections how many connections were busy
 * @param messageBytes how long a message was
 * @param connectSeconds how long it took to open them all and have one echo on each
 * @param windowSeconds how long the window was
 * @param requests echoes that came back in it
 * @param requestsPerSecond the same a second
 * @param p50Millis median latency
 * @param p99Millis of a hundred requests one took longer
 * @param p999Millis of a thousand requests one took longer
 * @param maxMillis the slowest
 * @param serverCpuMicrosPerRequest CPU time of the server's process in the window, by the requests
 * @param serverCpuShare CPU time of the server's process by the length of the window; 1 is one core
 * @param loadCpuShare the same of the load generator
 * @param othersCpuShare the same of all other programs of the machine together: the disturbance
 * @param serverResidentBytes memory of the server at the window's end; 0 where the system does not tell
 * @param serverThreads threads of the server at the window's end; 0 where the system does not tell
 */
@JsonIgnoreProperties(
        value = {"limitedByLoad", "disturbed"},
        allowGetters = true)
public record LoadResult(
        String engine,
        int connections,
        int messageBytes,
        double connectSeconds,
        double windowSeconds,
        long requests,
        double requestsPerSecond,
        double p50Millis,
        double p99Millis,
        double p999Millis,
        double maxMillis,
        double serverCpuMicrosPerRequest,
        double serverCpuShare,
        double loadCpuShare,
        double othersCpuShare,
        long serverResidentBytes,
        long serverThreads) {

    private static final double SATURATED = 0.95;
    private static final double CLEARLY_BELOW = 0.90;
    private static final double DISTURBING = 0.05;

    /** Whether not the server was at its limit but the load generator: its core was full and the server's was not. */
    public boolean isLimitedByLoad() {
        return loadCpuShare >= SATURATED && serverCpuShare < CLEARLY_BELOW;
    }

    /** Whether other processes took so much CPU time that the figures are in doubt. */
    public boolean isDisturbed() {
        return othersCpuShare > DISTURBING;
    }
}
