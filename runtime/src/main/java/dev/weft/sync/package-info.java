/**
 * Communication and synchronisation between greenlets: channels, events, limiters, pools. For locks, semaphores, latches and
 * queues use the JDK's, which yield in greenlets. This package uses only the public API of {@link dev.weft.lowlevel}, as
 * user-defined primitives can.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.sync;
