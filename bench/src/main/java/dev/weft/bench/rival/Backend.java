package dev.weft.bench.rival;

import dev.weft.bench.rival.http.MessageParser.ResponseParser;
import dev.weft.bench.rival.http.Wire;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.Deque;

/**
 * The HTTP server behind a service, called over pooled connections. The most recently used idle connection is taken; if
 * there is none, a new one is opened.
 */
final class Backend<C extends ByteChannel> {
    private final Concurrency<C> concurrency;
    private final InetSocketAddress address;
    private final Deque<KeptConnection> idle;

    Backend(Concurrency<C> concurrency, InetSocketAddress address) {
        this.concurrency = concurrency;
        this.address = address;
        idle = concurrency.sharedDeque();
    }

    /** Makes a call, waits for the response and returns its body. */
    byte[] call() throws IOException {
        KeptConnection connection = idle.pollFirst();
        if (connection == null) {
            C channel = concurrency.connect(address);
            connection = new KeptConnection(channel, concurrency.input(channel, Messages.BUFFER_SIZE));
        }
        try {
            byte[] body = connection.call();
            idle.addFirst(connection);
            return body;
        } catch (Throwable t) {
            connection.channel.close();
            throw t;
        }
    }

    /** A pooled connection to the backend, for one call at a time. */
    private static final class KeptConnection {
        private static final ByteBuffer REQUEST = Wire.request();

        private final ByteChannel channel;
        private final ByteBuffer request = REQUEST.duplicate();
        private final ResponseParser parser = new ResponseParser();
        private final Messages responses;

        KeptConnection(ByteChannel channel, Concurrency.Input input) {
            this.channel = channel;
            responses = new Messages(input, parser);
        }

        byte[] call() throws IOException {
            Handler.writeAll(channel, request.rewind());
            if (!responses.next()) {
                throw new EOFException("the backend closed the connection without a response");
            }
            return parser.takeBody();
        }
    }
}
