package dev.weft.bench.rival;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.weft.bench.rival.http.RequestParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.function.Supplier;

/** Answers each HTTP/1.1 request, on connections that are kept. */
final class HttpHandler<C extends ByteChannel> implements Handler<C> {
    /** What is answered. */
    @FunctionalInterface
    interface Answer {
        /** Head and body of the answer to a request; may wait. */
        ByteBuffer next() throws IOException;
    }

    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ";

    private final Carrier<C> carrier;
    private final Supplier<? extends Answer> answers;

    /** @param answers gives each connection what answers it */
    HttpHandler(Carrier<C> carrier, Supplier<? extends Answer> answers) {
        this.carrier = carrier;
        this.answers = answers;
    }

    /** Always the same. */
    static Supplier<Answer> constant(String body) {
        byte[] text = response(body.getBytes(ISO_8859_1)).array();
        ByteBuffer all = ByteBuffer.allocateDirect(text.length).put(text);
        return () -> {
            ByteBuffer own = all.duplicate();
            return own::flip;
        };
    }

    /** What the backend says. */
    static Supplier<Answer> oneCall(Backend<?> backend) {
        return () -> () -> response(backend.call());
    }

    /** What the backend says first, and then to two calls side by side. */
    static Supplier<Answer> threeCalls(Carrier<?> carrier, Backend<?> backend) {
        return () -> () -> {
            byte[][] bodies = new byte[3][];
            bodies[0] = backend.call();
            carrier.both(() -> bodies[1] = backend.call(), () -> bodies[2] = backend.call());
            return response(bodies);
        };
    }

    private static ByteBuffer response(byte[]... bodies) {
        int length = 0;
        for (byte[] body : bodies) {
            length += body.length;
        }
        byte[] head = (HEAD + length + "\r\n\r\n").getBytes(ISO_8859_1);
        ByteBuffer response = ByteBuffer.allocate(head.length + length).put(head);
        for (byte[] body : bodies) {
            response.put(body);
        }
        return response.flip();
    }

    @Override
    public void serve(C connection) throws IOException {
        RequestParser parser = new RequestParser();
        HttpMessages requests = new HttpMessages(carrier.input(connection, HttpMessages.BUFFER_SIZE), parser);
        Answer answer = answers.get();
        while (parser.keepsConnection() && requests.next()) {
            Handler.writeAll(connection, answer.next());
        }
    }
}
