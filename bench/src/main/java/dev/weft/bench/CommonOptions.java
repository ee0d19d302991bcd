package dev.weft.bench;

import dev.weft.bench.load.Load;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What every command that compares servers takes. */
final class CommonOptions {
    @Option(names = "--engine", defaultValue = "AUTO", description = "Load generator: ${COMPLETION-CANDIDATES}.")
    private Load.Engine engine = Load.Engine.AUTO;

    @Option(names = "--server-flag", description = "A flag for every server's JVM, such as -XX:+UseG1GC; repeatable.")
    private List<String> serverFlags = new ArrayList<>();

    Load.Engine engine() {
        return engine;
    }

    List<String> serverFlags() {
        return List.copyOf(serverFlags);
    }
}
