package dev.weft.http.jdk;

import com.sun.net.httpserver.Authenticator;
import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What serves the paths that begin with its own. Any thread. */
final class WeftHttpContext extends HttpContext {
    private final HttpServer server;
    private final String path;
    private final AtomicReference<@Nullable HttpHandler> handler;
    private final AtomicReference<@Nullable Authenticator> authenticator = new AtomicReference<>();
    private final Map<String, Object> attributes = new ConcurrentHashMap<>();
    private final List<Filter> filters = new CopyOnWriteArrayList<>();

    WeftHttpContext(HttpServer server, String path, @Nullable HttpHandler handler) {
        this.server = server;
        this.path = path;
        this.handler = new AtomicReference<>(handler);
    }

    @Override
    public @Nullable HttpHandler getHandler() {
        return handler.get();
    }

    @Override
    public void setHandler(HttpHandler handler) {
        Objects.requireNonNull(handler, "handler");
        if (!this.handler.compareAndSet(null, handler)) {
            throw new IllegalArgumentException("the context " + path + " has a handler");
        }
    }

    @Override
    public String getPath() {
        return path;
    }

    @Override
    public HttpServer getServer() {
        return server;
    }

    @Override
    public Map<String, Object> getAttributes() {
        return attributes;
    }

    @Override
    public List<Filter> getFilters() {
        return filters;
    }

    @Override
    public @Nullable Authenticator setAuthenticator(@Nullable Authenticator authenticator) {
        return this.authenticator.getAndSet(authenticator);
    }

    @Override
    public @Nullable Authenticator getAuthenticator() {
        return authenticator.get();
    }
}
