package dev.weft;

/**
 * Whether greenlets may yield implicitly, where the code does not show it. See {@link LoopGroup.Builder#implicitYields}.
 *
 * <p>Explicit yields are {@link Weft#await} and Weft's other waits ({@code join}, {@code sleep}, {@code receive}, {@code
 * stream.read}, {@code offload}). Any other wait, or {@code Thread.yield}, is implicit: on a JDK lock, queue or latch, on a
 * plain socket, on a monitor, in a library. So is a wait in Weft's {@code java.net} adapters, which the caller cannot see
 * either ({@link dev.weft.spi.YieldMode#IMPLICIT}). Taking a free lock, or from a queue that is not empty, does not yield
 * and is not reported. {@linkplain StartedThreads#ADOPTED Adopted} threads are exempt: their code assumes that every call
 * may wait.
 */
public enum ImplicitYields {
    /** Implicit yields are allowed. Costs nothing. */
    ALLOWED,

    /**
     * Implicit yields are allowed, and each place is reported once per loop, with its stack, to the system logger and {@link
     * dev.weft.spi.LoopListener#onImplicitYield}. Costs a check at the end of each slice, and a stack walk for each implicit
     * yield.
     */
    REPORTED,

    /**
     * Implicit yields are reported as with {@link #REPORTED}, and fail with an {@link ImplicitYield} that has the stack of
     * the place.
     *
     * <p>A wait in one of Weft's adapters throws it instead of waiting. A wait inside the JDK cannot be undone, since the
     * JDK's parking does not throw: by then the greenlet has yielded, and others run. It is interrupted, so that an
     * interruptible wait ends at once; a monitor or {@code Lock.lock()} ends when it would have. The greenlet's next Weft
     * wait then throws. A greenlet that ends without another wait has failed with the {@code ImplicitYield}, whatever it
     * returned; an exception it threw, such as {@code InterruptedException}, is suppressed in it.
     */
    REFUSED
}
