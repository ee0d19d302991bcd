package dev.weft.http;

import dev.weft.DeadlineExceeded;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.io.TcpServer;
import dev.weft.io.TcpStream;
import dev.weft.io.names.HostNames;
import dev.weft.io.tls.Tls;
import dev.weft.io.tls.TlsStream;
import dev.weft.lowlevel.Suspension;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A server of HTTP/1.1 (RFC 9112) and HTTP/2 (RFC 9113) with a greenlet per connection, and in HTTP/2 for each request.
 *
 * <pre>{@code
 * Weft.run(() -> {
 *     HttpServer server = HttpServer.start("127.0.0.1", 8080, (request, response) -> response.send("Hello, World!"));
 *     server.join();
 * });
 * }</pre>
 *
 * <p>Connections are kept alive and requests may be pipelined; a client that sends {@code Expect: 100-continue} is asked to
 * continue when the handler first reads the body. {@link HttpLimits} bound what a client can use. A request whose end is
 * ambiguous (both {@code Content-Length} and {@code Transfer-Encoding}, several lengths, folded or malformed lines) is answered
 * with 400, and the connection is closed, so that no second request can be smuggled in. An idle connection holds no buffer.
 *
 * <p>A client that leaves while its handler runs is noticed within a tenth of a second, and cancels the handler; so does one that
 * shuts down its side of the connection. Behind 64 KiB of pipelined requests it is noticed later.
 *
 * <p>{@link Builder#start} must be called by a greenlet. {@link #stop}, {@link #close}, {@link #port} and {@link #statistics} may
 * be called by any thread.
 */
public final class HttpServer implements AutoCloseable {
    static {
        Suspension.spawnsForOthers(HttpServer.class);
        Suspension.belongsToRuntime(HttpServer.class);
    }

    private static final String HTTP_1 = "http/1.1"; // as TLS names them
    private static final String HTTP_2 = "h2";

    private final ServerSettings settings;
    private final Map<Loop, ServerLoop> loops;
    private final TcpServer server;

    private HttpServer(ServerSettings settings, @Nullable LoopGroup group, int backlog, Opening opening)
            throws IOException {
        this.settings = settings;
        TcpServer.Builder builder = TcpServer.builder()
                .gatheredWrites()
                .backlog(backlog)
                .maxConnections(settings.limits().connections());
        if (group == null) {
            loops = statesOf(List.of(Loop.current()));
        } else {
            loops = statesOf(group.loops());
            builder.loops(group);
        }
        server = opening.start(builder, this::serve);
    }

    private interface Opening {
        TcpServer start(TcpServer.Builder builder, TcpServer.Handler serving) throws IOException;
    }

    private Map<Loop, ServerLoop> statesOf(List<Loop> all) {
        Map<Loop, ServerLoop> states = new LinkedHashMap<>();
        String start = Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36) + "-";
        for (Loop loop : all) {
            states.put(loop, new ServerLoop(loop, settings, start + states.size() + "-"));
        }
        return states;
    }

    /** Starts a server on {@code port} of {@code host} with the default settings. Must be called by a greenlet. */
    public static HttpServer start(String host, int port, HttpHandler handler) throws IOException {
        return builder().start(host, port, handler);
    }

    /** Returns a builder for a server with non-default settings. */
    public static Builder builder() {
        return new Builder();
    }

    private void serve(TcpStream socket) throws Exception {
        ServerLoop loop = Objects.requireNonNull(loops.get(Loop.current()));
        Tls tls = settings.tls();
        if (tls == null) {
            new Http1Connection(socket, loop).serve();
        } else {
            try (TlsStream secure = secured(tls, socket)) {
                serveSecure(secure, loop);
            }
        }
    }

    private static void serveSecure(TlsStream secure, ServerLoop loop) throws Exception {
        if (secure.applicationProtocol().filter(HTTP_2::equals).isPresent()) {
            new Http2Connection(secure, loop).serve(ByteBuffer.allocate(0));
        } else {
            new Http1Connection(secure, loop).serve();
        }
    }

    private static TlsStream secured(Tls tls, TcpStream socket) throws IOException {
        try {
            return tls.server(socket);
        } catch (DeadlineExceeded e) {
            throw new IOException("the handshake took too long", e); // ends only this connection
        }
    }

    /** Returns the port on which this server listens. */
    public int port() {
        return server.port();
    }

    /** Returns counts of what the server has done. Any thread. */
    public HttpStatistics statistics() {
        HttpStatistics sum = new HttpStatistics(server.connections(), 0, 0, 0, 0, 0);
        for (ServerLoop loop : loops.values()) {
            sum = sum.plus(loop.statistics());
        }
        return sum;
    }

    /** Waits until the server is stopped or closed and no longer accepts. A greenlet is suspended; a thread blocks. */
    public void join() {
        server.join();
    }

    /**
     * Stops the server: no more connections are accepted, idle ones are closed at once, and requests that were read are answered
     * with {@code Connection: close}. After {@code grace}, those that remain are killed. Returns when all have ended. A greenlet
     * is suspended; a thread blocks.
     *
     * @return the number of requests that were killed
     */
    public int stop(Duration grace) {
        Objects.requireNonNull(grace, "grace");
        tellLoops(ServerLoop::drain);
        server.stop(grace);
        tellLoops(ServerLoop::close);
        return loops.values().stream().mapToInt(ServerLoop::killed).sum();
    }

    /** Stops accepting and kills all connections, without waiting for them to end. Any thread. */
    @Override
    public void close() {
        server.close();
        tellLoops(ServerLoop::close);
    }

    private void tellLoops(Consumer<ServerLoop> event) {
        loops.forEach((loop, state) -> Suspension.tell(loop, () -> event.accept(state)));
    }

    @Override
    public String toString() {
        return "HTTP " + server;
    }

    /** A builder for servers. Not thread-safe. */
    public static final class Builder {
        private HttpLimits limits = HttpLimits.defaults();
        private @Nullable LoopGroup loops;
        private int backlog = 1024;
        private @Nullable Tls tls;
        private boolean http2 = true;
        private @Nullable AccessLog accessLog;
        private @Nullable Duration requestTimeout;
        private @Nullable String timeoutHeader;
        private @Nullable String requestIdHeader;

        private Builder() {}

        /** Serves on all loops of {@code group}, each connection on one of them. By default, only on the loop that starts. */
        public Builder loops(LoopGroup group) {
            loops = Objects.requireNonNull(group, "group");
            return this;
        }

        /**
         * Sets how many connections may wait in the operating system to be accepted; 1024 by default. The operating system has
         * its own limit.
         */
        public Builder backlog(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("backlog must be at least 1: " + count);
            }
            backlog = count;
            return this;
        }

        /** Serves HTTPS with the certificates of {@code context}. */
        public Builder tls(SSLContext context) {
            return tls(Tls.of(context));
        }

        /** Serves HTTPS as {@code tls} says. */
        public Builder tls(Tls tls) {
            this.tls = Objects.requireNonNull(tls, "tls");
            return this;
        }

        /** Serves HTTP/1.1 only; by default, clients that speak HTTP/2 may use it. */
        public Builder http1Only() {
            http2 = false;
            return this;
        }

        /** Sets the limits; those of {@link HttpLimits#defaults} by default. */
        public Builder limits(HttpLimits limits) {
            this.limits = Objects.requireNonNull(limits, "limits");
            return this;
        }

        /** Sets who is told of each request; nobody by default. */
        public Builder accessLog(AccessLog log) {
            accessLog = Objects.requireNonNull(log, "log");
            return this;
        }

        /** Sets the time that a handler may take; then it is cancelled, and the answer is 503. Unlimited by default. */
        public Builder requestTimeout(Duration timeout) {
            if (!timeout.isPositive()) {
                throw new IllegalArgumentException("timeout must be positive: " + timeout);
            }
            requestTimeout = timeout;
            return this;
        }

        /**
         * Names a header by which a client may shorten the time of its request, in milliseconds. By default there is none.
         */
        public Builder timeoutHeader(String name) {
            timeoutHeader = FieldSyntax.requireName(name);
            return this;
        }

        /**
         * Names a header from which the id of a request is taken, if its value has at most 128 visible ASCII characters; it is
         * sent back in the same header. By default, ids are generated.
         */
        public Builder requestIdHeader(String name) {
            requestIdHeader = FieldSyntax.requireName(name);
            return this;
        }

        /**
         * As {@link #start(InetSocketAddress, HttpHandler)}, for a host name or a textual IP address. Suspends the greenlet while a
         * name is looked up.
         */
        public HttpServer start(String host, int port, HttpHandler handler) throws IOException {
            return start(new InetSocketAddress(HostNames.lookUp(host).getFirst(), port), handler);
        }

        /**
         * Starts the server. Must be called by a greenlet.
         *
         * @param address the address to listen on; port 0 selects a free port
         * @throws java.net.BindException if the address is in use or is not local to this machine
         */
        public HttpServer start(InetSocketAddress address, HttpHandler handler) throws IOException {
            return start((server, serving) -> server.start(address, serving), handler);
        }

        /**
         * As {@link #start(InetSocketAddress, HttpHandler)}, for a channel that already listens, such as {@link
         * System#inheritedChannel}. The server owns it.
         *
         * @throws java.nio.channels.NotYetBoundException if {@code listening} is not bound
         */
        public HttpServer start(ServerSocketChannel listening, HttpHandler handler) throws IOException {
            return start((server, serving) -> server.start(listening, serving), handler);
        }

        private @Nullable Tls negotiating() {
            if (tls == null) {
                return null;
            }
            return http2 ? tls.applicationProtocols(HTTP_2, HTTP_1) : tls.applicationProtocols(HTTP_1);
        }

        private HttpServer start(Opening opening, HttpHandler handler) throws IOException {
            Objects.requireNonNull(handler, "handler");
            Weft.offload(WarmUp::run);
            if (http2) {
                Weft.offload(WarmUp::runHttp2);
            }
            ServerSettings settings = new ServerSettings(
                    handler, limits, negotiating(), http2, accessLog, requestTimeout, timeoutHeader, requestIdHeader);
            return new HttpServer(settings, loops, backlog, opening);
        }
    }
}
