package dev.weft.io.automatic;

import java.net.URI;

/** A server that serves a {@link Site}. */
interface RunningServer extends AutoCloseable {
    int port();

    /** The address of a page. */
    default URI page(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    /** Stops it; requests that it still serves are given up. */
    @Override
    void close();
}
