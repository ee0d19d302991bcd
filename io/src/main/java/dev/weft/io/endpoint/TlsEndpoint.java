package dev.weft.io.endpoint;

import dev.weft.LoopGroup;
import dev.weft.io.ByteStream;
import dev.weft.io.StreamHandler;
import dev.weft.io.StreamServer;
import dev.weft.io.TcpServer;
import dev.weft.io.TcpStream;
import dev.weft.io.tls.Tls;
import dev.weft.io.tls.TlsStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** {@code tls:HOST:PORT}. */
final class TlsEndpoint extends Endpoint {
    private static final char[] NO_PASSWORD = {}; // of key stores that exist in memory alone

    private final HostAndPort address;
    private final boolean hasCertificate;
    private final Tls client;
    private final Tls server;

    TlsEndpoint(EndpointText text) {
        this(text, HostAndPort.of(text, List.of("backlog", "certificate", "key", "trust")));
    }

    private TlsEndpoint(EndpointText text, HostAndPort address) {
        super(text);
        this.address = address;
        Optional<KeyManager[]> own = text.option("certificate", file -> own(file, text));
        Optional<TrustManager[]> trusted =
                text.option("trust", file -> usable(file, text, pem -> trusting(pem.certificates())));
        if (own.isEmpty()) {
            text.option("key", file -> {
                throw text.bad(file.at(), "a key needs its certificate; add certificate=FILE");
            });
        }
        hasCertificate = own.isPresent();
        client = Tls.of(context(own.orElse(null), trusted.orElse(null)));
        server = trusted.isPresent() ? client.needClientCertificate() : client;
    }

    private static KeyManager[] own(EndpointText.Field certificate, EndpointText text) {
        List<X509Certificate> chain = usable(certificate, text, PemFile::certificates);
        EndpointText.Field key = text.option("key", file -> file).orElse(certificate);
        return usable(key, text, pem -> identity(chain, pem.privateKey(chain.get(0))));
    }

    private interface Use<T> {
        T of(PemFile file) throws IOException, GeneralSecurityException;
    }

    private static <T> T usable(EndpointText.Field file, EndpointText text, Use<T> use) {
        try {
            return use.of(PemFile.read(file.value()));
        } catch (IOException | GeneralSecurityException e) {
            IllegalArgumentException bad =
                    text.bad(file.at(), "cannot use \"" + file.value() + "\": " + e.getMessage());
            bad.initCause(e);
            throw bad;
        }
    }

    private static KeyManager[] identity(List<X509Certificate> chain, PrivateKey key)
            throws IOException, GeneralSecurityException {
        KeyStore store = emptyStore();
        store.setKeyEntry("own", key, NO_PASSWORD, chain.toArray(new Certificate[0]));
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, NO_PASSWORD);
        return keys.getKeyManagers();
    }

    private static TrustManager[] trusting(List<X509Certificate> authorities)
            throws IOException, GeneralSecurityException {
        KeyStore store = emptyStore();
        for (int i = 0; i < authorities.size(); i++) {
            store.setCertificateEntry("authority " + i, authorities.get(i));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        return trust.getTrustManagers();
    }

    private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }

    /** Null stands for the JDK's defaults: no certificate, and the authorities that come with the JDK. */
    private static SSLContext context(KeyManager @Nullable [] own, TrustManager @Nullable [] trusted) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own, trusted, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no TLS; use one that has the provider SunJSSE", e);
        }
    }

    @Override
    public TlsStream connect() throws IOException {
        return client.client(TcpStream.connect(address.host(), address.port()), address.host());
    }

    @Override
    StreamServer serveOn(@Nullable LoopGroup group, StreamHandler<ByteStream> handler) throws IOException {
        if (!hasCertificate) {
            throw new IllegalStateException(
                    "\"" + this + "\" can only connect; to serve, add" + " :certificate=FILE:key=FILE with PEM files");
        }
        TcpServer.Builder builder = TcpServer.builder().backlog(backlog);
        if (group != null) {
            builder.loops(group);
        }
        return builder.start(address.local(), socket -> {
            try (TlsStream stream = server.server(socket)) {
                handler.serve(stream);
            }
        });
    }
}
