package dev.weft.http;

import dev.weft.Awaitable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** A request. Must be used by the greenlet that handles it, or by others of its loop until the handler returns. */
public final class HttpRequest {
    private final ServerConnection connection;
    private final RequestHead head;
    private final RequestBody body;
    private final long number;
    private @Nullable String id;
    private @Nullable HttpQuery query;
    private Map<String, String> pathVariables = Map.of();

    HttpRequest(ServerConnection connection, RequestHead head, RequestBody body, long number) {
        this.connection = connection;
        this.head = head;
        this.body = body;
        this.number = number;
    }

    ServerLoop loop() {
        return connection.loop;
    }

    RequestHead head() {
        return head;
    }

    /** Returns the id: that of the header that the server was told to trust, or else a generated one. */
    public String id() {
        String known = id;
        if (known == null) {
            known = connection.loop.settings.requestIdOf(head.headers());
            if (known == null) {
                known = connection.loop.id(number);
            }
            id = known;
        }
        return known;
    }

    /** Returns the method, such as {@code GET}. Methods are case-sensitive. */
    public String method() {
        return head.method();
    }

    /** Returns the target as it was sent. */
    public String target() {
        return head.target();
    }

    /**
     * Returns the path: decoded, and without the query. It begins with a slash and has no dot segments; requests that have some
     * are answered with 400. For {@code OPTIONS *} it is an asterisk.
     */
    public String path() {
        return head.path();
    }

    /** Returns the path as it was sent. */
    String rawPath() {
        return head.rawPath();
    }

    /**
     * Returns the parameters of the query.
     *
     * @throws HttpException with 400 if an escape in it is malformed
     */
    public HttpQuery query() {
        HttpQuery known = query;
        if (known == null) {
            known = HttpQuery.parse(head.query());
            query = known;
        }
        return known;
    }

    /**
     * Returns the part of the path that the route names {@code name}.
     *
     * @throws IllegalArgumentException if the route has no such variable
     */
    public String pathVariable(String name) {
        @Nullable String value = pathVariables.get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "the route has no variable '" + name + "', only " + pathVariables.keySet());
        }
        return value;
    }

    /** Sets the variables, for routers. */
    void pathVariables(Map<String, String> variables) {
        pathVariables = variables;
    }

    /** Returns the header fields. */
    public HttpHeaders headers() {
        return head.headers();
    }

    /** Returns the body, which is empty if the request has none. */
    public RequestBody body() {
        return body;
    }

    /**
     * Returns the trailer fields.
     *
     * @throws IllegalStateException if the body has not been read to its end
     */
    public HttpHeaders trailers() {
        return body.trailers();
    }

    /** Returns the address of the peer, which may be a proxy. */
    public InetSocketAddress remoteAddress() {
        return connection.remoteAddress;
    }

    /** Returns the address to which the client has connected. */
    public InetSocketAddress localAddress() throws IOException {
        return connection.localAddress();
    }

    /** Returns whether the connection uses TLS. */
    public boolean isSecure() {
        return connection.loop.settings.tls() != null;
    }

    /** Returns the TLS session, with the certificates of a client that has sent some; empty without TLS. */
    public Optional<SSLSession> tlsSession() {
        return connection.tlsSession();
    }

    /**
     * Returns an awaitable that completes when the server begins to stop, for a handler that waits long and has an answer for that
     * case. What does not end within the grace of {@link HttpServer#stop} is killed.
     */
    public Awaitable<@Nullable Void> serverStopping() {
        return connection.loop.stopping();
    }

    /** Returns the version of the request. */
    public HttpVersion version() {
        return head.version();
    }

    @Override
    public String toString() {
        return method() + " " + target() + " (" + id() + ")";
    }
}
