package dev.weft.bench.rival;

import java.io.IOException;
import java.util.function.IntConsumer;

/** A virtual thread of the JDK for each connection, started as cheaply as can be: without an executor that tracks it. */
final class VirtualThreads implements Rival {
    @Override
    public void serve(Terms terms, IntConsumer listening) throws IOException {
        new Threads(Thread::startVirtualThread).serve(terms, listening);
    }
}
