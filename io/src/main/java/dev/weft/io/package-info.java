/**
 * Sockets whose operations make the calling greenlet yield. Each operation has two forms on one mechanism: a blocking one,
 * such as {@code stream.read(buffer)}, and an awaitable, such as {@code Weft.await(stream.reading(buffer))}. {@link
 * dev.weft.io.StandardInput} and {@link dev.weft.io.Lines} are here too.
 *
 * <p>See also {@code dev.weft.io.tls}, {@code dev.weft.io.names}, {@code dev.weft.io.file}, {@code dev.weft.io.process}, and
 * {@code dev.weft.io.javanet} for code that uses {@link java.net.Socket}.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.io;
