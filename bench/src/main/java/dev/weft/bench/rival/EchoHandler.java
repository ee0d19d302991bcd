package dev.weft.bench.rival;

import java.io.IOException;
import java.nio.channels.ByteChannel;

/** Sends back what comes. */
final class EchoHandler<C extends ByteChannel> implements Handler<C> {
    private static final int BUFFER_SIZE = 4096;

    private final Carrier<C> carrier;

    EchoHandler(Carrier<C> carrier) {
        this.carrier = carrier;
    }

    @Override
    public void serve(C connection) throws IOException {
        Input input = carrier.input(connection, BUFFER_SIZE);
        int count;
        do {
            count = input.receive(bytes -> Handler.writeAll(connection, bytes));
        } while (count >= 0);
    }
}
