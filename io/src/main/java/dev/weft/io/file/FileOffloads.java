package dev.weft.io.file;

import dev.weft.Offload;
import java.util.concurrent.Semaphore;

/** On which terms file calls are off-loaded: how many at a time in the JVM, and what a kill does to one that runs. */
final class FileOffloads {
    private static final Semaphore CALLS = new Semaphore(Files.CALLS_AT_A_TIME, true);

    /** A kill waits for the call: it works on the caller's memory, or an interrupt would close the channel. */
    static final Offload PATIENT = Offload.uninterrupted().limit(CALLS);

    /** A kill interrupts the call, and waits until it has cleaned up. */
    static final Offload INTERRUPTED = Offload.waiting().limit(CALLS);

    /** A kill leaves the call, which works on memory of its own and changes nothing. */
    static final Offload ABANDONED = Offload.abandoning().limit(CALLS);

    private FileOffloads() {}
}
