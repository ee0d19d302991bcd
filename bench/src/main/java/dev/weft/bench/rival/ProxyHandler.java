package dev.weft.bench.rival;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ByteChannel;

/** Passes on what comes to a connection of its own to {@code target}, and what comes back: a task for each direction. */
final class ProxyHandler<C extends ByteChannel> implements Handler<C> {
    private static final int BUFFER_SIZE = 16 * 1024; // as InputStream.transferTo

    private final Carrier<C> carrier;
    private final InetSocketAddress target;

    ProxyHandler(Carrier<C> carrier, InetSocketAddress target) {
        this.carrier = carrier;
        this.target = target;
    }

    @Override
    public void serve(C client) throws IOException {
        try (C server = carrier.connect(target)) {
            carrier.both(() -> pass(server, client), () -> pass(client, server));
        }
    }

    private void pass(C from, C to) throws IOException {
        try {
            Input input = carrier.input(from, BUFFER_SIZE);
            int count;
            do {
                count = input.receive(bytes -> Handler.writeAll(to, bytes));
            } while (count >= 0);
            carrier.shutdownOutput(to); // the end of this direction; the other may go on
        } catch (IOException broken) {
            from.close(); // ends the other direction too
            to.close();
        }
    }
}
