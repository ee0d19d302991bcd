package dev.weft.io.automatic;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.weft.Loop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import javax.net.ssl.SSLContext;

/** The JDK's own server, a greenlet for each request. The thread that accepts and selects is the server's own. */
final class JdkServer implements RunningServer {
    private final HttpServer server;

    private JdkServer(HttpServer server, Loop loop, Site site) {
        this.server = server;
        server.setExecutor(loop.executor());
        server.createContext("/", exchange -> serve(exchange, site));
        server.start();
    }

    static JdkServer plain(Loop loop, Site site) throws IOException {
        return new JdkServer(HttpServer.create(address(), 1024), loop, site);
    }

    static JdkServer tls(Loop loop, Site site, SSLContext identity) throws IOException {
        HttpsServer server = HttpsServer.create(address(), 1024);
        server.setHttpsConfigurator(new HttpsConfigurator(identity));
        return new JdkServer(server, loop, site);
    }

    private static InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static void serve(HttpExchange exchange, Site site) throws IOException {
        try (exchange) {
            byte[] answer = site.answer(exchange.getRequestURI().getPath(), exchange.getRequestBody());
            exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    @Override
    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public URI page(String path) {
        return URI.create((server instanceof HttpsServer ? "https" : "http") + "://127.0.0.1:" + port() + path);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
