package dev.weft.bench.rival.bare;

import dev.weft.bench.rival.Service;
import dev.weft.bench.rival.http.RequestParser;
import dev.weft.bench.rival.http.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Answers each request at once. */
final class HttpConnection extends Connection {
    private static final ByteBuffer ANSWER = Wire.answer(Service.BODY);

    private final RequestParser requests = new RequestParser();

    HttpConnection(SelectorLoop loop, SocketChannel channel) {
        super(loop, channel);
    }

    @Override
    void received(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining() && requests.parse(bytes)) {
            send(ANSWER.duplicate());
        }
    }
}
