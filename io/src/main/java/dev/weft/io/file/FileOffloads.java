package dev.weft.io.file;

import dev.weft.Offload;
import java.util.concurrent.Semaphore;

/** How file calls are off-loaded: how many at a time in the JVM, and what a kill does to one that runs. */
final class FileOffloads {
    private static final Semaphore CALLS = new Semaphore(Files.MAX_CONCURRENT_CALLS, true);

    /** A kill waits for the call, which uses the caller's memory, or whose channel an interrupt would close. */
    static final Offload UNINTERRUPTED = Offload.uninterrupted().limit(CALLS);

    /** A kill interrupts the call and waits until it has cleaned up. */
    static final Offload INTERRUPTED = Offload.waiting().limit(CALLS);

    /** A kill abandons the call, which uses memory of its own and changes nothing. */
    static final Offload ABANDONED = Offload.abandoning().limit(CALLS);

    private FileOffloads() {}
}
