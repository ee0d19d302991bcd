package dev.weft.bench.rival;

import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Clients over TLS that accept every certificate. */
record TrustingClients(SSLContext context) {
    static TrustingClients create() {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(null, new TrustManager[] {new Trusting()}, new SecureRandom());
            return new TrustingClients(context);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    TestClient connect(int port) throws IOException {
        return new TestClient(context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port));
    }

    private static final class Trusting implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authenticationType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authenticationType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
