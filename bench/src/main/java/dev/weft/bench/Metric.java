package dev.weft.bench;

import dev.weft.bench.load.LoadResult;
import java.util.List;
import java.util.Locale;

/** What is told of a run: a column of the table, a key of the JSON file. */
enum Metric {
    REQUESTS_PER_SECOND("requests/s", 0),
    P50_MILLIS("p50 ms", 1),
    P99_MILLIS("p99 ms", 1),
    P999_MILLIS("p99.9 ms", 1),
    CPU_MICROS_PER_REQUEST("CPU µs/request", 2),
    RESIDENT_MIB("resident MiB", 0),
    HEAP_MIB("heap MiB", 1),
    THREADS("threads", 0),
    SERVER_CPU_PERCENT("server CPU %", 0),
    LOAD_CPU_PERCENT("load CPU %", 0),
    OTHERS_CPU_PERCENT("others CPU %", 0);

    /** The relations of greenlets to the others that are worth telling. */
    static final List<Metric> COMPARED = List.of(REQUESTS_PER_SECOND, P99_MILLIS, CPU_MICROS_PER_REQUEST, RESIDENT_MIB);

    private final String label;
    private final int decimals;

    Metric(String label, int decimals) {
        this.label = label;
        this.decimals = decimals;
    }

    /** What it is called in tables and pictures, with its unit. */
    String label() {
        return label;
    }

    /** Whether more is better; of all else, less is. */
    boolean isMoreBetter() {
        return this == REQUESTS_PER_SECOND;
    }

    /** Its value in one run. */
    double of(Measurement run) {
        LoadResult load = run.load();
        return switch (this) {
            case REQUESTS_PER_SECOND -> load.requestsPerSecond();
            case P50_MILLIS -> load.p50Millis();
            case P99_MILLIS -> load.p99Millis();
            case P999_MILLIS -> load.p999Millis();
            case CPU_MICROS_PER_REQUEST -> load.serverCpuMicrosPerRequest();
            case RESIDENT_MIB -> load.serverResidentBytes() / (double) (1 << 20);
            case HEAP_MIB -> run.heapBytes() / (double) (1 << 20);
            case THREADS -> load.serverThreads();
            case SERVER_CPU_PERCENT -> load.serverCpuShare() * 100;
            case LOAD_CPU_PERCENT -> load.loadCpuShare() * 100;
            case OTHERS_CPU_PERCENT -> load.othersCpuShare() * 100;
        };
    }

    /** Its value as text. */
    String format(double number) {
        boolean unknown = number == 0 && (this == RESIDENT_MIB || this == HEAP_MIB || this == THREADS);
        return unknown ? "n/a" : String.format(Locale.ROOT, "%,." + decimals + "f", number);
    }

    /** Its lowest and highest value as text. */
    String formatRange(Spread spread) {
        return format(spread.lowest()) + "-" + format(spread.highest());
    }
}
