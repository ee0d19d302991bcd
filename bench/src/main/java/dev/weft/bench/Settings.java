package dev.weft.bench;

import dev.weft.bench.load.Load;
import java.util.List;

/**
 * What a comparison is made with.
 *
 * @param serverFlags flags of the server's JVM that all contenders get
 */
record Settings(
        List<Contender> contenders,
        int connections,
        int messageBytes,
        int rounds,
        double warmUpSeconds,
        double windowSeconds,
        Load.Engine engine,
        List<String> serverFlags) {}
