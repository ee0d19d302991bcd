package dev.weft;

/**
 * Whether greenlets may yield where the code does not say so. See {@link LoopGroup.Builder#implicitYields}.
 *
 * <p>What says so: {@link Weft#await}, and everything else of Weft's own that waits ({@code join}, {@code sleep}, {@code
 * receive}, {@code stream.read}, {@code offload}). Implicit is any other wait or {@code Thread.yield}: on a lock, queue or
 * latch of the JDK, on a plain socket, on a monitor, in a library; and a wait on Weft's {@code java.net} face, which its
 * caller cannot see either ({@link dev.weft.spi.YieldMode#IMPLICIT}). A lock that is free, or a queue that is
 * not empty, does not yield and is not told. {@linkplain StartedThreads#ADOPTED Adopted} threads are let be: they are
 * written for a world in which every call may wait.
 */
public enum ImplicitYields {
    /** They may. Costs nothing. */
    ALLOWED,

    /**
     * They may, and each place that does is told once a loop, with its stack: to the system's logger and {@link
     * dev.weft.spi.LoopListener#onImplicitYield}. Costs a look at the end of each slice, and a walk of the stack for
     * each implicit yield.
     */
    REPORTED,

    /**
     * They are told as with {@link #REPORTED}, and the greenlet gets an {@link ImplicitYield} with the stack of the place.
     * A wait behind a face of Weft throws it instead of waiting. One inside the JDK cannot be undone, as the JDK's parking
     * does not throw: the greenlet has yielded by then, and others run. It is interrupted, so that an interruptible wait ends
     * at once; a monitor or {@code Lock.lock()} ends when it would have. Then the greenlet's next wait of Weft
     * throws. One that ends before it makes any has failed with the {@code ImplicitYield}, whatever it returned; what it threw,
     * such as the {@code InterruptedException}, is suppressed in it.
     */
    REFUSED
}
