package dev.weft.bench.rival;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** What a server must do for its clients, as they see it, and for its upstream, which this is as well. */
abstract class ServiceContract implements AutoCloseable {
    /** Connections that are busy at once. */
    static final int MANY = 50;

    static ServiceContract of(Service service) throws IOException {
        return switch (service) {
            case ECHO -> new EchoContract(TestClient::new);
            case TLS -> new EchoContract(TrustingClients.create()::connect);
            case HTTP -> new HttpContract();
            case BACKEND -> new GatewayContract(1);
            case BACKENDS -> new GatewayContract(3);
            case PROXY -> new ProxyContract();
        };
    }

    /** Where the server finds the service behind it. */
    @Nullable InetSocketAddress upstream() {
        return null;
    }

    /** Fails unless the server on {@code port} keeps the contract. */
    abstract void verify(int port) throws Exception;

    @Override
    public void close() throws IOException {}
}
