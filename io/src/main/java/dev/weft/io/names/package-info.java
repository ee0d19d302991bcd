/**
 * Host-name look-ups that suspend the greenlet instead of blocking the loop. {@link dev.weft.io.names.HostNames} always honours
 * deadlines. {@link java.net.InetAddress} also yields, without any set-up.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.io.names;
