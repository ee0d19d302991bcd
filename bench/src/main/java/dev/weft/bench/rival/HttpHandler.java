package dev.weft.bench.rival;

import dev.weft.bench.rival.http.MessageParser.RequestParser;
import dev.weft.bench.rival.http.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;

/** An HTTP/1.1 server over keep-alive connections. */
final class HttpHandler<C extends ByteChannel> implements Handler<C> {
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
        Messages requests = new Messages(concurrency.input(connection, Messages.BUFFER_SIZE), parser);
        while (parser.keepsConnection() && requests.next()) {
            Handler.writeAll(connection, answer.next());
        }
    }
}
