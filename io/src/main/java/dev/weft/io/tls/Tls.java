package dev.weft.io.tls;

import dev.weft.DeadlineExceeded;
import dev.weft.Weft;
import dev.weft.io.SocketStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * How TLS is spoken, and the door to {@link TlsStream}s that speak it so. Immutable; one per service is made at the start and
 * used by all loops. Certificates, trust and the cache of sessions are those of the {@link SSLContext}: whoever connects again
 * to the same host and port with the same context resumes the session, which spares both sides the costly half of the
 * handshake.
 *
 * <pre>{@code
 * Tls tls = Tls.of(context).applicationProtocols("h2", "http/1.1");
 *
 * // a client
 * try (TlsStream stream = tls.client(TcpStream.connect("example.org", 443), "example.org")) { ... }
 *
 * // a server
 * TcpServer.start("127.0.0.1", 8443, socket -> {
 *     try (TlsStream stream = tls.server(socket)) { ... }
 * });
 * }</pre>
 *
 * <p>A client checks that the certificate is the host's (by the rules of HTTPS), sends the name to the server (SNI), and
 * refuses what it cannot verify. A server that has several certificates chooses by the name if its key managers are of the
 * kind {@code KeyManagerFactory.getInstance("PKIX")}; which name was asked for is in the {@linkplain TlsStream#session
 * session}, an {@link javax.net.ssl.ExtendedSSLSession}.
 */
public final class Tls {
    private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10); // as Netty's

    private final SSLContext context;
    private final Consumer<SSLParameters> parameters;
    private final Duration handshakeTimeout;

    private Tls(SSLContext context, Consumer<SSLParameters> parameters, Duration handshakeTimeout) {
        this.context = context;
        this.parameters = parameters;
        this.handshakeTimeout = handshakeTimeout;
    }

    /** With the certificates and the trust of {@code context}; all else is the JDK's default. */
    public static Tls of(SSLContext context) {
        return new Tls(Objects.requireNonNull(context, "context"), parameters -> {}, HANDSHAKE_TIMEOUT);
    }

    /**
     * As this, with {@code change} made to the parameters of each connection: protocols, cipher suites, SNI matchers and all
     * else that {@link SSLParameters} knows. It is called on the loop, and must not wait.
     */
    public Tls with(Consumer<SSLParameters> change) {
        return new Tls(context, parameters.andThen(change), handshakeTimeout);
    }

    /** As this, offering (client) or accepting (server) the application protocols {@code names}, the best one first (ALPN). */
    public Tls applicationProtocols(String... names) {
        String[] copy = names.clone();
        return with(changed -> changed.setApplicationProtocols(copy));
    }

    /** As this; on servers, a client without a certificate that is trusted is refused. */
    public Tls needClientCertificate() {
        return with(changed -> changed.setNeedClientAuth(true));
    }

    /** As this; on servers, a client is asked for a certificate, and may have none. */
    public Tls wantClientCertificate() {
        return with(changed -> changed.setWantClientAuth(true));
    }

    /** As this, with so much time for a whole handshake; ten seconds unless said. */
    public Tls handshakeTimeout(Duration timeout) {
        return new Tls(context, parameters, Objects.requireNonNull(timeout, "timeout"));
    }

    /**
     * Shakes hands with the server {@code host} at the other end of {@code socket}, which belongs to the stream from then on.
     * If this throws, whatever it is, the socket is closed.
     *
     * @param host name or address as text: what the certificate must be for
     * @throws javax.net.ssl.SSLException if the two cannot agree, the certificate is not accepted, or the peer speaks no TLS;
     *     the message says which, and the cure
     * @throws DeadlineExceeded when the time for the handshake is up
     */
    public TlsStream client(SocketStream socket, String host) throws IOException {
        int port = socket.remoteAddress() instanceof InetSocketAddress address ? address.getPort() : -1;
        SSLEngine engine = context.createSSLEngine(Objects.requireNonNull(host, "host"), port);
        engine.setUseClientMode(true);
        SSLParameters changed = engine.getSSLParameters();
        changed.setEndpointIdentificationAlgorithm("HTTPS");
        return shakeHands(engine, changed, socket, host);
    }

    /**
     * Shakes hands with the client at the other end of {@code socket}, which belongs to the stream from then on. If this
     * throws, whatever it is, the socket is closed.
     *
     * @throws javax.net.ssl.SSLException as {@link #client}
     * @throws DeadlineExceeded when the time for the handshake is up
     */
    public TlsStream server(SocketStream socket) throws IOException {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        return shakeHands(engine, engine.getSSLParameters(), socket, null);
    }

    private TlsStream shakeHands(SSLEngine engine, SSLParameters changed, SocketStream socket, @Nullable String host)
            throws IOException {
        TlsConnection connection;
        try {
            parameters.accept(changed);
            engine.setSSLParameters(changed);
            connection = new TlsConnection(engine, socket, host);
        } catch (Throwable t) {
            socket.close();
            throw t;
        }
        try {
            Weft.withTimeout(handshakeTimeout, connection::handshake);
        } catch (DeadlineExceeded e) {
            DeadlineExceeded named = new DeadlineExceeded("TLS handshake of " + connection, handshakeTimeout);
            named.initCause(e);
            throw named;
        }
        return new TlsStream(connection);
    }
}
