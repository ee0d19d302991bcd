package dev.weft.bench.rival.http;

import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http.HttpVersion;

/**
 * Finds the answers of a backend in what its connection brings, in pieces of any size: Jetty's parser, pushed. One for each
 * connection, for one thread at a time. Keeps nothing of the buffers it is given.
 */
public final class ResponseParser implements HttpParser.ResponseHandler {
    private static final byte[] NOTHING = {};

    private final HttpParser parser = new HttpParser(this);
    private byte[] body = NOTHING;
    private int status;
    private boolean whole;
    private boolean wrong;

    /**
     * Takes bytes up to the end of an answer.
     *
     * @return whether an answer is whole now: see {@link #takeBody}; the buffer is then behind it
     * @throws ProtocolException if this is not HTTP, or the status is not 200
     */
    public boolean parse(ByteBuffer bytes) throws ProtocolException {
        parser.parseNext(bytes);
        if (wrong || (whole && status != 200)) {
            throw new ProtocolException("not an answer of HTTP/1.1 with status 200");
        }
        if (!whole) {
            return false;
        }
        whole = false;
        parser.reset();
        return true;
    }

    /** The body of the answer that has become whole; the caller's own from now on. */
    public byte[] takeBody() {
        byte[] taken = body;
        body = NOTHING;
        return taken;
    }

    @Override
    public void startResponse(HttpVersion version, int status, String reason) {
        this.status = status;
    }

    @Override
    public void parsedHeader(HttpField field) {
        // The parser itself heeds those that matter.
    }

    @Override
    public boolean headerComplete() {
        return false;
    }

    @Override
    public boolean content(ByteBuffer content) {
        int before = body.length;
        body = Arrays.copyOf(body, before + content.remaining());
        content.get(body, before, body.length - before);
        return false;
    }

    @Override
    public boolean contentComplete() {
        return false;
    }

    @Override
    public boolean messageComplete() {
        whole = true;
        return true;
    }

    @Override
    public void earlyEOF() {
        wrong = true;
    }

    @Override
    public void badMessage(HttpException failure) {
        wrong = true;
    }
}
