/**
 * Communication and synchronisation between greenlets: channels, events, limiters, pools. For locks, semaphores, latches and
 * queues use the JDK's, which yield in greenlets.
 *
 * <p>Every object of this package lives on one loop, its <em>home</em>: the one on which it was created, or one that was
 * named. It can be used from every loop and by plain threads, which block. From elsewhere than home an operation that waits or
 * has a result asks the home, which costs two wake-ups; one that returns nothing and never waits takes effect in the home's
 * next turn, in the order of the calls. Once the home is closed, waits and questions, also pending ones, throw {@link
 * java.util.concurrent.RejectedExecutionException}. Code given to a pool runs at home. The one exception is {@link
 * dev.weft.sync.ResourcePool#lease}, which works only at home.
 *
 * <p>This package uses only the public API of {@link dev.weft.lowlevel}, as
 * user-defined primitives can.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.sync;
