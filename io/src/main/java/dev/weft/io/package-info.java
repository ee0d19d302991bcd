/**
 * Sockets that yield, and TLS over them. Each operation comes in two forms on one mechanism: automatic, such as {@code stream.read(buffer)},
 * and explicit, such as {@code Weft.await(stream.reading(buffer))}.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.io;
