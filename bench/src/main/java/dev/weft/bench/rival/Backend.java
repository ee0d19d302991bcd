package dev.weft.bench.rival;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ByteChannel;
import java.util.Deque;

/**
 * The HTTP server behind a service, called over connections that are kept: of the idle ones the last that was used is taken,
 * and if there is none, a new one is made.
 */
final class Backend<C extends ByteChannel> {
    private final Carrier<C> carrier;
    private final InetSocketAddress address;
    private final Deque<BackendConnection> idle;

    Backend(Carrier<C> carrier, InetSocketAddress address) {
        this.carrier = carrier;
        this.address = address;
        idle = carrier.sharedDeque();
    }

    /** Makes a call and waits for the answer; gives its body. */
    byte[] call() throws IOException {
        BackendConnection connection = idle.pollFirst();
        if (connection == null) {
            connection = BackendConnection.open(carrier, address);
        }
        try {
            byte[] body = connection.call();
            idle.addFirst(connection);
            return body;
        } catch (Throwable t) {
            connection.close();
            throw t;
        }
    }
}
