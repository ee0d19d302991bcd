package dev.weft.http;

import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request. Must be used by the greenlet that handles it, or by others of its loop until the handler returns. */
@SuppressWarnings("DoNotCallSuggester") // a skeleton
public final class HttpRequest {
    private Map<String, String> pathVariables = Map.of();

    HttpRequest() {}

    /** Returns the id: that of the header that the server was told to trust, or else a generated one. */
    public String id() {
        throw new UnsupportedOperationException();
    }

    /** Returns the method, such as {@code GET}. Methods are case-sensitive. */
    public String method() {
        throw new UnsupportedOperationException();
    }

    /** Returns the target as it was sent. */
    public String target() {
        throw new UnsupportedOperationException();
    }

    /**
     * Returns the path: decoded, and without the query. It begins with a slash and has no dot segments; requests that have some
     * are answered with 400. For {@code OPTIONS *} it is an asterisk.
     */
    public String path() {
        throw new UnsupportedOperationException();
    }

    /**
     * Returns the parameters of the query.
     *
     * @throws HttpException with 400 if an escape in it is malformed
     */
    public HttpQuery query() {
        throw new UnsupportedOperationException();
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
        throw new UnsupportedOperationException();
    }

    /** Returns the body, which is empty if the request has none. */
    public RequestBody body() {
        throw new UnsupportedOperationException();
    }

    /**
     * Returns the trailer fields.
     *
     * @throws IllegalStateException if the body has not been read to its end
     */
    public HttpHeaders trailers() {
        throw new UnsupportedOperationException();
    }

    /** Returns the address of the peer, which may be a proxy. */
    public InetSocketAddress remoteAddress() {
        throw new UnsupportedOperationException();
    }

    /** Returns whether the connection uses TLS. */
    public boolean isSecure() {
        throw new UnsupportedOperationException();
    }

    /** Returns the version of the request. */
    public HttpVersion version() {
        throw new UnsupportedOperationException();
    }
}
