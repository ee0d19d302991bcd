package dev.weft.http;

import dev.weft.LoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import javax.net.ssl.SSLContext;

/**
 * An HTTP/1.1 server with a greenlet per connection.
 *
 * <pre>{@code
 * Weft.run(() -> {
 *     HttpServer server = HttpServer.start("127.0.0.1", 8080, (request, response) -> response.send("Hello, World!"));
 *     server.join();
 * });
 * }</pre>
 */
@SuppressWarnings("DoNotCallSuggester") // a skeleton
public final class HttpServer implements AutoCloseable {
    private HttpServer() {}

    /** Starts a server on {@code port} of {@code host} with the default settings. Must be called by a greenlet. */
    public static HttpServer start(String host, int port, HttpHandler handler) throws IOException {
        return builder().start(host, port, handler);
    }

    /** Returns a builder for a server with non-default settings. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns the port on which this server listens. */
    public int port() {
        throw new UnsupportedOperationException();
    }

    /** Returns counts of what the server has done. Any thread. */
    public HttpStatistics statistics() {
        throw new UnsupportedOperationException();
    }

    /** Waits until the server is stopped or closed and no longer accepts. A greenlet is suspended; a thread blocks. */
    public void join() {
        throw new UnsupportedOperationException();
    }

    /**
     * Stops the server: no more connections are accepted, idle ones are closed at once, and requests that were read are answered
     * with {@code Connection: close}. After {@code grace}, those that remain are killed. Returns when all have ended. A greenlet
     * is suspended; a thread blocks.
     *
     * @return the number of requests that were killed
     */
    public int stop(Duration grace) {
        throw new UnsupportedOperationException();
    }

    /** Stops accepting and kills all connections, without waiting for them to end. Any thread. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }

    /** A builder for servers. Not thread-safe. */
    public static final class Builder {
        private Builder() {}

        /** Serves on all loops of {@code group}, each connection on one of them. By default, only on the loop that starts. */
        public Builder loops(LoopGroup group) {
            throw new UnsupportedOperationException();
        }

        /** Serves HTTPS with the certificates of {@code context}. */
        public Builder tls(SSLContext context) {
            throw new UnsupportedOperationException();
        }

        /** Sets the limits; those of {@link HttpLimits#defaults} by default. */
        public Builder limits(HttpLimits limits) {
            throw new UnsupportedOperationException();
        }

        /** Sets who is told of each request; nobody by default. */
        public Builder accessLog(AccessLog log) {
            throw new UnsupportedOperationException();
        }

        /** Sets the time that a handler may take; then it is cancelled, and the answer is 503. Unlimited by default. */
        public Builder requestTimeout(Duration timeout) {
            throw new UnsupportedOperationException();
        }

        /**
         * Names a header by which a client may shorten the time of its request, in milliseconds. By default there is none.
         */
        public Builder timeoutHeader(String name) {
            throw new UnsupportedOperationException();
        }

        /**
         * Names a header from which the id of a request is taken, if its value has at most 128 visible ASCII characters; it is
         * sent back in the same header. By default, ids are generated.
         */
        public Builder requestIdHeader(String name) {
            throw new UnsupportedOperationException();
        }

        /** As {@link #start(InetSocketAddress, HttpHandler)}, for a host name or a textual IP address. */
        public HttpServer start(String host, int port, HttpHandler handler) throws IOException {
            throw new UnsupportedOperationException();
        }

        /**
         * Starts the server. Must be called by a greenlet.
         *
         * @param address the address to listen on; port 0 selects a free port
         * @throws java.net.BindException if the address is in use or is not local to this machine
         */
        public HttpServer start(InetSocketAddress address, HttpHandler handler) throws IOException {
            throw new UnsupportedOperationException();
        }
    }
}
