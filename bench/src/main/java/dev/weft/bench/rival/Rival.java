package dev.weft.bench.rival;

import java.util.function.IntConsumer;

/** A way to serve many connections, as the program that its own documentation would have one write. */
@FunctionalInterface
public interface Rival {
    /** How many connections may wait to be accepted, for all alike. */
    int BACKLOG = 4096;

    /**
     * Serves on a free port of 127.0.0.1 until the process is killed, with TCP_NODELAY on every connection. May return once
     * it listens, if other threads go on.
     *
     * @param listening to be called once, with the port, when connections are accepted
     */
    void serve(Terms terms, IntConsumer listening) throws Exception;
}
