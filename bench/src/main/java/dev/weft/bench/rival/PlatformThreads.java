package dev.weft.bench.rival;

import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.function.IntConsumer;

/** A platform thread for each connection, from a pool that keeps those that have nothing to do for a while. */
final class PlatformThreads implements Rival {
    @Override
    public void serve(Terms terms, IntConsumer listening) throws IOException {
        new Threads(Executors.newCachedThreadPool()).serve(terms, listening);
    }
}
