/**
 * What greenlets agree and share by: channels, events, limiters, pools. Locks, semaphores, latches and queues are the
 * JDK's, which yield on greenlets. Written on the public seam of {@link dev.weft.lowlevel} alone, as yours could be.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.sync;
