package dev.weft.bench.rival;

import dev.weft.bench.rival.http.MessageParser;
import dev.weft.bench.rival.http.MessageParser.RequestParser;
import dev.weft.bench.rival.http.MessageParser.ResponseParser;
import dev.weft.bench.rival.http.Wire;
import dev.weft.io.ByteStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.Deque;

/** An HTTP/1.1 server over keep-alive connections. */
final class HttpHandler<C extends ByteChannel> implements Handler<C> {
    private static final int BUFFER_SIZE = 4096;

    /** Produces head and body of the response to a request; may wait. */
    @FunctionalInterface
    private interface Answer {
        ByteBuffer next() throws IOException;
    }

    private final Concurrency<C> concurrency;
    private final Answer answer;

    private HttpHandler(Concurrency<C> concurrency, Answer answer) {
        this.concurrency = concurrency;
        this.answer = answer;
    }

    /** Responds with a constant body. */
    static <C extends ByteChannel> Handler<C> constant(Concurrency<C> concurrency, String body) {
        ByteBuffer all = Wire.answer(body);
        return new HttpHandler<>(concurrency, all::duplicate);
    }

    /** Responds with the result of one backend call. */
    static <C extends ByteChannel> Handler<C> oneCall(Concurrency<C> concurrency, InetSocketAddress address) {
        Backend<C> backend = new Backend<>(concurrency, address);
        return new HttpHandler<>(concurrency, () -> response(backend.call()));
    }

    /** Responds with the results of one backend call and of two concurrent calls after it. */
    static <C extends ByteChannel> Handler<C> threeCalls(Concurrency<C> concurrency, InetSocketAddress address) {
        Backend<C> backend = new Backend<>(concurrency, address);
        return new HttpHandler<>(concurrency, () -> {
            byte[][] bodies = new byte[3][];
            bodies[0] = backend.call();
            concurrency.both(() -> bodies[1] = backend.call(), () -> bodies[2] = backend.call());
            return response(bodies);
        });
    }

    private static ByteBuffer response(byte[]... bodies) {
        ByteBuffer response = ByteBuffer.allocate(Wire.answerBytes(bodies));
        Wire.writeAnswer(response, bodies);
        return response.flip();
    }

    @Override
    public void serve(C connection) throws IOException {
        RequestParser parser = new RequestParser();
        Messages requests = new Messages(concurrency.input(connection, BUFFER_SIZE), parser);
        while (parser.keepsConnection() && requests.next()) {
            Handler.writeAll(connection, answer.next());
        }
    }

    /** Reads the messages of a connection one by one, in pieces of any size. */
    private static final class Messages implements ByteStream.Receiver<IOException> {
        private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

        private final Concurrency.Input input;
        private final MessageParser parser;
        private ByteBuffer rest = NOTHING; // bytes received after the last message
        private boolean isWhole;

        Messages(Concurrency.Input input, MessageParser parser) {
            this.input = input;
            this.parser = parser;
        }

        /** Waits until the parser has seen a complete message; returns false if the connection ended before it began. */
        boolean next() throws IOException {
            isWhole = rest.hasRemaining() && parser.parse(rest);
            while (!isWhole) {
                if (input.receive(this) < 0) {
                    if (parser.isBetweenMessages()) {
                        return false;
                    }
                    throw new EOFException("the connection ended in the middle of a message");
                }
            }
            return true;
        }

        @Override
        public void accept(ByteBuffer bytes) throws IOException {
            isWhole = parser.parse(bytes);
            if (bytes.hasRemaining()) {
                rest = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
            }
        }
    }

    /**
     * The HTTP server behind a service, called over pooled connections. The most recently used idle connection is taken; if
     * there is none, a new one is opened.
     */
    private record Backend<C extends ByteChannel>(
            Concurrency<C> concurrency, InetSocketAddress address, Deque<KeptConnection> idle) {
        Backend(Concurrency<C> concurrency, InetSocketAddress address) {
            this(concurrency, address, concurrency.sharedDeque());
        }

        /** Makes a call, waits for the response and returns its body. */
        byte[] call() throws IOException {
            KeptConnection connection = idle.pollFirst();
            if (connection == null) {
                C channel = concurrency.connect(address);
                connection = new KeptConnection(channel, concurrency.input(channel, BUFFER_SIZE));
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
