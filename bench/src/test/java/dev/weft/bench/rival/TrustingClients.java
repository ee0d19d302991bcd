package dev.weft.bench.rival;

import dev.weft.bench.load.TrustingContext;
import java.io.IOException;
import java.net.InetAddress;
import javax.net.ssl.SSLSocketFactory;

/** Clients over TLS that accept every certificate. */
record TrustingClients(SSLSocketFactory sockets) {
    static TrustingClients create() {
        return new TrustingClients(TrustingContext.create().getSocketFactory());
    }

    TestClient connect(int port) throws IOException {
        return new TestClient(sockets.createSocket(InetAddress.getLoopbackAddress(), port));
    }
}
