package dev.weft.bench.rival.bare;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** One end of a proxied connection. It forwards input to the other end, which applies backpressure. */
final class ProxyConnection extends Connection {
    private ProxyConnection other = this;
    private boolean ended;

    ProxyConnection(SelectorLoop loop, SocketChannel channel) {
        super(loop, channel);
    }

    /** Opens the other end; this one is read once that is connected. */
    void connectTo(InetSocketAddress upstream) throws IOException {
        other = new ProxyConnection(loop(), connecting(upstream));
        other.other = this;
        other.register(SelectionKey.OP_CONNECT);
    }

    @Override
    void connected() throws IOException {
        other.register(SelectionKey.OP_READ);
    }

    @Override
    void received(ByteBuffer bytes) {
        other.send(bytes);
    }

    @Override
    Connection source() {
        return other;
    }

    @Override
    void ended() throws IOException {
        ended = true;
        if (other.ended) {
            close();
        } else {
            other.finish();
        }
    }

    @Override
    void closed() {
        other.close();
    }
}
