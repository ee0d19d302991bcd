package dev.weft.bench.rival.bare;

import dev.weft.bench.rival.http.MessageParser.RequestParser;
import dev.weft.bench.rival.http.MessageParser.ResponseParser;
import dev.weft.bench.rival.http.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Answers each request with the result of one backend call, or of a first call and further concurrent calls. */
final class GatewayConnection extends Connection {
    private final RequestParser requests = new RequestParser();
    private final BackendPool backend;
    private final byte[][] bodies;
    private int underWay;

    GatewayConnection(SelectorLoop loop, SocketChannel channel, BackendPool backend, int calls) {
        super(loop, channel);
        this.backend = backend;
        this.bodies = new byte[calls][];
    }

    @Override
    void received(ByteBuffer bytes) throws IOException {
        if (requests.parse(bytes)) {
            if (underWay > 0) {
                throw new ProtocolException("received a request before the last one was answered");
            }
            call(0);
        }
    }

    private void call(int index) {
        underWay++;
        backend.call(this, index);
    }

    /** Called with the backend's response to call {@code index}. */
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

    /** A loop's free connections to the backend, the most recently used first. */
    static final class BackendPool {
        private final SelectorLoop loop;
        private final InetSocketAddress address;
        private final Deque<BackendConnection> free = new ArrayDeque<>();

        BackendPool(SelectorLoop loop, InetSocketAddress address) {
            this.loop = loop;
            this.address = address;
        }

        /** Calls the backend. The response to call {@code index} is passed to {@code caller}; a failure closes it. */
        void call(GatewayConnection caller, int index) {
            BackendConnection connection = free.poll();
            try {
                if (connection == null) {
                    BackendConnection.connect(this, loop, address).firstCall(caller, index);
                } else {
                    connection.call(caller, index);
                }
            } catch (IOException e) {
                caller.close();
            }
        }

        private void released(BackendConnection connection) {
            free.push(connection);
        }

        private void lost(BackendConnection connection) {
            free.remove(connection);
        }
    }

    /** A connection to the backend, with at most one call in flight. */
    private static final class BackendConnection extends Connection {
        private static final ByteBuffer REQUEST = Wire.request();

        private final BackendPool backend;
        private final ResponseParser responses = new ResponseParser();
        private @Nullable GatewayConnection caller;
        private int index;

        private BackendConnection(BackendPool backend, SelectorLoop loop, SocketChannel channel) {
            super(loop, channel);
            this.backend = backend;
        }

        static BackendConnection connect(BackendPool backend, SelectorLoop loop, InetSocketAddress address)
                throws IOException {
            BackendConnection connection = new BackendConnection(backend, loop, connecting(address));
            connection.register(SelectionKey.OP_CONNECT);
            return connection;
        }

        /** As {@link #call}, but the request is sent once the connection is established. */
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
                throw new ProtocolException("received an unsolicited response");
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
}
