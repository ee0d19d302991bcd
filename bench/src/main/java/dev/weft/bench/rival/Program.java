package dev.weft.bench.rival;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The program of a contender's server. The process prints the line {@code listening on 127.0.0.1:PORT (name)} to standard
 * output once it accepts connections, and serves until it is killed.
 */
public interface Program {
    Set<Service> services();

    /** Returns why it cannot run on this machine, with the remedy; empty if it can. */
    Optional<String> missing();

    /** Returns what it is built on and the version, such as {@code Netty 4.2.18.Final}. May run a command to find out. */
    String version();

    /**
     * Returns the command line.
     *
     * @param flags JVM flags for Java servers; others ignore them
     */
    List<String> command(Terms terms, List<String> flags);
}
