package dev.weft.bench.rival.bare;

import dev.weft.bench.rival.http.ResponseParser;
import dev.weft.bench.rival.http.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A connection to the backend, with at most one call under way. */
final class BackendConnection extends Connection {
    private static final ByteBuffer REQUEST = Wire.request();

    private final Backend backend;
    private final ResponseParser responses = new ResponseParser();
    private @Nullable GatewayConnection caller;
    private int index;

    private BackendConnection(Backend backend, SelectorLoop loop, SocketChannel channel) {
        super(loop, channel);
        this.backend = backend;
    }

    static BackendConnection connect(Backend backend, SelectorLoop loop, InetSocketAddress address) throws IOException {
        BackendConnection connection = new BackendConnection(backend, loop, connecting(address));
        connection.register(SelectionKey.OP_CONNECT);
        return connection;
    }

    /** As {@link #call}, but the request goes out once the connection is there. */
    void firstCall(GatewayConnection caller, int index) {
        this.caller = caller;
        this.index = index;
    }

    @Override
    void connected() {
        send(REQUEST.duplicate());
    }

    void call(GatewayConnection caller, int index) {
        firstCall(caller, index);
        send(REQUEST.duplicate());
    }

    @Override
    void received(ByteBuffer bytes) throws IOException {
        GatewayConnection answered = caller;
        if (answered == null) {
            throw new ProtocolException("an answer that nobody asked for");
        }
        if (responses.parse(bytes)) {
            caller = null;
            backend.released(this);
            answered.answered(index, responses.takeBody());
        }
    }

    @Override
    void closed() {
        backend.lost(this);
        if (caller != null) {
            caller.close();
        }
    }
}
