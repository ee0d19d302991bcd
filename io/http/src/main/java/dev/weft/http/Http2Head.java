package dev.weft.http;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Heads and trailers of HTTP/2 (RFC 9113, section 8). The codec has checked the names and values of fields, and refused fields about a
 * connection.
 */
final class Http2Head {
    /** Fields about a connection of HTTP/1.1. */
    private static final Set<String> OF_CONNECTION =
            Set.of("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade");

    private Http2Head() {}

    /** Returns the fields of a response with {@code status} that has no others yet. */
    static Http2Headers of(int status) {
        return new DefaultHttp2Headers(false).status(Integer.toString(status));
    }

    /** Commits {@code response}, and returns its head. */
    static Http2Headers of(HttpResponse response, long length, ServerLoop loop) {
        response.commit();
        HttpHeaders headers = response.headers();
        Http2Headers head = fields(of(response.status()), headers);
        if (!headers.contains(HttpHeaderNames.DATE)) {
            head.set("date", loop.date());
        }
        if (length >= 0 && response.mayHaveBody() && !headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            head.setLong("content-length", length);
        }
        String idHeader = loop.settings.requestIdHeader();
        if (idHeader != null && !headers.contains(idHeader)) {
            head.set(idHeader.toLowerCase(Locale.ROOT), response.request().id());
        }
        return head;
    }

    /** Adds {@code fields} to {@code target}, but not those about a connection, and returns it. */
    static Http2Headers fields(Http2Headers target, HttpHeaders fields) {
        for (Map.Entry<String, String> field : fields) {
            String name = field.getKey().toLowerCase(Locale.ROOT);
            if (!OF_CONNECTION.contains(name)) {
                target.add(name, field.getValue());
            }
        }
        return target;
    }

    /**
     * Returns the head of a request.
     *
     * @throws HttpException if it breaks a rule or a limit
     */
    static RequestHead of(Http2HeadersFrame request, HttpLimits limits) {
        Http2Headers fields = request.headers();
        String method = String.valueOf(fields.method());
        if (!FieldSyntax.isToken(method)) {
            throw new HttpException(400, "the method is not a token: " + FieldSyntax.quoted(method));
        }
        String target = fields.path() == null ? "*" : fields.path().toString();
        if (!FieldSyntax.isVisible(target)) {
            throw new HttpException(400, "the target must be visible ASCII: " + FieldSyntax.quoted(target));
        }
        if (method.length() + target.length() > limits.requestLine()) {
            throw new HttpException(414, "the target is too long");
        }
        var headers = headers(fields, limits);
        var decoded = new DefaultHttpRequest(
                io.netty.handler.codec.http.HttpVersion.HTTP_1_1, HttpMethod.valueOf(method), target, headers);
        long undeclared = request.isEndStream() ? 0 : RequestHead.CHUNKED;
        return RequestHead.of(decoded, HttpVersion.HTTP_2, undeclared, limits);
    }

    private static io.netty.handler.codec.http.HttpHeaders headers(Http2Headers fields, HttpLimits limits) {
        var headers = converted(fields);
        if (headers.size() > limits.headerCount()) {
            throw new HttpException(431, "more than " + limits.headerCount() + " header fields");
        }
        if (fields.authority() != null && !headers.contains(HttpHeaderNames.HOST)) {
            headers.set(HttpHeaderNames.HOST, fields.authority().toString());
        }
        if (headers.getAll(HttpHeaderNames.COOKIE).size() > 1) { // which a client may have split
            headers.set(HttpHeaderNames.COOKIE, String.join("; ", headers.getAll(HttpHeaderNames.COOKIE)));
        }
        String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
        if (length != null && !length.matches("[0-9]{1,18}")) {
            throw new HttpException(400, "Content-Length must be a number: " + FieldSyntax.quoted(length));
        }
        return headers;
    }

    /** Returns trailer fields. */
    static HttpHeaders trailers(Http2Headers fields) {
        return HttpHeaders.received(converted(fields));
    }

    private static io.netty.handler.codec.http.HttpHeaders converted(Http2Headers fields) {
        var headers =
                DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
        for (Map.Entry<CharSequence, CharSequence> field : fields) {
            if (!Http2Headers.PseudoHeaderName.hasPseudoHeaderFormat(field.getKey())) {
                headers.add(field.getKey().toString(), field.getValue().toString());
            }
        }
        return headers;
    }
}
