package dev.weft.bench.report;

import dev.weft.bench.load.LoadResult;
import dev.weft.bench.suite.Run;
import java.util.List;
import java.util.Locale;

/** What is told of a run: a column of the table, a key of the JSON file. */
public enum Metric {
    REQUESTS_PER_SECOND("requests/s", "requests a second", 0),
    P50_MILLIS("p50 ms", "median latency", 2),
    P99_MILLIS("p99 ms", "p99 latency", 2),
    P999_MILLIS("p99.9 ms", "p99.9 latency", 2),
    CPU_MICROS_PER_REQUEST("CPU µs/request", "CPU per request", 2),
    CONTEXT_SWITCHES_PER_REQUEST("context switches/request", "context switches per request", 3),
    SYSTEM_CALLS_PER_REQUEST("system calls/request", "system calls per request", 2),
    RESIDENT_KIB_PER_CONNECTION("resident KiB/connection", "resident memory per connection", 1),
    HEAP_KIB_PER_CONNECTION("heap KiB/connection", "heap per connection", 2),
    RESIDENT_MIB("resident MiB", "resident memory", 0),
    THREADS("threads", "threads", 0),
    SERVER_CPU_PERCENT("server CPU %", "the server's CPU", 0),
    LOAD_CPU_PERCENT("load CPU %", "the load generator's CPU", 0),
    OTHERS_CPU_PERCENT("others CPU %", "CPU of other programs and of the machine's host", 0);

    /** The relations to the others that are worth telling. */
    static final List<Metric> COMPARED = List.of(
            REQUESTS_PER_SECOND,
            P99_MILLIS,
            CPU_MICROS_PER_REQUEST,
            CONTEXT_SWITCHES_PER_REQUEST,
            SYSTEM_CALLS_PER_REQUEST,
            RESIDENT_MIB);

    /** With fewer connections what a connection takes is lost in what the JVM takes. */
    private static final int ENOUGH_FOR_MEMORY = 1_000;

    private static final double MIB = 1 << 20;
    private static final double KIB = 1 << 10;

    private final String label;
    private final String words;
    private final int decimals;

    Metric(String label, String words, int decimals) {
        this.label = label;
        this.words = words;
        this.decimals = decimals;
    }

    /** What it is called in tables and pictures, with its unit. */
    String label() {
        return label;
    }

    /** What it is called in a sentence. */
    String words() {
        return words;
    }

    /** Whether more is better; of all else, less is. */
    boolean isMoreBetter() {
        return this == REQUESTS_PER_SECOND;
    }

    /** Its value in one run; NaN if it is not known. */
    double of(Run run) {
        LoadResult load = run.load();
        return switch (this) {
            case REQUESTS_PER_SECOND -> load.requestsPerSecond();
            case P50_MILLIS -> load.latency().p50Millis();
            case P99_MILLIS -> load.latency().p99Millis();
            case P999_MILLIS -> load.latency().p999Millis();
            case CPU_MICROS_PER_REQUEST -> load.server().cpuMicrosPerRequest();
            case CONTEXT_SWITCHES_PER_REQUEST -> known(load.server().contextSwitchesPerRequest(), 0);
            case SYSTEM_CALLS_PER_REQUEST -> known(load.server().systemCallsPerRequest(), 0);
            case RESIDENT_KIB_PER_CONNECTION ->
                perConnection(run, load.server().residentBytes(), load.server().restingResidentBytes());
            case HEAP_KIB_PER_CONNECTION -> perConnection(run, run.heapBytes(), run.heapBytesEmpty());
            case RESIDENT_MIB -> known(load.server().residentBytes() / MIB, Double.MIN_VALUE);
            case THREADS -> known((double) load.server().threads(), 1);
            case SERVER_CPU_PERCENT -> load.server().cpuShare() * 100;
            case LOAD_CPU_PERCENT -> load.load().cpuShare() * 100;
            case OTHERS_CPU_PERCENT -> load.othersCpuShare() * 100;
        };
    }

    private static double known(double value, double least) {
        return value >= least ? value : Double.NaN;
    }

    private static double perConnection(Run run, long with, long without) {
        int connections = run.load().connections();
        return connections < ENOUGH_FOR_MEMORY || with == 0 || without == 0
                ? Double.NaN
                : (with - without) / KIB / connections;
    }

    /** A value of it as text. */
    String format(double number) {
        return String.format(Locale.ROOT, "%,." + decimals + "f", number);
    }

    /** Its lowest and highest value as text. */
    String formatRange(Spread spread) {
        return format(spread.lowest()) + "-" + format(spread.highest());
    }
}
