package dev.weft.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request, checked against RFC 9112 beyond what the decoder checks: targets, {@code Host}, transfer codings,
 * expectations.
 *
 * @param rawPath the path as it was sent, with its escapes
 * @param length the bytes of the body; {@link #CHUNKED} if only its chunks tell
 */
record RequestHead(
        String method,
        String target,
        String rawPath,
        String path,
        String query,
        HttpVersion version,
        HttpHeaders headers,
        long length,
        boolean expectsContinue,
        boolean keepsAlive) {
    static final long CHUNKED = -1;

    /**
     * Checks what the decoder has returned.
     *
     * @throws HttpException if it breaks a rule or a limit
     */
    static RequestHead of(io.netty.handler.codec.http.HttpRequest decoded, HttpLimits limits) {
        HttpVersion version =
                decoded.protocolVersion().minorVersion() == 0 ? HttpVersion.HTTP_1_0 : HttpVersion.HTTP_1_1;
        return of(decoded, version, 0, limits);
    }

    /**
     * As {@link #of(io.netty.handler.codec.http.HttpRequest, HttpLimits)}, for any version.
     *
     * @param undeclared the length of a body that has declared none
     */
    static RequestHead of(
            io.netty.handler.codec.http.HttpRequest decoded, HttpVersion version, long undeclared, HttpLimits limits) {
        HttpHeaders headers = HttpHeaders.received(decoded.headers());
        String method = decoded.method().name();
        String target = decoded.uri();
        requireHost(headers, version);
        String resource = originForm(method, target);
        int question = resource.indexOf('?');
        String rawPath = question < 0 ? resource : resource.substring(0, question);
        return new RequestHead(
                method,
                target,
                rawPath,
                path(rawPath),
                question < 0 ? "" : resource.substring(question + 1),
                version,
                headers,
                length(headers, undeclared, limits),
                expectsContinue(headers, version),
                keepsAlive(headers, version));
    }

    private static void requireHost(HttpHeaders headers, HttpVersion version) {
        @Nullable String host = headers.firstOrNull(HttpHeaderNames.HOST);
        if (host == null) {
            if (version == HttpVersion.HTTP_1_1) {
                throw new HttpException(400, "a request of HTTP/1.1 must have a Host field");
            }
            return;
        }
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (c <= ' ' || c >= 127 || "/\\?#@,\"<>".indexOf(c) >= 0) {
                throw new HttpException(400, "the Host field is not a host: " + FieldSyntax.quoted(host));
            }
        }
        if (headers.all("Host").size() > 1) {
            throw new HttpException(400, "a request must have one Host field");
        }
    }

    /** Returns path and query of a target in any of the four forms of RFC 9112, section 3.2. */
    private static String originForm(String method, String target) {
        if (method.equals("CONNECT")) {
            throw new HttpException(501, "this server is not a proxy");
        }
        if (target.charAt(0) == '/') {
            return target;
        }
        if (target.equals("*") && method.equals("OPTIONS")) {
            return target;
        }
        if (target.regionMatches(true, 0, "http://", 0, 7) || target.regionMatches(true, 0, "https://", 0, 8)) {
            int authority = target.indexOf("//") + 2;
            int end = authority;
            while (end < target.length() && "/?".indexOf(target.charAt(end)) < 0) {
                end++;
            }
            if (end > authority) {
                String resource = target.substring(end);
                return resource.startsWith("/") ? resource : "/" + resource;
            }
        }
        throw new HttpException(400, "the target must be a path or a URI of http: " + FieldSyntax.quoted(target));
    }

    private static String path(String raw) {
        String path = PercentDecoding.decode(raw);
        if (path.contains("/.") && hasDotSegment(path)) {
            throw new HttpException(400, "the path must not have dot segments: " + FieldSyntax.quoted(raw));
        }
        if (raw.indexOf('#') >= 0 || path.indexOf('\0') >= 0) {
            throw new HttpException(400, "the path must not have a fragment or a NUL: " + FieldSyntax.quoted(raw));
        }
        return path;
    }

    private static boolean hasDotSegment(String path) {
        return List.of(path.split("/", -1)).stream().anyMatch(segment -> segment.equals(".") || segment.equals(".."));
    }

    private static long length(HttpHeaders headers, long undeclared, HttpLimits limits) {
        @Nullable String coding = headers.firstOrNull(HttpHeaderNames.TRANSFER_ENCODING);
        if (coding != null) {
            if (!coding.equalsIgnoreCase("chunked")
                    || headers.all("Transfer-Encoding").size() > 1) {
                throw new HttpException(501, "the only transfer coding is chunked: " + FieldSyntax.quoted(coding));
            }
            return CHUNKED;
        }
        @Nullable String text = headers.firstOrNull(HttpHeaderNames.CONTENT_LENGTH); // checked by the decoder
        long length = text == null ? undeclared : Long.parseLong(text);
        if (length > limits.bodyBytes()) {
            throw new HttpException(
                    413, "the body has " + length + " bytes; at most " + limits.bodyBytes() + " are accepted");
        }
        return length;
    }

    private static boolean expectsContinue(HttpHeaders headers, HttpVersion version) {
        @Nullable String expectation = headers.firstOrNull(HttpHeaderNames.EXPECT);
        if (expectation == null || version == HttpVersion.HTTP_1_0) {
            return false;
        }
        if (!expectation.equalsIgnoreCase("100-continue")) {
            throw new HttpException(417, "the only expectation is 100-continue: " + FieldSyntax.quoted(expectation));
        }
        return true;
    }

    private static boolean keepsAlive(HttpHeaders headers, HttpVersion version) {
        if (headers.containsToken(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)) {
            return false;
        }
        return version != HttpVersion.HTTP_1_0
                || headers.containsToken(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
}
