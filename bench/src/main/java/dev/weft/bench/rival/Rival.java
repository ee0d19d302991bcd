package dev.weft.bench.rival;

import java.util.function.IntConsumer;

/** A server for many connections, written as the documentation of its library recommends. */
@FunctionalInterface
public interface Rival {
    /** The backlog of connections waiting to be accepted, the same for all. */
    int BACKLOG = 4096;

    /**
     * Serves on a free port of 127.0.0.1 until the process is killed, with TCP_NODELAY on every connection. May return once it
     * is listening, if other threads keep serving.
     *
     * @param listening called once, with the port, when the server accepts connections
     */
    void serve(Terms terms, IntConsumer listening) throws Exception;
}
