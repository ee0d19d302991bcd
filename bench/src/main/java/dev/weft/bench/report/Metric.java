package dev.weft.bench.report;

import dev.weft.bench.load.LoadResult;
import dev.weft.bench.suite.Run;
import java.util.List;
import java.util.Locale;

/** A figure of a run, and a column of the tables. */
public enum Metric {
    REQUESTS_PER_SECOND("requests/s", 0),
    P50_MILLIS("p50 ms", 2),
    P99_MILLIS("p99 ms", 2),
    P999_MILLIS("p99.9 ms", 2),
    CPU_MICROS_PER_REQUEST("CPU µs/request", 2),
    CONTEXT_SWITCHES_PER_REQUEST("context switches/request", 3),
    RESIDENT_KIB_PER_CONNECTION("resident KiB/connection", 1),
    SERVER_CPU_PERCENT("server CPU %", 0),
    LOAD_CPU_PERCENT("load CPU %", 0),
    OTHERS_CPU_PERCENT("others CPU %", 0);

    /** The metrics that are compared with a rival's. */
    static final List<Metric> COMPARED = List.of(REQUESTS_PER_SECOND, P99_MILLIS, CPU_MICROS_PER_REQUEST);

    /** With fewer connections, the memory of a connection is lost in the noise of the JVM's own. */
    private static final int ENOUGH_FOR_MEMORY = 1_000;

    private static final double KIB = 1 << 10;

    private final String label;
    private final int decimals;

    Metric(String label, int decimals) {
        this.label = label;
        this.decimals = decimals;
    }

    public String label() {
        return label;
    }

    /** Returns whether a higher value is better; for the others, a lower value is. */
    boolean isMoreBetter() {
        return this == REQUESTS_PER_SECOND;
    }

    /** Returns the value in one run; NaN if it is unknown. */
    double of(Run run) {
        LoadResult load = run.load();
        return switch (this) {
            case REQUESTS_PER_SECOND -> load.requestsPerSecond();
            case P50_MILLIS -> load.p50Millis();
            case P99_MILLIS -> load.p99Millis();
            case P999_MILLIS -> load.p999Millis();
            case CPU_MICROS_PER_REQUEST -> load.cpuMicrosPerRequest();
            case CONTEXT_SWITCHES_PER_REQUEST -> load.contextSwitchesPerRequest();
            case RESIDENT_KIB_PER_CONNECTION ->
                load.connections() < ENOUGH_FOR_MEMORY
                        ? Double.NaN
                        : (load.residentBytes() - load.restingBytes()) / KIB / load.connections();
            case SERVER_CPU_PERCENT -> load.serverCpuShare() * 100;
            case LOAD_CPU_PERCENT -> load.loadCpuShare() * 100;
            case OTHERS_CPU_PERCENT -> load.othersCpuShare() * 100;
        };
    }

    String format(double number) {
        return String.format(Locale.ROOT, "%,." + decimals + "f", number);
    }

    String formatRange(Spread spread) {
        return format(spread.lowest()) + "-" + format(spread.highest());
    }
}
