/**
 * TLS over any {@link dev.weft.io.SocketStream}. {@link dev.weft.io.tls.Tls} holds the configuration and performs handshakes.
 * {@link dev.weft.io.tls.TlsStream} is the encrypted connection.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.io.tls;
