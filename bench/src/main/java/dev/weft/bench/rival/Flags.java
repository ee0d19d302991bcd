package dev.weft.bench.rival;

import java.util.List;

/** Flags of the JVM that some contenders get. */
public final class Flags {
    /** Confines the scheduler of virtual threads to one carrier thread. */
    public static final List<String> ONE_CARRIER =
            List.of("-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1");

    private Flags() {}
}
