package dev.weft.bench.load;

import java.io.IOException;

/**
 * All counters that are read before and after what is measured. Reading them takes milliseconds, in which the load generator
 * does nothing else; with thousands of threads in the server, tenths of a second.
 */
record Sample(
        long nanos,
        long completed,
        long upstreamAnswered,
        long spinNanos,
        ProcessUsage server,
        long serverSwitches,
        ProcessUsage load,
        long machineCpuNanos) {

    static Sample now(long serverPid, long completed, long upstreamAnswered, long spinNanos) throws IOException {
        long ownPid = ProcessHandle.current().pid();
        return new Sample(
                System.nanoTime(),
                completed,
                upstreamAnswered,
                spinNanos,
                ProcessUsage.of(serverPid),
                ProcessUsage.contextSwitches(serverPid),
                ProcessUsage.of(ownPid),
                MachineUsage.cpuNanos());
    }

    /** What was used from {@code before} to {@code after}. */
    record Difference(Sample before, Sample after) {
        private double nanos() {
            return after.nanos - before.nanos;
        }

        private double perRequest(long count) {
            return (double) count / Math.max(1, after.completed - before.completed);
        }

        private long serverCpu() {
            return after.server.cpuNanos() - before.server.cpuNanos();
        }

        private long loadCpu() {
            return after.load.cpuNanos() - before.load.cpuNanos();
        }

        double othersCpuShare() {
            long machine = after.machineCpuNanos - before.machineCpuNanos;
            return Math.max(0, (machine - serverCpu() - loadCpu()) / nanos());
        }

        ServerUse server(SystemCalls.Count systemCalls, long restingBytes) {
            boolean isTold = before.serverSwitches >= 0;
            return new ServerUse(
                    perRequest(serverCpu()) / 1e3,
                    serverCpu() / nanos(),
                    isTold ? perRequest(after.serverSwitches - before.serverSwitches) : -1,
                    systemCalls.perRequest(),
                    systemCalls.source(),
                    restingBytes,
                    after.server.residentBytes(),
                    after.server.threads());
        }

        LoadUse load(double sendLagMillis, double latenessMillis) {
            return new LoadUse(
                    loadCpu() / nanos(),
                    (after.spinNanos - before.spinNanos) / nanos(),
                    sendLagMillis,
                    latenessMillis,
                    perRequest(after.upstreamAnswered - before.upstreamAnswered));
        }
    }
}
