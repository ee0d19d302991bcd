package dev.weft.bench.scale;

import java.util.List;

/** The collectors of the JDK that are compared. */
public enum Collector {
    G1("G1", "-XX:+UseG1GC"),
    PARALLEL("Parallel", "-XX:+UseParallelGC"),
    SERIAL("Serial", "-XX:+UseSerialGC"),
    ZGC("ZGC", "-XX:+UseZGC");

    private final String label;
    private final String flag;

    Collector(String label, String flag) {
        this.label = label;
        this.flag = flag;
    }

    /** What it is called in tables. */
    String label() {
        return label;
    }

    /** What chooses it. */
    List<String> flags() {
        return List.of(flag);
    }
}
