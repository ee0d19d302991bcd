package dev.weft.bench;

import dev.weft.examples.Examples;
import java.util.List;

/** A way to serve many connections: what is compared. */
enum Contender {
    GREENLETS("greenlets", "a greenlet per connection, on one loop"),
    VIRTUAL(
            "virtual threads",
            "a virtual thread per connection; the server has one core, so their scheduler gets one carrier"),
    THREADS("platform threads", "a platform thread per connection, with the JVM's default stack size"),
    BARE("bare selector loop", "no threads and no greenlets: the limit of java.nio");

    private final String label;
    private final String explanation;

    Contender(String label, String explanation) {
        this.label = label;
        this.explanation = explanation;
    }

    /** What it is called in tables and pictures. */
    String label() {
        return label;
    }

    /** What that means. */
    String explanation() {
        return explanation;
    }

    /** Flags of the JVM that it alone gets. */
    List<String> jvmFlags() {
        return this == VIRTUAL
                ? List.of("-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1")
                : List.of();
    }

    /** The main class of its server, and the arguments. */
    List<String> program() {
        if (this == BARE) {
            return List.of(BareSelectorEcho.class.getName(), "--port", "0");
        }
        String on = name().toLowerCase(java.util.Locale.ROOT);
        return List.of(Examples.class.getName(), "echo", "--port", "0", "--on", on);
    }
}
