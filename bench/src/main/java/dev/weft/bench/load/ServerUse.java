package dev.weft.bench.load;

/**
 * What the server's process used.
 *
 * @param cpuMicrosPerRequest CPU time of all its threads, user and system, by the requests
 * @param cpuShare CPU time by the length of time; 1 is one core
 * @param contextSwitchesPerRequest of all its threads, voluntary and not, by the requests; -1 where the system does not tell
 * @param systemCallsPerRequest by the requests, counted after the window; -1 if they were not, or could not be
 * @param systemCallsSource what counted them, or why nothing did
 * @param restingResidentBytes memory in RAM after the rehearsal, before the first of the measured connections; 0 where the
 *     system does not tell, as for the two below
 * @param residentBytes memory in RAM at the window's end
 * @param threads at the window's end
 */
public record ServerUse(
        double cpuMicrosPerRequest,
        double cpuShare,
        double contextSwitchesPerRequest,
        double systemCallsPerRequest,
        String systemCallsSource,
        long restingResidentBytes,
        long residentBytes,
        long threads) {}
