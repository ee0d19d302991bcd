package dev.weft.bench.rival.http;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** Finds requests. */
public final class RequestParser extends MessageParser implements HttpParser.RequestHandler {
    private final HttpParser parser = new HttpParser(this);
    private boolean keepsConnection = true;

    /** For a connection of its own. */
    public RequestParser() {
        parser.setHeaderCacheSize(0);
    }

    @Override
    HttpParser parser() {
        return parser;
    }

    /** Whether the client of the last request may send another one. */
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
