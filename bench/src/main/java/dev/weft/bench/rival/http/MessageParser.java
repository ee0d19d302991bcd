package dev.weft.bench.rival.http;

import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * A push parser for HTTP/1.1 messages that arrive in pieces of any size, based on Jetty's parser. One per connection, for one
 * thread at a time. Does not retain the buffers it is given.
 */
public abstract sealed class MessageParser implements HttpParser.HttpHandler {
    private boolean whole;
    private boolean wrong;

    MessageParser() {}

    /** Returns a parser that calls {@code this}. Its header cache is off, because it takes 100 KiB per connection. */
    abstract HttpParser parser();

    /**
     * Consumes bytes up to the end of a message.
     *
     * @return whether a message is complete; the buffer's position is then after it
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

    /** Returns whether no part of a further message has arrived. */
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

    /** Parses requests. */
    public static final class RequestParser extends MessageParser implements HttpParser.RequestHandler {
        private final HttpParser parser = new HttpParser(this);
        private boolean keepsConnection = true;

        public RequestParser() {
            parser.setHeaderCacheSize(0);
        }

        @Override
        HttpParser parser() {
            return parser;
        }

        /** Returns whether the connection stays open after the last request. */
        public boolean keepsConnection() {
            return keepsConnection;
        }

        @Override
        public void startRequest(String method, String uri, @Nullable HttpVersion version) {
            keepsConnection = version == HttpVersion.HTTP_1_1;
        }

        @Override
        public void parsedHeader(HttpField field) {
            if (field.getHeader() == HttpHeader.CONNECTION && field.contains(HttpHeaderValue.CLOSE.asString())) {
                keepsConnection = false;
            }
        }
    }

    /** Parses the responses of a backend. */
    public static final class ResponseParser extends MessageParser implements HttpParser.ResponseHandler {
        private static final byte[] NOTHING = {};

        private final HttpParser parser = new HttpParser(this);
        private byte[] body = NOTHING;
        private int status;

        public ResponseParser() {
            parser.setHeaderCacheSize(0);
        }

        @Override
        HttpParser parser() {
            return parser;
        }

        /**
         * {@inheritDoc}
         *
         * @throws ProtocolException if this is not HTTP, or the status is not 200
         */
        @Override
        public boolean parse(ByteBuffer bytes) throws ProtocolException {
            boolean isWhole = super.parse(bytes);
            if (isWhole && status != HttpStatus.OK_200) {
                throw new ProtocolException("the backend answered with status " + status);
            }
            return isWhole;
        }

        /** Returns the body of the complete response, and hands it over to the caller. */
        public byte[] takeBody() {
            byte[] taken = body;
            body = NOTHING;
            return taken;
        }

        @Override
        public void startResponse(@Nullable HttpVersion version, int code, @Nullable String reason) {
            status = code;
        }

        @Override
        public void parsedHeader(HttpField field) {
            // The parser itself handles the relevant headers.
        }

        @Override
        public boolean content(ByteBuffer content) {
            int before = body.length;
            body = Arrays.copyOf(body, before + content.remaining());
            content.get(body, before, body.length - before);
            return false;
        }
    }
}
