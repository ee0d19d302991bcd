/**
 * Sockets that yield, and TLS over them. Each operation comes in two forms on one mechanism: automatic, such as {@code
 * stream.read(buffer)}, and explicit, such as {@code Weft.await(stream.reading(buffer))}. Besides, {@link
 * dev.weft.io.ChildProcess processes} and {@link dev.weft.io.StandardInput standard input}; files are in {@code
 * dev.weft.io.file}.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.io;
