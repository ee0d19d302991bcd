package dev.weft.bench.rival;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * A service, written as blocking code for one connection. One handler serves many connections.
 *
 * @param <C> the connections
 */
@FunctionalInterface
interface Handler<C extends ByteChannel> {
    /** Serves until the peer ends the connection, which is closed then. A failure ends only this connection. */
    void serve(C connection) throws IOException;

    /** That of the service which {@code terms} name. */
    static <C extends ByteChannel> Handler<C> of(Terms terms, Carrier<C> carrier) {
        return switch (terms.service()) {
            case ECHO -> new EchoHandler<>(carrier);
            case HTTP -> new HttpHandler<>(carrier, HttpHandler.constant(Service.BODY));
            case BACKEND ->
                new HttpHandler<>(carrier, HttpHandler.oneCall(new Backend<>(carrier, terms.requiredUpstream())));
            case BACKENDS ->
                new HttpHandler<>(
                        carrier, HttpHandler.threeCalls(carrier, new Backend<>(carrier, terms.requiredUpstream())));
            case PROXY -> new ProxyHandler<>(carrier, terms.requiredUpstream());
        };
    }

    /**
     * Writes all that remains. A channel of a virtual thread takes what fits into the socket and returns; others return when
     * all is written.
     */
    static void writeAll(WritableByteChannel out, ByteBuffer bytes) throws IOException {
        do {
            out.write(bytes);
        } while (bytes.hasRemaining());
    }
}
