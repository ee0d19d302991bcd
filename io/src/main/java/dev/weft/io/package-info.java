/**
 * Sockets for greenlets. Operations suspend the calling greenlet instead of blocking its loop. Most have two forms that share
 * one implementation: a direct call such as {@code stream.read(buffer)}, and an awaitable such as {@code
 * Weft.await(stream.reading(buffer))}. The package also contains {@link dev.weft.io.StandardInput} and {@link
 * dev.weft.io.Lines}.
 *
 * <p>See also {@code dev.weft.io.endpoint} for addresses written as strings, {@code dev.weft.io.tls}, {@code
 * dev.weft.io.names}, {@code dev.weft.io.file}, {@code dev.weft.io.process}, and {@code dev.weft.io.javanet} for code that uses
 * {@link java.net.Socket}.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.io;
