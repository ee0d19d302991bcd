package dev.weft.io.tls;

import dev.weft.DeadlineExceeded;
import dev.weft.Weft;
import dev.weft.io.SocketStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * A TLS configuration, from which {@link TlsStream}s are created. Immutable; create one per service and use it on all loops.
 * Certificates, trust and the session cache come from the {@link SSLContext}. A client that reconnects to the same host and
 * port with the same context resumes the session, which saves both sides the expensive half of the handshake.
 *
 * <pre>{@code
 * Tls tls = Tls.of(context).applicationProtocols("h2", "http/1.1");
 *
 * // client
 * try (TlsStream stream = tls.client(TcpStream.connect("example.org", 443), "example.org")) { ... }
 *
 * // server
 * TcpServer.start("127.0.0.1", 8443, socket -> { try (TlsStream stream = tls.server(socket)) { ... } });
 * }</pre>
 *
 * <p>A client verifies that the certificate belongs to the host (by the rules of HTTPS), sends the host name to the server (SNI),
 * and rejects a server that it cannot verify. A server with several certificates selects one by that name if its key managers
 * come from {@code KeyManagerFactory.getInstance("PKIX")}. The requested name is available from the {@linkplain TlsStream#session
 * session}, which is an {@link javax.net.ssl.ExtendedSSLSession}.
 */
public final class Tls {
    private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10); // Netty's default

    private final SSLContext context;
    private final BiConsumer<SocketAddress, SSLParameters> parameters;
    private final Duration handshakeTimeout;

    private Tls(SSLContext context, BiConsumer<SocketAddress, SSLParameters> parameters, Duration handshakeTimeout) {
        this.context = context;
        this.parameters = parameters;
        this.handshakeTimeout = handshakeTimeout;
    }

    /** Returns a configuration with the certificates and trust of {@code context}, and the JDK's defaults otherwise. */
    public static Tls of(SSLContext context) {
        return new Tls(Objects.requireNonNull(context, "context"), (peer, parameters) -> {}, HANDSHAKE_TIMEOUT);
    }

    /**
     * Returns a copy that also applies {@code change} to the {@link SSLParameters} of each connection: protocols, cipher suites,
     * SNI matchers and so on. {@code change} is called on the loop and must not wait.
     */
    public Tls with(Consumer<SSLParameters> change) {
        Objects.requireNonNull(change, "change");
        return with((peer, changed) -> change.accept(changed));
    }

    /** As {@link #with(Consumer)}, for a change that also depends on the address of the peer. */
    public Tls with(BiConsumer<SocketAddress, SSLParameters> change) {
        return new Tls(context, parameters.andThen(change), handshakeTimeout);
    }

    /**
     * Returns a copy that offers (client) or accepts (server) the application protocols {@code names}, in order of preference
     * (ALPN).
     */
    public Tls applicationProtocols(String... names) {
        String[] copy = names.clone();
        return with(changed -> changed.setApplicationProtocols(copy));
    }

    /** Returns a copy whose servers reject clients without a trusted certificate. */
    public Tls needClientCertificate() {
        return with(changed -> changed.setNeedClientAuth(true));
    }

    /** Returns a copy whose servers request a certificate from clients but do not require one. */
    public Tls wantClientCertificate() {
        return with(changed -> changed.setWantClientAuth(true));
    }

    /** Returns a copy with {@code timeout} as the limit for a whole handshake; the default is ten seconds. */
    public Tls handshakeTimeout(Duration timeout) {
        return new Tls(context, parameters, Objects.requireNonNull(timeout, "timeout"));
    }

    /**
     * Performs the handshake with the server at the other end of {@code socket}. The returned stream owns the socket. If this
     * method throws, the socket is closed. Must be called by a greenlet of the socket's loop.
     *
     * @param host the host name or textual IP address for which the certificate must be valid
     * @throws javax.net.ssl.SSLException if the two sides cannot agree on parameters, the certificate is not accepted, or the
     *     peer does not speak TLS; the message states which, and suggests a remedy
     * @throws DeadlineExceeded if the handshake timeout expires
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
     * Performs the handshake with the client at the other end of {@code socket}. The returned stream owns the socket. If this
     * method throws, the socket is closed. Must be called by a greenlet of the socket's loop.
     *
     * @throws javax.net.ssl.SSLException as for {@link #client}
     * @throws DeadlineExceeded if the handshake timeout expires
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
            parameters.accept(socket.remoteAddress(), changed);
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
