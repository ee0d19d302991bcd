package dev.weft.bench.rival;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How a contender's server is started. The process says {@code listening on 127.0.0.1:PORT (name)} on a line of standard
 * output once it accepts connections, and serves until it is killed.
 */
public interface Program {
    Set<Service> services();

    /** Why it cannot run on this machine, with the command that would cure it; empty if it can. */
    Optional<String> missing();

    /** What it is made with, and in which version: {@code Netty 4.2.18.Final}. May run a command to find out. */
    String version();

    /**
     * Its command line.
     *
     * @param flags of the JVM, which all of Java get; others ignore them
     */
    List<String> command(Terms terms, List<String> flags);
}
