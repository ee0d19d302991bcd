package dev.weft.bench.rival.bare;

import dev.weft.bench.rival.http.RequestParser;
import dev.weft.bench.rival.http.Wire;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Answers each request with what the backend says to one call, or to a first one and the others side by side. */
final class GatewayConnection extends Connection {
    private final RequestParser requests = new RequestParser();
    private final Backend backend;
    private final byte[][] bodies;
    private int underWay;

    GatewayConnection(SelectorLoop loop, SocketChannel channel, Backend backend, int calls) {
        super(loop, channel);
        this.backend = backend;
        this.bodies = new byte[calls][];
    }

    @Override
    void received(ByteBuffer bytes) throws IOException {
        if (requests.parse(bytes)) {
            if (underWay > 0) {
                throw new ProtocolException("a request before the answer to the last one");
            }
            call(0);
        }
    }

    private void call(int index) {
        underWay++;
        backend.call(this, index);
    }

    /** The backend's answer to call {@code index}. */
    void answered(int index, byte[] body) {
        bodies[index] = body;
        underWay--;
        if (index == 0) {
            for (int next = 1; next < bodies.length; next++) {
                call(next);
            }
        }
        if (underWay == 0 && isOpen()) {
            ByteBuffer answer = loop().output();
            Wire.writeAnswer(answer, bodies);
            send(answer.flip());
        }
    }
}
