package dev.weft.http;

import java.time.Duration;
import java.util.Objects;

/**
 * What a client may use of a {@linkplain HttpServer server}. A violation is answered where an answer can still be sent, and ends
 * the connection:
 *
 * <table>
 * <caption>Limits</caption>
 * <tr><th>limit</th><th>default</th><th>answer</th></tr>
 * <tr><td>{@code requestLine}</td><td>8 KiB</td><td>414</td></tr>
 * <tr><td>{@code headerCount}, {@code headerBytes}</td><td>100, 16 KiB</td><td>431</td></tr>
 * <tr><td>{@code bodyBytes}</td><td>10 MiB</td><td>413</td></tr>
 * <tr><td>{@code headerDeadline}, from the first byte to the last one of a head</td><td>10 s</td><td>408</td></tr>
 * <tr><td>{@code idleDeadline}, between two requests</td><td>60 s</td><td>none</td></tr>
 * <tr><td>{@code bodyBytesPerSecond}, after {@code bodyGrace}, for a body in either direction</td><td>240, 5 s</td>
 *     <td>408, or none while sending</td></tr>
 * <tr><td>{@code connections}</td><td>10,000</td><td>further ones wait in the backlog</td></tr>
 * <tr><td>{@code requestsPerConnection}</td><td>unlimited</td><td>the last answer says {@code Connection: close}</td></tr>
 * </table>
 *
 * <p>In HTTP/2, a violation ends only the request, unless the client is too slow to send its first one. There, {@code requestLine} is
 * for method and target, {@code headerBytes} counts 32 bytes more for each field, and {@code idleDeadline} is for a connection without a
 * request, whatever else the client sends.
 *
 * @param requestLine the bytes of a request line
 * @param headerCount the fields of a header section
 * @param headerBytes the bytes of a header section, and of the trailer section together with it
 * @param bodyBytes the bytes of a request's body
 * @param unreadBytes how much of a body that a handler has left unread is discarded to keep the connection
 * @param connections the open connections of a server
 * @param requestsPerConnection the requests of a connection
 * @param headerDeadline the time for a request's head
 * @param idleDeadline the time that a connection without a request is kept
 * @param bodyBytesPerSecond the average rate below which a body is given up
 * @param bodyGrace the time that a body may take in addition
 */
public record HttpLimits(
        int requestLine,
        int headerCount,
        int headerBytes,
        long bodyBytes,
        int unreadBytes,
        int connections,
        int requestsPerConnection,
        Duration headerDeadline,
        Duration idleDeadline,
        int bodyBytesPerSecond,
        Duration bodyGrace) {
    private static final HttpLimits DEFAULT = new HttpLimits(
            8 << 10,
            100,
            16 << 10,
            10 << 20,
            64 << 10,
            10_000,
            Integer.MAX_VALUE,
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            240,
            Duration.ofSeconds(5));

    /** Checks the values. */
    public HttpLimits {
        positive(requestLine, "requestLine");
        positive(headerCount, "headerCount");
        positive(headerBytes, "headerBytes");
        notNegative(bodyBytes, "bodyBytes");
        notNegative(unreadBytes, "unreadBytes");
        positive(connections, "connections");
        positive(requestsPerConnection, "requestsPerConnection");
        positive(headerDeadline, "headerDeadline");
        positive(idleDeadline, "idleDeadline");
        positive(bodyBytesPerSecond, "bodyBytesPerSecond");
        positive(bodyGrace, "bodyGrace");
    }

    /** Returns the default limits. */
    public static HttpLimits defaults() {
        return DEFAULT;
    }

    /** Returns a builder that starts with the {@linkplain #defaults default limits}. */
    public static Builder builder() {
        return new Builder();
    }

    private static void positive(int value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1: " + value);
        }
    }

    private static void notNegative(long value, String name) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " must not be negative: " + value);
        }
    }

    private static void positive(Duration value, String name) {
        if (!Objects.requireNonNull(value, name).isPositive()) {
            throw new IllegalArgumentException(name + " must be positive: " + value);
        }
    }

    /** A builder of limits. Not thread-safe. */
    public static final class Builder {
        private int requestLine = DEFAULT.requestLine;
        private int headerCount = DEFAULT.headerCount;
        private int headerBytes = DEFAULT.headerBytes;
        private long bodyBytes = DEFAULT.bodyBytes;
        private int unreadBytes = DEFAULT.unreadBytes;
        private int connections = DEFAULT.connections;
        private int requestsPerConnection = DEFAULT.requestsPerConnection;
        private Duration headerDeadline = DEFAULT.headerDeadline;
        private Duration idleDeadline = DEFAULT.idleDeadline;
        private int bodyBytesPerSecond = DEFAULT.bodyBytesPerSecond;
        private Duration bodyGrace = DEFAULT.bodyGrace;

        private Builder() {}

        /** Sets the bytes of a request line. */
        public Builder requestLine(int bytes) {
            requestLine = bytes;
            return this;
        }

        /** Sets the number of header fields, and their bytes. */
        public Builder headers(int count, int bytes) {
            headerCount = count;
            headerBytes = bytes;
            return this;
        }

        /** Sets the bytes of a request's body. */
        public Builder body(long bytes) {
            bodyBytes = bytes;
            return this;
        }

        /** Sets how much of a body that a handler has left unread is discarded to keep the connection. */
        public Builder unread(int bytes) {
            unreadBytes = bytes;
            return this;
        }

        /** Sets the number of open connections. */
        public Builder connections(int count) {
            connections = count;
            return this;
        }

        /** Sets the number of requests on a connection. */
        public Builder requestsPerConnection(int count) {
            requestsPerConnection = count;
            return this;
        }

        /** Sets the time for a request's head. */
        public Builder headerDeadline(Duration time) {
            headerDeadline = time;
            return this;
        }

        /** Sets the time that a connection without a request is kept. */
        public Builder idleDeadline(Duration time) {
            idleDeadline = time;
            return this;
        }

        /** Sets the average rate below which a body is given up, and the time that it may take in addition. */
        public Builder bodyRate(int bytesPerSecond, Duration grace) {
            bodyBytesPerSecond = bytesPerSecond;
            bodyGrace = grace;
            return this;
        }

        /**
         * Returns the limits.
         *
         * @throws IllegalArgumentException if a value is out of range
         */
        public HttpLimits build() {
            return new HttpLimits(
                    requestLine,
                    headerCount,
                    headerBytes,
                    bodyBytes,
                    unreadBytes,
                    connections,
                    requestsPerConnection,
                    headerDeadline,
                    idleDeadline,
                    bodyBytesPerSecond,
                    bodyGrace);
        }
    }
}
