/**
 * {@code java.net.Socket} and {@code ServerSocket} on the loops' selectors, for code that is unaware of Weft. {@link
 * dev.weft.io.javanet.WeftSockets} creates such sockets, or replaces the JDK's in the whole JVM.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.io.javanet;
