package dev.weft.bench.rival.bare;

import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Sends back what comes. */
final class EchoConnection extends Connection {
    EchoConnection(SelectorLoop loop, SocketChannel channel) {
        super(loop, channel);
    }

    @Override
    void received(ByteBuffer bytes) {
        send(bytes);
    }
}
