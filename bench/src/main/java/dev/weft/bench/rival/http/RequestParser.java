package dev.weft.bench.rival.http;

import java.net.ProtocolException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http.HttpVersion;

/**
 * Finds the requests in what a connection brings, in pieces of any size: Jetty's parser, pushed. One for each connection, for
 * one thread at a time. Keeps nothing of the buffers it is given.
 */
public final class RequestParser implements HttpParser.RequestHandler {
    private final HttpParser parser = new HttpParser(this);
    private boolean whole;
    private boolean wrong;

    /**
     * Takes bytes up to the end of a request.
     *
     * @return whether a request is whole now; the buffer is then behind it
     * @throws ProtocolException if this is not HTTP
     */
    public boolean parse(ByteBuffer bytes) throws ProtocolException {
        parser.parseNext(bytes);
        if (wrong) {
            throw new ProtocolException("not a request of HTTP/1.1");
        }
        if (!whole) {
            return false;
        }
        whole = false;
        parser.reset();
        return true;
    }

    @Override
    public void startRequest(String method, String uri, HttpVersion version) {
        // All requests are answered alike.
    }

    @Override
    public void parsedHeader(HttpField field) {
        // All requests are answered alike.
    }

    @Override
    public boolean headerComplete() {
        return false;
    }

    @Override
    public boolean content(ByteBuffer content) {
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
