package dev.weft.http.jdk;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The body of a request. Once it is closed, it cannot be read. */
final class RequestStream extends FilterInputStream {
    private boolean closed;

    RequestStream(InputStream body) {
        super(body);
    }

    @Override
    public int read() throws IOException {
        requireOpen();
        return super.read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        requireOpen();
        return super.read(target, offset, length);
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("the body of the request has been closed");
        }
    }

    /** Has no effect on the connection: what is left of the body is discarded after the response. */
    @Override
    public void close() {
        closed = true;
    }
}
