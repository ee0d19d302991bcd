package dev.weft.bench.rival.http;

import java.net.ProtocolException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpParser;

/**
 * Finds the messages of HTTP/1.1 in what a connection brings, in pieces of any size: Jetty's parser, pushed. One for each
 * connection, for one thread at a time. Keeps nothing of the buffers it is given.
 */
public abstract sealed class MessageParser implements HttpParser.HttpHandler permits RequestParser, ResponseParser {
    private boolean whole;
    private boolean wrong;

    MessageParser() {}

    /** A parser that tells {@code this}, and whose cache of headers is off: it would take 100 KiB for each connection. */
    abstract HttpParser parser();

    /**
     * Takes bytes up to the end of a message.
     *
     * @return whether a message is whole now; the buffer is then behind it
     * @throws ProtocolException if this is not HTTP
     */
    public boolean parse(ByteBuffer bytes) throws ProtocolException {
        parser().parseNext(bytes);
        if (wrong) {
            throw new ProtocolException("not HTTP/1.1: " + parser());
        }
        if (!whole) {
            return false;
        }
        whole = false;
        parser().reset();
        return true;
    }

    /** Whether nothing of a further message has come. */
    public boolean isBetweenMessages() {
        return parser().isStart();
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
