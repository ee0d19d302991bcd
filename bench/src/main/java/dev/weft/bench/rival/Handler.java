package dev.weft.bench.rival;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * A service, written as blocking code for one connection. One handler serves many connections.
 *
 * @param <C> the type of connection
 */
@FunctionalInterface
interface Handler<C extends ByteChannel> {
    /** Serves until the peer ends the connection; the caller closes it. A failure ends only this connection. */
    void serve(C connection) throws IOException;

    /** Returns the handler for the service of {@code terms}. */
    static <C extends ByteChannel> Handler<C> of(Terms terms, Concurrency<C> concurrency) {
        return switch (terms.service()) {
            case ECHO, TLS -> connection -> pass(concurrency.input(connection, 4096), connection);
            case HTTP -> HttpHandler.constant(concurrency, Service.BODY);
            case BACKEND -> HttpHandler.oneCall(concurrency, terms.requiredUpstream());
            case BACKENDS -> HttpHandler.threeCalls(concurrency, terms.requiredUpstream());
            case PROXY -> client -> proxy(client, concurrency, terms.requiredUpstream());
        };
    }

    /** Forwards a client to a connection of its own, with a task for each direction. */
    private static <C extends ByteChannel> void proxy(C client, Concurrency<C> concurrency, InetSocketAddress target)
            throws IOException {
        try (C server = concurrency.connect(target)) {
            concurrency.both(() -> passOn(server, client, concurrency), () -> passOn(client, server, concurrency));
        }
    }

    private static <C extends ByteChannel> void passOn(C from, C to, Concurrency<C> concurrency) throws IOException {
        try {
            pass(concurrency.input(from, 16 * 1024), to); // the buffer size of InputStream.transferTo
            concurrency.shutdownOutput(to); // ends this direction; the other may continue
        } catch (IOException broken) {
            from.close(); // ends the other direction too
            to.close();
        }
    }

    private static void pass(Concurrency.Input from, WritableByteChannel to) throws IOException {
        int count;
        do {
            count = from.receive(bytes -> writeAll(to, bytes));
        } while (count >= 0);
    }

    /**
     * Writes all remaining bytes. On a virtual thread, a channel writes only as much as fits into the socket; others return when
     * everything is written.
     */
    static void writeAll(WritableByteChannel out, ByteBuffer bytes) throws IOException {
        do {
            out.write(bytes);
        } while (bytes.hasRemaining());
    }
}
