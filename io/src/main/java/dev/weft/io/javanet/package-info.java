/**
 * {@code java.net.Socket} and {@code ServerSocket} on the selectors of the loops, for code that knows nothing of Weft:
 * {@link dev.weft.io.javanet.WeftSockets} makes them, or puts them in place of the JDK's in the whole JVM.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.io.javanet;
