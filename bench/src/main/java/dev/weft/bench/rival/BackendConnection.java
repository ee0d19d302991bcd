package dev.weft.bench.rival;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.weft.bench.rival.http.ResponseParser;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;

/** A connection to an HTTP server, for one call at a time. */
final class BackendConnection {
    private static final byte[] REQUEST = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(ISO_8859_1);
    private static final ByteBuffer DIRECT_REQUEST =
            ByteBuffer.allocateDirect(REQUEST.length).put(REQUEST);

    private final ByteChannel channel;
    private final ByteBuffer request = DIRECT_REQUEST.duplicate();
    private final ResponseParser parser = new ResponseParser();
    private final HttpMessages responses;

    private BackendConnection(ByteChannel channel, Input input) {
        this.channel = channel;
        responses = new HttpMessages(input, parser);
    }

    static <C extends ByteChannel> BackendConnection open(Carrier<C> carrier, InetSocketAddress address)
            throws IOException {
        C channel = carrier.connect(address);
        return new BackendConnection(channel, carrier.input(channel, HttpMessages.BUFFER_SIZE));
    }

    /** Asks and waits for the answer; gives its body. After a failure the connection is of no use. */
    byte[] call() throws IOException {
        Handler.writeAll(channel, request.flip());
        if (!responses.next()) {
            throw new EOFException("the backend closed the connection instead of answering");
        }
        return parser.takeBody();
    }

    void close() throws IOException {
        channel.close();
    }
}
