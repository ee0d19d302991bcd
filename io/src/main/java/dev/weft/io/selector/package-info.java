/**
 * Channels on a loop's selector: readiness, the loop that tries an operation until it is done, and the places where bytes are
 * read and written. Sockets, TLS, pipes and {@code java.net} are built on it. Not exported.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.io.selector;
