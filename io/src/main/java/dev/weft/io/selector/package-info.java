/**
 * Channels on a loop's selector: readiness, retrying an operation until it succeeds, and the only places where bytes are read and
 * written. Sockets, TLS, pipes and {@code java.net} are built on this package. Not exported.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.io.selector;
