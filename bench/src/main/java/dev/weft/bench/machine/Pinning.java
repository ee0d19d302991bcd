package dev.weft.bench.machine;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The pinning of the server and the load generator to a core each.
 *
 * @param reason why they are not pinned; empty if they are
 */
public record Pinning(Optional<String> reason) {
    public static final int SERVER = 0;

    public static final int LOAD = 1;

    /** Detects whether pinning is possible on this machine. */
    public static Pinning detect() {
        if (Runtime.getRuntime().availableProcessors() < 2) {
            return new Pinning(Optional.of("there is only one core"));
        }
        for (int core : new int[] {SERVER, LOAD}) {
            try {
                Tool.run(List.of("taskset", "-c", Integer.toString(core), "true"));
            } catch (IOException e) {
                return new Pinning(Optional.of("taskset does not work: " + e.getMessage()));
            }
        }
        return new Pinning(Optional.empty());
    }

    /** Returns the words to put before a command to run it on {@code core}. */
    public List<String> prefix(int core) {
        return reason.isEmpty() ? List.of("taskset", "-c", Integer.toString(core)) : List.of();
    }

    public String description() {
        return reason.map(why -> "server and load generator share all cores: " + why
                        + "; figures are noisier, and contenders with helper threads have an advantage")
                .orElse("server on core " + SERVER + ", load generator on core " + LOAD);
    }
}
