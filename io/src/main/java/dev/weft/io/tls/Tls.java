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
 * The configuration of TLS, which makes {@link TlsStream}s. Immutable; made once per service and used by all loops.
 * Certificates, trust and the session cache are those of the {@link SSLContext}: a client that connects again to the
 * same host and port with the same context resumes the session, which saves both sides the expensive half of the
 * handshake.
 *
 * <pre>{@code
 * Tls tls = Tls.of(context).applicationProtocols("h2", "http/1.1");
 *
 * // a client try (TlsStream stream = tls.client(TcpStream.connect("example.org", 443), "example.org")) { ... }
 *
 * // a server TcpServer.start("127.0.0.1", 8443, socket -> { try (TlsStream stream = tls.server(socket)) { ... } });
 * }</pre>
 *
 * <p>A client verifies that the certificate is the host's (by the rules of HTTPS), sends the host name to the server
 * (SNI), and refuses what it cannot verify. A server with several certificates chooses by that name if its key managers
 * are of the kind {@code KeyManagerFactory.getInstance("PKIX")}. The requested name is in the {@linkplain
 * TlsStream#session session}, which is an {@link javax.net.ssl.ExtendedSSLSession}.
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

    /** The certificates and the trust of {@code context}, with the JDK's defaults for everything else. */
    public static Tls of(SSLContext context) {
        return new Tls(Objects.requireNonNull(context, "context"), parameters -> {}, HANDSHAKE_TIMEOUT);
    }

    /**
     * A copy of this that applies {@code change} to the parameters of each connection: protocols, cipher suites, SNI
     * matchers and whatever else {@link SSLParameters} has. It is called on the loop and must not wait.
     */
    public Tls with(Consumer<SSLParameters> change) {
        return new Tls(context, parameters.andThen(change), handshakeTimeout);
    }

    /**
     * A copy of this that offers (client) or accepts (server) the application protocols {@code names}, in order of
     * preference (ALPN).
     */
    public Tls applicationProtocols(String... names) {
        String[] copy = names.clone();
        return with(changed -> changed.setApplicationProtocols(copy));
    }

    /** A copy of this whose servers refuse clients without a trusted certificate. */
    public Tls needClientCertificate() {
        return with(changed -> changed.setNeedClientAuth(true));
    }

    /** A copy of this whose servers ask clients for a certificate, which they need not have. */
    public Tls wantClientCertificate() {
        return with(changed -> changed.setWantClientAuth(true));
    }

    /** A copy of this that allows {@code timeout} for a whole handshake; the default is ten seconds. */
    public Tls handshakeTimeout(Duration timeout) {
        return new Tls(context, parameters, Objects.requireNonNull(timeout, "timeout"));
    }

    /**
     * Performs the handshake with the server at the other end of {@code socket}, which belongs to the stream from then
     * on. For greenlets of the socket's loop. If this throws, the socket is closed.
     *
     * @param host name or address as text, which the certificate must be for
     * @throws javax.net.ssl.SSLException if the two sides cannot agree, the certificate is not accepted, or the peer
     *     does not speak TLS; the message says which, and what to do
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
     * Performs the handshake with the client at the other end of {@code socket}, which belongs to the stream from then
     * on. For greenlets of the socket's loop. If this throws, the socket is closed.
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
