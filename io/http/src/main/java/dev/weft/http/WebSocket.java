package dev.weft.http;

import dev.weft.Awaitable;
import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Weft;
import dev.weft.io.ByteStream;
import dev.weft.sync.ChannelFailed;
import dev.weft.sync.EndOfChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A connection that carries messages in both directions (RFC 6455, without extensions).
 *
 * <pre>{@code
 * router.get("/echo", WebSocket.handler(socket -> {
 *     while (socket.receive() instanceof WebSocketMessage.Text(String text)) {
 *         socket.send(text);
 *     }
 * }));
 * }</pre>
 *
 * <p>Must be used by greenlets of the connection's loop. Several may send at the same time; each message is sent whole. A send
 * waits while the client does not keep up, and the client has to wait while nobody receives: at most one message is held. A send that
 * is killed or times out after it has begun closes the connection.
 *
 * <p>Pings are answered, and a client that is silent is pinged; if it does not answer either, the connection fails. A client that
 * violates the protocol, sends text that is not UTF-8 or a message that is too long is told so with the close code of the RFC.
 *
 * <p>When the client closes, messages sent before are still received, and then {@code receive} and {@code send} throw {@link
 * WebSocketClosed}; the handler may return or let it pass. When the connection breaks, they throw another {@link IOException}. A
 * handler that does neither does not notice. When the handler returns, the connection is closed with code 1000, and when it throws,
 * with 1011. When the server stops, the connection is closed with code 1001, and what is left after the grace is killed.
 */
public final class WebSocket {
    private static final int NORMAL = 1000;
    private static final int GOING_AWAY = 1001;
    private static final int INTERNAL_ERROR = 1011;

    private final HttpRequest request;
    private final Optional<String> subprotocol;
    private final Settings settings;
    private final WebSocketOutput output;
    private final WebSocketReader reader;

    private WebSocket(HttpRequest request, Optional<String> subprotocol, Settings settings, ByteStream connection) {
        this.request = request;
        this.subprotocol = subprotocol;
        this.settings = settings;
        output = new WebSocketOutput(connection, settings.keepAlive);
        reader = new WebSocketReader(connection, output, settings);
    }

    /** Code that serves one connection. */
    @FunctionalInterface
    public interface Handler {
        /** Serves {@code socket}, in the greenlet of the connection; may wait. */
        void serve(WebSocket socket) throws Exception;
    }

    record Settings(
            int maxMessageBytes,
            Duration keepAlive,
            Duration closeGrace,
            List<String> subprotocols,
            Predicate<String> origins) {}

    /** Returns a handler of requests that accepts WebSockets with the default settings, and serves each with {@code handler}. */
    public static HttpHandler handler(Handler handler) {
        return builder().handler(handler);
    }

    /** Returns a builder for a handler with other settings. */
    public static Builder builder() {
        return new Builder();
    }

    private static void open(HttpRequest request, HttpResponse response, Settings settings, Handler handler)
            throws IOException {
        if (WebSocketHandshake.isValid(request, response, settings.origins)) {
            Optional<String> subprotocol = WebSocketHandshake.subprotocol(request, settings.subprotocols);
            subprotocol.ifPresent(name -> response.header("Sec-WebSocket-Protocol", name));
            response.header("Sec-WebSocket-Accept", WebSocketHandshake.accept(request));
            response.upgrade("websocket", new Upgrade(request, subprotocol, settings, handler));
        }
    }

    /** The part of a WebSocket that the server calls. */
    private static final class Upgrade implements HttpResponse.Upgraded {
        private final HttpRequest request;
        private final Optional<String> subprotocol;
        private final Settings settings;
        private final Handler handler;

        Upgrade(HttpRequest request, Optional<String> subprotocol, Settings settings, Handler handler) {
            this.request = request;
            this.subprotocol = subprotocol;
            this.settings = settings;
            this.handler = handler;
        }

        @Override
        public void serve(ByteStream connection) throws Exception {
            new WebSocket(request, subprotocol, settings, connection).serve(handler);
        }
    }

    private void serve(Handler handler) throws Exception {
        Weft.<Exception>scope(scope -> {
            scope.spawn("read " + this, reader::run);
            scope.spawn("stop " + this, () -> {
                Weft.await(request.serverStopping());
                goAway();
            });
            try {
                handler.serve(this);
                close(NORMAL, "");
            } catch (Cancelled e) {
                Weft.shield(this::goAway);
                throw e;
            } catch (IOException e) {
                closeAfter(e);
                throw e;
            } catch (Exception e) {
                close(INTERNAL_ERROR, "");
                throw e;
            } finally {
                scope.cancel("the handler has ended");
            }
        });
    }

    private void goAway() {
        try {
            output.close(GOING_AWAY, "");
        } catch (IOException | DeadlineExceeded e) {
            // The client has left, or does not read.
        }
    }

    /** Returns the request with which the client has opened the connection. */
    public HttpRequest request() {
        return request;
    }

    /** Returns the subprotocol that was agreed upon. */
    public Optional<String> subprotocol() {
        return subprotocol;
    }

    /**
     * Waits for the next message.
     *
     * @throws WebSocketClosed if the client or this side has closed the connection
     * @throws IOException if the connection broke, or the client has vanished or violated the protocol
     */
    public WebSocketMessage receive() throws IOException {
        try {
            return reader.inbox().receive();
        } catch (EndOfChannel e) {
            throw closed();
        } catch (ChannelFailed e) {
            throw new IOException(Objects.requireNonNull(e.getCause()).getMessage(), e);
        }
    }

    /** Returns the awaitable form of {@link #receive}, for a select: it completes with nothing at the end, and fails as a channel. */
    public Awaitable<Optional<WebSocketMessage>> receivingOrEnd() {
        return reader.inbox().receivingOrEnd();
    }

    /**
     * Sends {@code text} as a message, waiting while the client does not keep up.
     *
     * @throws WebSocketClosed if the client or this side has closed the connection
     * @throws IOException if the connection broke
     */
    public void send(String text) throws IOException {
        send(WebSocketFrame.TEXT, StandardCharsets.UTF_8.encode(text));
    }

    /** As {@link #send(String)}, for the remaining bytes of {@code bytes}, which must not be changed until this returns. */
    public void send(ByteBuffer bytes) throws IOException {
        send(WebSocketFrame.BINARY, bytes);
    }

    private void send(int opcode, ByteBuffer payload) throws IOException {
        if (output.isClosed()) {
            throw closed();
        }
        output.message(opcode, payload);
    }

    private WebSocketClosed closed() {
        WebSocketClosed byClient = reader.closed();
        return byClient == null
                ? new WebSocketClosed(NORMAL, "by the server")
                : new WebSocketClosed(byClient.code(), byClient.reason());
    }

    /** Closes the connection with code 1000; as {@link #close(int, String)}. */
    public void close() throws IOException {
        close(NORMAL, "");
    }

    /**
     * Closes the connection: sends a close frame, and waits a few seconds for that of the client. Messages that the client has sent
     * are discarded. Has no effect if the connection is closed.
     *
     * @param code the status code, such as 1000, or from 3000 to 4999 (RFC 6455, section 7.4)
     * @param reason at most 123 bytes of UTF-8
     * @throws IllegalArgumentException if {@code code} or {@code reason} is not valid
     */
    public void close(int code, String reason) throws IOException {
        if (!WebSocketReader.isValid(code)) {
            throw new IllegalArgumentException(
                    "the code must be from 1000 to 1014 or from 3000 to 4999, and be one that" + " may be sent: "
                            + code);
        }
        if (!WebSocketOutput.fits(reason)) {
            throw new IllegalArgumentException("the reason must have at most 123 bytes in UTF-8: " + reason);
        }
        reader.discard();
        try {
            output.close(code, reason);
        } catch (ClosedChannelException e) {
            return; // the connection is closed
        }
        reader.awaitEnd(settings.closeGrace);
    }

    /** Ends the connection after a failure that may be its own. */
    private void closeAfter(IOException failure) {
        try {
            close(INTERNAL_ERROR, "");
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    @Override
    public String toString() {
        return "WebSocket of " + request.path();
    }

    /** A builder for handlers that accept WebSockets. Not thread-safe. */
    public static final class Builder {
        private static final int MEBIBYTE = 1 << 20;

        private int maxMessageBytes = MEBIBYTE;
        private Duration keepAlive = Duration.ofSeconds(30);
        private Duration closeGrace = Duration.ofSeconds(5);
        private List<String> subprotocols = List.of();
        private Predicate<String> origins = origin -> true;

        private Builder() {}

        /** Sets the longest message that is accepted; 1 MiB by default. */
        public Builder maxMessageBytes(int bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("the longest message must have at least one byte: " + bytes);
            }
            maxMessageBytes = bytes;
            return this;
        }

        /**
         * Sets after what time of silence a client is pinged, and how long it may take to answer, or to take a message; 30 seconds by
         * default.
         */
        public Builder keepAlive(Duration time) {
            keepAlive = requirePositive(time);
            return this;
        }

        /** Sets how long a close waits for the client's close frame; 5 seconds by default. */
        public Builder closeGrace(Duration time) {
            closeGrace = requirePositive(time);
            return this;
        }

        private static Duration requirePositive(Duration time) {
            if (time.isNegative() || time.isZero()) {
                throw new IllegalArgumentException("a time must be positive: " + time);
            }
            return time;
        }

        /** Sets the subprotocols that the handler speaks, the preferred one first; none by default. */
        public Builder subprotocols(String... names) {
            subprotocols = List.of(names);
            return this;
        }

        /**
         * Sets from pages of which origins browsers may connect, such as {@code https://example.com}; from all by default. Browsers
         * send cookies along and do not restrict connections to the page's own origin, so a handler that trusts cookies must.
         */
        public Builder origins(Predicate<String> allowed) {
            origins = Objects.requireNonNull(allowed, "allowed");
            return this;
        }

        /** Returns a handler of requests that accepts WebSockets, and serves each with {@code handler}. */
        public HttpHandler handler(Handler handler) {
            Objects.requireNonNull(handler, "handler");
            Settings settings = new Settings(maxMessageBytes, keepAlive, closeGrace, subprotocols, origins);
            return (request, response) -> open(request, response, settings, handler);
        }
    }
}
