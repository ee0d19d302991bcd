package dev.weft.http.jdk;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A server for HTTPS. */
final class WeftHttpsServer extends HttpsServer {
    private final WeftHttpServer server = new WeftHttpServer(this);

    @Override
    public void bind(InetSocketAddress address, int backlog) throws IOException {
        server.bind(address, backlog);
    }

    @Override
    public void start() {
        if (server.getHttpsConfigurator() == null) {
            throw new IllegalStateException("a server for HTTPS needs certificates; call setHttpsConfigurator first");
        }
        server.start();
    }

    @Override
    public void setHttpsConfigurator(HttpsConfigurator configurator) {
        server.setHttpsConfigurator(configurator);
    }

    @Override
    public @Nullable HttpsConfigurator getHttpsConfigurator() {
        return server.getHttpsConfigurator();
    }

    @Override
    public void setExecutor(@Nullable Executor executor) {
        server.setExecutor(executor);
    }

    @Override
    public @Nullable Executor getExecutor() {
        return server.getExecutor();
    }

    @Override
    public void stop(int delay) {
        server.stop(delay);
    }

    @Override
    public HttpContext createContext(String path, HttpHandler handler) {
        return server.createContext(path, handler);
    }

    @Override
    public HttpContext createContext(String path) {
        return server.createContext(path);
    }

    @Override
    public void removeContext(String path) {
        server.removeContext(path);
    }

    @Override
    public void removeContext(HttpContext context) {
        server.removeContext(context);
    }

    @Override
    public @Nullable InetSocketAddress getAddress() {
        return server.getAddress();
    }

    @Override
    public String toString() {
        return server.toString();
    }
}
