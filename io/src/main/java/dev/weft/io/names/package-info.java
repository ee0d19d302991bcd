/**
 * Look-ups of host names that yield. {@link dev.weft.io.names.HostNames} has deadlines that always hold; {@link
 * java.net.InetAddress} yields as well, without any set-up.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.io.names;
