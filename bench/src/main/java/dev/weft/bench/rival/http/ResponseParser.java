package dev.weft.bench.rival.http;

import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** Finds the answers of a backend. */
public final class ResponseParser extends MessageParser implements HttpParser.ResponseHandler {
    private static final byte[] NOTHING = {};

    private final HttpParser parser = new HttpParser(this);
    private byte[] body = NOTHING;
    private int status;

    /** For a connection of its own. */
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

    /** The body of the answer that has become whole; the caller's own from now on. */
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
        // The parser itself heeds those that matter.
    }

    @Override
    public boolean content(ByteBuffer content) {
        int before = body.length;
        body = Arrays.copyOf(body, before + content.remaining());
        content.get(body, before, body.length - before);
        return false;
    }
}
