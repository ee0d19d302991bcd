package dev.weft.io.file;

import dev.weft.Offload;
import java.util.concurrent.Semaphore;

/** The ways to off-load file calls. They share a limit on concurrent calls, and differ in what a kill does to a running call. */
final class FileOffloads {
    private static final Semaphore CALLS = new Semaphore(Files.MAX_CONCURRENT_CALLS, true);

    /** A kill waits for the call, because the call uses the caller's memory or because an interrupt would close its channel. */
    static final Offload UNINTERRUPTED = Offload.uninterrupted().limit(CALLS);

    /** A kill interrupts the call and waits until it has cleaned up. */
    static final Offload INTERRUPTED = Offload.waiting().limit(CALLS);

    /** A kill abandons the call, which uses only its own memory and has no side effects. */
    static final Offload ABANDONED = Offload.abandoning().limit(CALLS);

    private FileOffloads() {}
}
