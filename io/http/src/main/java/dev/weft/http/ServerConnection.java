package dev.weft.http;

import dev.weft.io.ByteStream;
import dev.weft.io.tls.TlsStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/** A connection, as its loop and the requests on it see it. Confined to the loop. */
abstract sealed class ServerConnection permits Http1Connection, Http2Connection {
    /** How long a connection that ends may go on to be written and read. */
    static final Duration LINGER = Duration.ofSeconds(1);

    final ServerLoop loop;
    final InetSocketAddress remoteAddress;
    final ByteStream stream;
    int index; // among the connections of the loop

    ServerConnection(ByteStream stream, ServerLoop loop) throws IOException {
        this.stream = stream;
        this.loop = loop;
        remoteAddress = (InetSocketAddress) stream.remoteAddress();
    }

    /** Makes the connection end: at once if it is idle, otherwise after the responses to what it has read. Must not wait. */
    abstract void drain();

    /** Called now and then, so that it notices when the client leaves while a handler runs. Must not wait. */
    abstract void watchIfSlow();

    final InetSocketAddress localAddress() throws IOException {
        return (InetSocketAddress) stream.localAddress();
    }

    final Optional<SSLSession> tlsSession() {
        return stream instanceof TlsStream tls ? Optional.of(tls.session()) : Optional.empty();
    }

    final HttpLimits limits() {
        return loop.settings.limits();
    }

    /** Throws with 413 unless a body may have {@code bytes}. */
    final void checkBodySize(long bytes) {
        if (bytes > limits().bodyBytes()) {
            throw new HttpException(413, "the body is longer than " + limits().bodyBytes() + " bytes");
        }
    }

    /** Returns how long {@code bytes} of a body may take. */
    final Duration timeFor(long bytes) {
        return limits().bodyGrace().plusSeconds(bytes / limits().bodyBytesPerSecond());
    }

    /** Returns how long the client may still keep a reader waiting, after {@code count} bytes and {@code nanos} of waiting. */
    final Duration allowance(long count, long nanos) {
        Duration left = timeFor(count).minusNanos(nanos);
        return left.isNegative() ? Duration.ZERO : left;
    }

    final HttpException bodyTooSlow() {
        return new HttpException(
                408, "the body arrives at fewer than " + limits().bodyBytesPerSecond() + " bytes a second");
    }

    final IOException notReading(Throwable cause) {
        return new IOException(
                "the client takes fewer than " + limits().bodyBytesPerSecond() + " bytes a second", cause);
    }

    @Override
    public String toString() {
        return String.valueOf(stream);
    }
}
