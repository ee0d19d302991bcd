/**
 * {@code java.net.Socket} and {@code ServerSocket} on the selectors of the loops, for code that does not know Weft: {@link
 * dev.weft.io.javanet.WeftSockets} makes them, or replaces those of the JDK in the whole JVM.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.io.javanet;
