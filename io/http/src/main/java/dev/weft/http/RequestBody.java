package dev.weft.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * The body of a request, which is read from the connection as the handler asks for it: a handler that does not read holds the
 * client up. The first read sends {@code 100 Continue} if the client waits for it. Must be used by one greenlet at a time, of the
 * connection's loop.
 */
@SuppressWarnings("DoNotCallSuggester") // a skeleton
public final class RequestBody {
    RequestBody() {}

    /**
     * Reads the available bytes, waiting until there are some. Returns the number of bytes read, or -1 at the end.
     *
     * @throws HttpException with 413, 408 or 400 if the body breaks a limit or a rule
     * @throws java.io.EOFException if the client leaves before the end
     */
    public int read(ByteBuffer target) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Returns the body as a stream. Closing it has no effect on the connection. */
    public InputStream stream() {
        throw new UnsupportedOperationException();
    }

    /**
     * Reads the rest of the body.
     *
     * @throws HttpException with 413 if it is longer than {@code limit} bytes; also as {@link #read}
     */
    public byte[] bytes(int limit) throws IOException {
        throw new UnsupportedOperationException();
    }

    /**
     * Reads the rest of the body, of at most 1 MiB, as text in the charset of {@code Content-Type}, or else UTF-8.
     *
     * @throws HttpException with 415 if the charset is unknown; also as {@link #bytes}
     */
    public String text() throws IOException {
        throw new UnsupportedOperationException();
    }
}
