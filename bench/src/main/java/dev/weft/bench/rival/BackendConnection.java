package dev.weft.bench.rival;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.Arrays;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** A connection to an HTTP server, for one call at a time. */
final class BackendConnection {
    private static final byte[] REQUEST = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(ISO_8859_1);
    private static final ByteBuffer DIRECT_REQUEST =
            ByteBuffer.allocateDirect(REQUEST.length).put(REQUEST);

    private final ByteChannel channel;
    private final ByteBuffer request = DIRECT_REQUEST.duplicate();
    private final Response response = new Response();
    private final HttpMessages responses = new HttpMessages(new HttpParser(response));

    BackendConnection(ByteChannel channel) {
        this.channel = channel;
    }

    /** Asks and waits for the answer; gives its body. After a failure the connection is of no use. */
    byte[] call() throws IOException {
        Handler.writeAll(channel, request.flip());
        if (!responses.next(channel)) {
            throw new EOFException("the backend closed the connection instead of answering");
        }
        if (response.status != 200) {
            throw new IOException("the backend answered with status " + response.status);
        }
        return response.body;
    }

    void close() throws IOException {
        channel.close();
    }

    /** Told by the parser what came. */
    private static final class Response implements HttpParser.ResponseHandler {
        private static final byte[] NONE = {};

        private int status;
        private byte[] body = NONE;

        @Override
        public void startResponse(@Nullable HttpVersion version, int code, @Nullable String reason) {
            status = code;
            body = NONE;
        }

        @Override
        public void parsedHeader(HttpField field) {}

        @Override
        public boolean headerComplete() {
            return false;
        }

        @Override
        public boolean content(ByteBuffer piece) {
            int length = body.length;
            body = Arrays.copyOf(body, length + piece.remaining());
            piece.get(body, length, piece.remaining());
            return false;
        }

        @Override
        public boolean contentComplete() {
            return false;
        }

        @Override
        public boolean messageComplete() {
            return false;
        }

        @Override
        public void earlyEOF() {}
    }
}
