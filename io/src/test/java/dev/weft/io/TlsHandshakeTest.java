package dev.weft.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.io.tls.Tls;
import dev.weft.io.tls.TlsStream;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What two sides agree on, and how they do not. The peer, where it is not a {@link TlsStream} too, is the JDK's. */
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class})
@Timeout(60)
class TlsHandshakeTest {
    private static final String OLD = "TLSv1.2";
    private static final String NEW = "TLSv1.3";

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    private Path directory;

    @BeforeAll
    @Timeout(180)
    static void makeCertificates() {
        Certificates.context();
    }

    @FunctionalInterface
    private interface EndsBody {
        void run(TlsStream client, TlsStream server) throws Exception;
    }

    private void withEnds(Tls client, Tls server, EndsBody body) throws Exception {
        SocketContract.onLoop(() -> {
            try (var ends = TlsFamily.ends(SocketFamily.TCP, directory, client, server)) {
                body.run((TlsStream) ends.one(), (TlsStream) ends.other());
            }
        });
    }

    static Tls client() {
        return Tls.of(Certificates.context()).handshakeTimeout(SocketContract.LONG);
    }

    static Tls server(String... names) {
        return Tls.of(Certificates.context(names.length == 0 ? new String[] {Certificates.SERVER} : names))
                .handshakeTimeout(SocketContract.LONG);
    }

    private static Tls only(String protocol, Tls tls) {
        return tls.with(parameters -> parameters.setProtocols(new String[] {protocol}));
    }

    private static void assertTalks(ByteStream one, ByteStream other) throws IOException {
        one.write(SocketContract.bytes("question"));
        assertEquals("question", SocketContract.receive(other, 8));
        other.write(SocketContract.bytes("answer"));
        assertEquals("answer", SocketContract.receive(one, 6));
    }

    @ParameterizedTest
    @ValueSource(strings = {OLD, NEW})
    void eitherVersionIsSpokenWithTheJdkInEitherRole(String protocol) throws Exception {
        SocketContract.onLoop(() -> {
            for (TlsFamily role : TlsFamily.values()) {
                try (var pair = role.pair(directory, protocol)) {
                    TlsStream stream = (TlsStream) pair.stream();
                    assertEquals(protocol, stream.session().getProtocol());
                    SocketContract.send(pair.peer(), "question");
                    assertEquals("question", SocketContract.receive(stream, 8));
                    stream.write(SocketContract.bytes("answer"));
                    assertEquals("answer", SocketContract.receive(pair.peer(), 6));
                }
            }
        });
    }

    @Test
    void tlsGoesOverUnixSocketsToo() throws Exception {
        SocketContract.onLoop(() -> {
            try (var ends = TlsFamily.ends(SocketFamily.UNIX, directory, client(), server())) {
                assertTalks(ends.one(), ends.other());
                assertTrue(ends.one().toString().startsWith("tls localhost over unix "), ends.one()::toString);
            }
        });
    }

    @Test
    void theBestCommonApplicationProtocolIsTaken() throws Exception {
        withEnds(
                client().applicationProtocols("three", "two", "one"),
                server().applicationProtocols("one", "two"),
                (client, server) -> {
                    assertEquals(Optional.of("one"), server.applicationProtocol());
                    assertEquals(Optional.of("one"), client.applicationProtocol());
                });
        withEnds(client(), server().applicationProtocols("one"), (client, server) -> {
            assertEquals(Optional.empty(), server.applicationProtocol());
            assertEquals(Optional.empty(), client.applicationProtocol());
        });
    }

    @Test
    void noCommonApplicationProtocolIsAnErrorThatSaysSo() throws Exception {
        SSLException failure =
                clientFailure(client().applicationProtocols("one"), server().applicationProtocols("two"), "localhost");
        assertSays(failure, "no_application_protocol", "application protocols");
    }

    @Test
    void noCommonVersionIsAnErrorThatSaysSo() throws Exception {
        SSLException failure = clientFailure(only(OLD, client()), only(NEW, server()), "localhost");
        assertSays(failure, "protocol_version", "no protocol version or cipher suite in common");
    }

    @Test
    void theServerChoosesItsCertificateByTheNameThatTheClientAsksFor() throws Exception {
        SocketContract.onLoop(() -> {
            for (String name : List.of("two.test", "one.test")) {
                try (TcpListener listener = TcpListener.bind("127.0.0.1", 0)) {
                    TcpStream below = TcpStream.connect("127.0.0.1", listener.port());
                    Greenlet<TlsStream> shaking = Weft.spawn(() -> client().client(below, name));
                    try (TlsStream server = server(Certificates.SERVER, Certificates.TWO)
                                    .server(listener.accept());
                            TlsStream client = shaking.join()) {
                        X509Certificate shown =
                                (X509Certificate) client.session().getPeerCertificates()[0];
                        assertTrue(
                                String.valueOf(shown.getSubjectAlternativeNames())
                                        .contains(name),
                                shown::toString);
                        assertEquals(
                                List.of(new SNIHostName(name)),
                                ((ExtendedSSLSession) server.session()).getRequestedServerNames());
                    }
                }
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {OLD, NEW})
    void aSessionIsResumedWithoutLookingAtCertificatesAgain(String protocol) throws Exception {
        AtomicInteger checks = new AtomicInteger();
        Tls client = only(protocol, Tls.of(Certificates.context(counting(checks))));
        Tls server = server();
        SocketContract.onLoop(() -> {
            try (TcpListener listener = TcpListener.bind("127.0.0.1", 0)) { // one port: sessions are kept for each
                for (int i = 0; i < 3; i++) {
                    TcpStream below = TcpStream.connect("127.0.0.1", listener.port());
                    Greenlet<TlsStream> shaking = Weft.spawn(() -> client.client(below, "localhost"));
                    try (TlsStream one = server.server(listener.accept());
                            TlsStream other = shaking.join()) {
                        assertTalks(one, other); // a ticket comes after the handshake, and is seen by who reads
                    }
                }
            }
        });
        assertEquals(1, checks.get());
    }

    private static TrustManager[] counting(AtomicInteger checks) {
        X509ExtendedTrustManager real = (X509ExtendedTrustManager) Certificates.trusting(Certificates.AUTHORITY)[0];
        return new TrustManager[] {
            new X509ExtendedTrustManager() {
                @Override
                public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                        throws java.security.cert.CertificateException {
                    checks.incrementAndGet();
                    real.checkServerTrusted(chain, type, engine);
                }

                @Override
                public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
                    throw new AssertionError();
                }

                @Override
                public void checkServerTrusted(X509Certificate[] chain, String type) {
                    throw new AssertionError();
                }

                @Override
                public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
                    throw new AssertionError();
                }

                @Override
                public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
                    throw new AssertionError();
                }

                @Override
                public void checkClientTrusted(X509Certificate[] chain, String type) {
                    throw new AssertionError();
                }

                @Override
                public X509Certificate[] getAcceptedIssuers() {
                    return real.getAcceptedIssuers();
                }
            }
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {OLD, NEW})
    void aClientsCertificateIsSeenByTheServer(String protocol) throws Exception {
        Tls client = only(protocol, Tls.of(Certificates.context(Certificates.CLIENT)));
        for (Tls server : List.of(server().needClientCertificate(), server().wantClientCertificate())) {
            withEnds(client, server, (one, other) -> {
                assertEquals("CN=client", other.session().getPeerPrincipal().getName());
                assertTalks(one, other);
            });
        }
    }

    @Test
    void aClientWithoutACertificateIsWelcomeIfOneIsMerelyWanted() throws Exception {
        withEnds(client(), server().wantClientCertificate(), (client, server) -> {
            assertThrows(
                    SSLPeerUnverifiedException.class, () -> server.session().getPeerPrincipal());
            assertTalks(client, server);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {OLD, NEW})
    void aClientWithoutACertificateIsRefusedIfOneIsNeededAndBothSidesSaySo(String protocol) throws Exception {
        SocketContract.onLoop(() -> {
            try (TcpListener listener = TcpListener.bind("127.0.0.1", 0)) {
                TcpStream below = TcpStream.connect("127.0.0.1", listener.port());
                // With TLS 1.3 a client is through before the server has looked at its certificate.
                Greenlet<Integer> reading = Weft.spawn(() -> {
                    try (TlsStream stream = only(protocol, client()).client(below, "localhost")) {
                        return stream.read(ByteBuffer.allocate(1));
                    }
                });
                assertThrows(
                        SSLException.class,
                        () -> server().needClientCertificate().server(listener.accept()));
                assertSays(assertThrows(SSLException.class, reading::join), "certificate");
            }
        });
    }

    @Test
    void anUnknownIssuerIsAnErrorThatNamesTheHostAndTheCure() throws Exception {
        SSLException failure = clientFailure(client(), server(Certificates.STRANGER), "localhost");
        assertSays(failure, "localhost", "trust store");
    }

    @Test
    void anExpiredCertificateIsAnErrorThatNamesTheHostAndTheDate() throws Exception {
        SSLException failure = clientFailure(client(), server(Certificates.EXPIRED), "localhost");
        assertSays(failure, "localhost", "NotAfter", "renew it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"other.test", "127.0.0.2"})
    void aCertificateForAnotherHostIsAnErrorThatNamesTheHostAndTheCure(String host) throws Exception {
        SSLException failure = clientFailure(client(), server(), host);
        assertSays(failure, host, "connect by a name that it lists");
    }

    @Test
    void theCheckOfTheHostCanBeSwitchedOff() throws Exception {
        Tls lenient = client().with(parameters -> parameters.setEndpointIdentificationAlgorithm(null));
        withEnds(lenient, server(Certificates.TWO), (client, server) -> assertTalks(client, server));
    }

    /** What the client is told; the server fails too, and no descriptor stays. */
    private SSLException clientFailure(Tls client, Tls server, String host) throws Exception {
        SSLException[] failures = new SSLException[1];
        SocketContract.onLoop(() -> {
            try (TcpListener listener = TcpListener.bind("127.0.0.1", 0)) {
                TcpStream below = TcpStream.connect("127.0.0.1", listener.port());
                Greenlet<TlsStream> shaking = Weft.spawn(() -> client.client(below, host));
                TcpStream accepted = listener.accept();
                assertThrows(SSLException.class, () -> server.server(accepted));
                failures[0] = assertThrows(SSLHandshakeException.class, shaking::join);
                assertFalse(below.isOpen());
                assertFalse(accepted.isOpen());
            }
        });
        return failures[0];
    }

    static void assertSays(Throwable failure, String... words) {
        for (String word : words) {
            assertTrue(failure.toString().contains(word), failure::toString);
        }
    }
}
