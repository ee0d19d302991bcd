package dev.weft.http;

import static dev.weft.http.ProtocolTest.After.CLOSED;
import static dev.weft.http.ProtocolTest.After.OPEN;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the server answers to requests, right and wrong, by RFC 9110 and RFC 9112. Each row has the bytes that a client sends, the
 * answers that it must get, and whether the connection goes on. After the last answer, the client either asks again, so that a
 * smuggled request would be seen, or sees the end.
 */
final class ProtocolTest extends HttpFixture {
    private static final HttpLimits SMALL = HttpLimits.builder()
            .requestLine(200)
            .headers(10, 600)
            .body(100)
            .unread(50)
            .headerDeadline(Duration.ofSeconds(10))
            .build();

    /** What becomes of the connection. */
    enum After {
        OPEN,
        CLOSED
    }

    /**
     * A row.
     *
     * @param sent with bars for ends of lines
     * @param answers for each response its status and, after a space, its body, if that matters
     */
    record Case(String name, String sent, After after, List<String> answers) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case row(String name, String sent, After after, String... answers) {
        return new Case(name, sent, after, List.of(answers));
    }

    static Stream<Case> requestLines() {
        return Stream.of(
                row("9112 3: a request", "GET / HTTP/1.1|Host: a||", OPEN, "200 GET / 0"),
                row("9112 2.2: empty lines before a request", "||GET / HTTP/1.1|Host: a||", OPEN, "200 GET / 0"),
                row("9112 2.2: bare LF after the request line", "GET / HTTP/1.1\nHost: a||", CLOSED, "400"),
                row("9112 2.2: bare LF after a field", "GET / HTTP/1.1|Host: a\n|", CLOSED, "400"),
                row("9112 2.2: bare LF as the end of the head", "GET / HTTP/1.1|Host: a|\n", CLOSED, "400"),
                row("9112 2.2: bare CR in a field", "GET / HTTP/1.1|Host: a|X: b\rY: c||", CLOSED, "400"),
                row("9112 2.2: bare CR in the request line", "GET /\rx HTTP/1.1|Host: a||", CLOSED, "400"),
                row("9112 3: two spaces before the target", "GET  / HTTP/1.1|Host: a||", CLOSED, "400"),
                row("9112 3: two spaces before the version", "GET /  HTTP/1.1|Host: a||", CLOSED, "400"),
                row("9112 3: a tab for a space", "GET\t/ HTTP/1.1|Host: a||", CLOSED, "400"),
                row("9112 3: a space before the method", " GET / HTTP/1.1|Host: a||", CLOSED, "400"),
                row("9112 3: a space after the version", "GET / HTTP/1.1 |Host: a||", CLOSED, "400"),
                row("9112 3: no version", "GET /|Host: a||", CLOSED, "400"),
                row("9112 3: no target", "GET HTTP/1.1|Host: a||", CLOSED, "400"),
                row("9112 3: a word too many", "GET / x HTTP/1.1|Host: a||", CLOSED, "400"),
                row("9112 3: only a line of rubbish", "rubbish||", CLOSED, "400"),
                row("9110 9.1: an extension method", "BREW / HTTP/1.1|Host: a||", OPEN, "200 BREW / 0"),
                row("9110 9.1: methods are case-sensitive", "get / HTTP/1.1|Host: a||", OPEN, "200 get / 0"),
                row("9110 9.1: the method is not a token", "G@T / HTTP/1.1|Host: a||", CLOSED, "400"),
                row("9112 3: a method with a NUL", "G\0T / HTTP/1.1|Host: a||", CLOSED, "400"),
                row("9112 2.3: lower-case version", "GET / http/1.1|Host: a||", CLOSED, "400"),
                row("9112 2.3: malformed version", "GET / HTTP/11|Host: a||", CLOSED, "400"),
                row("9112 2.3: version with a second digit", "GET / HTTP/1.10|Host: a||", CLOSED, "400"),
                row("9110 15.6.6: version 2", "GET / HTTP/2.0|Host: a||", CLOSED, "505"),
                row("9110 15.6.6: version 3.7", "GET / HTTP/3.7|Host: a||", CLOSED, "505"),
                row("9110 15.6.6: version 0.9", "GET / HTTP/0.9|Host: a||", CLOSED, "505"),
                row("9110 2.5: a later minor version", "GET / HTTP/1.2|Host: a||", OPEN, "200 GET / 0"),
                row("9113 3.4: almost the preface of HTTP/2", "PRI * HTTP/2.0||SX||", CLOSED, "505"),
                row("9112 3: the longest line", line(200), OPEN, "200"),
                row("9110 15.5.15: a line too long", line(201), CLOSED, "414"),
                row("9110 15.5.15: a line without an end", "GET /" + "a".repeat(400), CLOSED, "414"));
    }

    private static String line(int length) {
        return "GET /" + "a".repeat(length - "GET / HTTP/1.1".length()) + " HTTP/1.1|Host: a||";
    }

    static Stream<Case> targets() {
        return Stream.of(
                row("9112 3.2.1: a query", "GET /a?b=c HTTP/1.1|Host: a||", OPEN, "200 GET /a 0"),
                row("9112 3.2.1: escapes", "GET /a%20b%C3%A9 HTTP/1.1|Host: a||", OPEN, "200 GET /a b\u00c3\u00a9 0"),
                row("9112 3.2.2: absolute form", "GET http://a/b?c HTTP/1.1|Host: a||", OPEN, "200 GET /b 0"),
                row("9112 3.2.2: absolute form without a path", "GET http://a HTTP/1.1|Host: a||", OPEN, "200 GET / 0"),
                row(
                        "9112 3.2.2: absolute form with a query only",
                        "GET http://a?b HTTP/1.1|Host: a||",
                        OPEN,
                        "200 GET / 0"),
                row(
                        "9112 3.2.2: absolute form without an authority",
                        "GET http:///b HTTP/1.1|Host: a||",
                        CLOSED,
                        "400"),
                row("9112 3.2.2: another scheme", "GET ftp://a/b HTTP/1.1|Host: a||", CLOSED, "400"),
                row("9112 3.2.3: CONNECT", "CONNECT a:1 HTTP/1.1|Host: a||", CLOSED, "501"),
                row("9112 3.2.4: an asterisk", "OPTIONS * HTTP/1.1|Host: a||", OPEN, "200 OPTIONS * 0"),
                row("9112 3.2.4: an asterisk with GET", "GET * HTTP/1.1|Host: a||", CLOSED, "400"),
                row("3986 3.3: no slash", "GET a HTTP/1.1|Host: a||", CLOSED, "400"),
                row("3986 2.1: half an escape", "GET /% HTTP/1.1|Host: a||", CLOSED, "400"),
                row("3986 2.1: a bad escape", "GET /%zz HTTP/1.1|Host: a||", CLOSED, "400"),
                row("3629: bad UTF-8", "GET /%ff HTTP/1.1|Host: a||", CLOSED, "400"),
                row("3629: an overlong slash", "GET /%c0%af HTTP/1.1|Host: a||", CLOSED, "400"),
                row("a NUL in the path", "GET /%00 HTTP/1.1|Host: a||", CLOSED, "400"),
                row("a byte that is not ASCII", "GET /\u00e9 HTTP/1.1|Host: a||", CLOSED, "400"),
                row("a fragment", "GET /a#b HTTP/1.1|Host: a||", CLOSED, "400"),
                row("dot segments", "GET /a/../b HTTP/1.1|Host: a||", CLOSED, "400"),
                row("a dot segment at the end", "GET /a/.. HTTP/1.1|Host: a||", CLOSED, "400"),
                row("a single dot", "GET /./a HTTP/1.1|Host: a||", CLOSED, "400"),
                row("an escaped dot segment", "GET /%2e%2e/a HTTP/1.1|Host: a||", CLOSED, "400"),
                row("dot segments with escaped slashes", "GET /a%2f..%2fb HTTP/1.1|Host: a||", CLOSED, "400"),
                row("dots that are no segment", "GET /a..b/.c HTTP/1.1|Host: a||", OPEN, "200 GET /a..b/.c 0"));
    }

    static Stream<Case> fields() {
        return Stream.of(
                row("9112 3.2: no Host", "GET / HTTP/1.1||", CLOSED, "400"),
                row("9112 3.2: two Hosts", "GET / HTTP/1.1|Host: a|Host: a||", CLOSED, "400"),
                row("9112 3.2: a bad Host", "GET / HTTP/1.1|Host: a/b||", CLOSED, "400"),
                row("9112 3.2: Host with a space", "GET / HTTP/1.1|Host: a b||", CLOSED, "400"),
                row("9112 3.2: an empty Host", "GET / HTTP/1.1|Host:||", OPEN, "200"),
                row("9112 3.2: no Host in 1.0", "GET / HTTP/1.0||", CLOSED, "200 GET / 0"),
                row("9112 5.1: a space before the colon", "GET / HTTP/1.1|Host : a||", CLOSED, "400"),
                row("9112 5.1: a tab before the colon", "GET / HTTP/1.1|Host: a|X\t: b||", CLOSED, "400"),
                row("9112 5.1: no colon", "GET / HTTP/1.1|Host: a|X||", CLOSED, "400"),
                row("9112 5.1: no name", "GET / HTTP/1.1|Host: a|: b||", CLOSED, "400"),
                row("9112 5.1: space around a value", "GET / HTTP/1.1|Host:\t a \t||", OPEN, "200"),
                row("9112 5.2: a folded field", "GET / HTTP/1.1|Host: a|X: b| c||", CLOSED, "400"),
                row("9112 5.2: a field folded with a tab", "GET / HTTP/1.1|Host: a|X: b|\tc||", CLOSED, "400"),
                row("9112 2.2: space before the first field", "GET / HTTP/1.1| Host: a||", CLOSED, "400"),
                row("9110 5.1: a name that is not a token", "GET / HTTP/1.1|Host: a|X(y): b||", CLOSED, "400"),
                row("9110 5.5: a NUL in a value", "GET / HTTP/1.1|Host: a|X: b\0c||", CLOSED, "400"),
                row("9110 5.5: ISO-8859-1 in a value", "GET / HTTP/1.1|Host: a|X: \u00e9||", OPEN, "200"),
                row("10 fields", fieldsOf(9), OPEN, "200"),
                row("6585 5: 11 fields", fieldsOf(10), CLOSED, "431"),
                row("6585 5: fields without an end", "GET / HTTP/1.1|Host: a|" + "X: y|".repeat(40), CLOSED, "431"),
                row("6585 5: a field too long", "GET / HTTP/1.1|Host: a|X: " + "y".repeat(600) + "||", CLOSED, "431"),
                row("6585 5: a field without an end", "GET / HTTP/1.1|Host: a|X: " + "y".repeat(900), CLOSED, "431"),
                row("9110 10.1.1: another expectation", "GET / HTTP/1.1|Host: a|Expect: tea||", CLOSED, "417"));
    }

    private static String fieldsOf(int count) {
        return "GET / HTTP/1.1|Host: a|" + "X: y|".repeat(count) + "|";
    }

    static Stream<Case> lengths() {
        return Stream.of(
                row("9112 6.2: a length", "POST /echo HTTP/1.1|Host: a|Content-Length: 3||abc", OPEN, "200 abc"),
                row("9112 6.2: a length of zero", "POST / HTTP/1.1|Host: a|Content-Length: 0||", OPEN, "200 POST / 0"),
                row("9112 6.3: POST without a length", "POST / HTTP/1.1|Host: a||", OPEN, "200 POST / 0"),
                row("9110 8.6: GET with a body", "GET /echo HTTP/1.1|Host: a|Content-Length: 3||abc", OPEN, "200 abc"),
                row("9110 8.6: leading zeros", "POST /echo HTTP/1.1|Host: a|Content-Length: 003||abc", OPEN, "200 abc"),
                row("9110 8.6: a negative length", "POST / HTTP/1.1|Host: a|Content-Length: -1||", CLOSED, "400"),
                row("9110 8.6: a plus sign", "POST / HTTP/1.1|Host: a|Content-Length: +3||abc", CLOSED, "400"),
                row("9110 8.6: hexadecimal", "POST / HTTP/1.1|Host: a|Content-Length: 0x3||abc", CLOSED, "400"),
                row("9110 8.6: an empty length", "POST / HTTP/1.1|Host: a|Content-Length:||", CLOSED, "400"),
                row("9110 8.6: a length with a space", "POST / HTTP/1.1|Host: a|Content-Length: 1 1||", CLOSED, "400"),
                row(
                        "9110 8.6: beyond 64 bits",
                        "POST / HTTP/1.1|Host: a|Content-Length: 99999999999999999999||",
                        CLOSED,
                        "400"),
                row(
                        "9112 6.3: two lengths",
                        "POST / HTTP/1.1|Host: a|Content-Length: 3|Content-Length: 4||abc",
                        CLOSED,
                        "400"),
                row(
                        "9112 6.3: the same length twice",
                        "POST / HTTP/1.1|Host: a|Content-Length: 3|Content-Length: 3||abc",
                        CLOSED,
                        "400"),
                row("9112 6.3: a list of lengths", "POST / HTTP/1.1|Host: a|Content-Length: 3, 3||abc", CLOSED, "400"),
                row(
                        "9112 6.3: a list of different lengths",
                        "POST / HTTP/1.1|Host: a|Content-Length: 3, 4||abc",
                        CLOSED,
                        "400"),
                row("9110 15.5.14: a body too long", "POST / HTTP/1.1|Host: a|Content-Length: 101||", CLOSED, "413"),
                row(
                        "the longest body",
                        "POST /echo HTTP/1.1|Host: a|Content-Length: 100||" + "a".repeat(100),
                        OPEN,
                        "200 " + "a".repeat(100)),
                row(
                        "an unread body is discarded",
                        "POST / HTTP/1.1|Host: a|Content-Length: 50||" + "a".repeat(50),
                        OPEN,
                        "200 POST / 0"),
                row(
                        "a long unread body ends the connection",
                        "POST / HTTP/1.1|Host: a|Content-Length: 51||" + "a".repeat(51),
                        CLOSED,
                        "200 POST / 0"),
                row(
                        "hixie-76: no hidden body",
                        "GET / HTTP/1.1|Host: a|Sec-WebSocket-Key1: 1|Sec-WebSocket-Key2: 2||",
                        OPEN,
                        "200 GET / 0"));
    }

    static Stream<Case> chunks() {
        return Stream.of(
                chunked("9112 7.1: chunks", "3|abc|2|de|0||", OPEN, "200 abcde"),
                chunked("9112 7.1: no data", "0||", OPEN, "200 "),
                chunked(
                        "9112 7.1: hex digits of both cases",
                        "a|0123456789|A|0123456789|0||",
                        OPEN,
                        "200 01234567890123456789"),
                chunked("9112 7.1: leading zeros", "0003|abc|000||", OPEN, "200 abc"),
                chunked("9112 7.1.1: an extension", "3;x=y|abc|0;z||", OPEN, "200 abc"),
                chunked("9112 7.1.1: a quoted extension", "3;x=\"y;z\"|abc|0||", OPEN, "200 abc"),
                chunked("9112 7.1.1: bare LF in an extension", "3;x\n|abc|0||", CLOSED, "400"),
                chunked("9112 7.1: bare LF after a size", "3\nabc|0||", CLOSED, "400"),
                chunked("9112 7.1: bare LF after a chunk", "3|abc\n0||", CLOSED, "400"),
                chunked("9112 7.1: a chunk longer than its size", "3|abcd|0||", CLOSED, "400"),
                chunked("9112 7.1: a chunk shorter than its size", "5|abc|0||", CLOSED, "400"),
                chunked("9112 7.1: no size", "|abc|0||", CLOSED, "400"),
                chunked("9112 7.1: a size that is not hexadecimal", "g|abc|0||", CLOSED, "400"),
                chunked("9112 7.1: a size with 0x", "0x3|abc|0||", CLOSED, "400"),
                chunked("9112 7.1: a negative size", "-3|abc|0||", CLOSED, "400"),
                chunked("9112 7.1: a size with a plus sign", "+3|abc|0||", CLOSED, "400"),
                chunked("9112 7.1: a space before the size", " 3|abc|0||", CLOSED, "400"),
                chunked("9112 7.1: a space after the size", "3 |abc|0||", CLOSED, "400"),
                chunked("9112 7.1: an underscore in the size", "1_0|abc|0||", CLOSED, "400"),
                chunked("9112 7.1: a size beyond 32 bits", "100000003|abc|0||", CLOSED, "400"),
                chunked("9112 7.1: a size beyond 64 bits", "10000000000000003|abc|0||", CLOSED, "400"),
                chunked("9112 7.1.2: a trailer", "3|abc|0|X: y||", OPEN, "200 abc[x=y]"),
                chunked("9110 6.5.1: a length in a trailer", "3|abc|0|Content-Length: 5||", OPEN, "200 abc"),
                chunked("9112 7.1.2: a bad trailer", "3|abc|0|X y||", CLOSED, "400"),
                chunked("6585 5: trailers without an end", "3|abc|0|" + "X: y|".repeat(200), CLOSED, "431"),
                chunked("9110 15.5.14: chunks too long", "65|" + "a".repeat(101) + "|0||", CLOSED, "413"),
                chunked("9110 15.5.14: many chunks too long", "9|123456789|".repeat(12) + "0||", CLOSED, "413"));
    }

    private static Case chunked(String name, String body, After after, String... answers) {
        return row(name, "POST /echo HTTP/1.1|Host: a|Transfer-Encoding: chunked||" + body, after, answers);
    }

    static Stream<Case> codings() {
        String smuggled = "0||GET /smuggled HTTP/1.1|Host: a||";
        return Stream.of(
                row(
                        "9112 6.1: length and coding",
                        "POST / HTTP/1.1|Host: a|Content-Length: 3|Transfer-Encoding: chunked||" + smuggled,
                        CLOSED,
                        "400"),
                row(
                        "9112 6.1: coding and length",
                        "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked|Content-Length: 3||" + smuggled,
                        CLOSED,
                        "400"),
                row(
                        "9112 6.1: chunked in capitals",
                        "POST /echo HTTP/1.1|Host: a|Transfer-Encoding: Chunked||1|a|0||",
                        OPEN,
                        "200 a"),
                row(
                        "9112 6.3: not chunked at last",
                        "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked, gzip||" + smuggled,
                        CLOSED,
                        "400"),
                row(
                        "9112 6.3: identity",
                        "POST / HTTP/1.1|Host: a|Transfer-Encoding: identity||" + smuggled,
                        CLOSED,
                        "400"),
                row(
                        "9112 6.3: a name like chunked",
                        "POST / HTTP/1.1|Host: a|Transfer-Encoding: xchunked||" + smuggled,
                        CLOSED,
                        "400"),
                row(
                        "9112 6.3: chunked with a vertical tab",
                        "POST / HTTP/1.1|Host: a|Transfer-Encoding: \u000bchunked||" + smuggled,
                        CLOSED,
                        "400"),
                row(
                        "9112 6.3: quoted",
                        "POST / HTTP/1.1|Host: a|Transfer-Encoding: \"chunked\"||" + smuggled,
                        CLOSED,
                        "400"),
                row(
                        "9112 6.3: an empty coding",
                        "POST / HTTP/1.1|Host: a|Transfer-Encoding:||" + smuggled,
                        CLOSED,
                        "400"),
                row(
                        "9112 7.1: chunked twice",
                        "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked, chunked||" + smuggled,
                        CLOSED,
                        "400"),
                row(
                        "9112 7.1: chunked in two fields",
                        "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked|Transfer-Encoding: chunked||" + smuggled,
                        CLOSED,
                        "400"),
                row(
                        "9112 6.1: a coding that is unknown",
                        "POST / HTTP/1.1|Host: a|Transfer-Encoding: gzip, chunked||" + smuggled,
                        CLOSED,
                        "501"),
                row(
                        "9112 6.1: two codings in two fields",
                        "POST / HTTP/1.1|Host: a|Transfer-Encoding: gzip|Transfer-Encoding: chunked||" + smuggled,
                        CLOSED,
                        "501"),
                row(
                        "9112 6.1: a coding in 1.0",
                        "POST / HTTP/1.0|Host: a|Connection: keep-alive|Transfer-Encoding: chunked||" + smuggled,
                        CLOSED,
                        "400"),
                row(
                        "9112 5.1: a space after Transfer-Encoding",
                        "POST / HTTP/1.1|Host: a|Transfer-Encoding : chunked||" + smuggled,
                        CLOSED,
                        "400"),
                row(
                        "9112 5.2: a folded Transfer-Encoding",
                        "POST / HTTP/1.1|Host: a|Transfer-Encoding:| chunked||" + smuggled,
                        CLOSED,
                        "400"),
                row(
                        "a body that looks like a request",
                        "POST /echo HTTP/1.1|Host: a|Content-Length: 26||GET / HTTP/1.1\nHost: abc\n\n",
                        OPEN,
                        "200 GET / HTTP/1.1\nHost: abc\n\n"));
    }

    static Stream<Case> connections() {
        return Stream.of(
                row(
                        "9112 9.3: pipelining",
                        "GET /a HTTP/1.1|Host: a||".repeat(2) + "GET /b HTTP/1.1|Host: a||",
                        OPEN,
                        "200 GET /a 0",
                        "200 GET /a 0",
                        "200 GET /b 0"),
                row(
                        "9112 9.3: pipelining after a body",
                        "POST /echo HTTP/1.1|Host: a|Content-Length: 2||abGET /b HTTP/1.1|Host: a||",
                        OPEN,
                        "200 ab",
                        "200 GET /b 0"),
                row(
                        "9112 9.3: pipelining after an unread body",
                        "POST /a HTTP/1.1|Host: a|Content-Length: 2||abGET /b HTTP/1.1|Host: a||",
                        OPEN,
                        "200 POST /a 0",
                        "200 GET /b 0"),
                row(
                        "9112 9.3: pipelining after unread chunks",
                        "POST /a HTTP/1.1|Host: a|Transfer-Encoding: chunked||2|ab|0||GET /b HTTP/1.1|Host: a||",
                        OPEN,
                        "200 POST /a 0",
                        "200 GET /b 0"),
                row(
                        "9112 9.6: close",
                        "GET / HTTP/1.1|Host: a|Connection: close||GET / HTTP/1.1|Host: a||",
                        CLOSED,
                        "200 GET / 0"),
                row(
                        "9112 9.6: close among others",
                        "GET / HTTP/1.1|Host: a|Connection: x, Close||",
                        CLOSED,
                        "200 GET / 0"),
                row("9112 9.3: 1.0 closes", "GET / HTTP/1.0|Host: a||", CLOSED, "200 GET / 0"),
                row(
                        "9112 9.3: 1.0 with keep-alive",
                        "GET / HTTP/1.0|Host: a|Connection: keep-alive||",
                        OPEN,
                        "200 GET / 0"),
                row(
                        "an error ends a pipeline",
                        "GET /a HTTP/1.1|Host: a||BAD|GET /b HTTP/1.1|Host: a||",
                        CLOSED,
                        "200 GET /a 0",
                        "400"),
                row("9110 9.3.2: HEAD", "HEAD / HTTP/1.1|Host: a||", OPEN, "200 "),
                row("9110 15.3.5: 204", "GET /204 HTTP/1.1|Host: a||", OPEN, "204 "),
                row("9110 15.4.5: 304", "GET /304 HTTP/1.1|Host: a||", OPEN, "304 "),
                row(
                        "a handler's error keeps the connection",
                        "GET /418 HTTP/1.1|Host: a||",
                        OPEN,
                        "418 I am a teapot\n"),
                row("a chunked answer", "GET /stream HTTP/1.1|Host: a||", OPEN, "200 one two"),
                row(
                        "9112 6.3: a streamed answer to 1.0",
                        "GET /stream HTTP/1.0|Host: a|Connection: keep-alive||",
                        CLOSED,
                        "200 one two"));
    }

    static Stream<Case> all() {
        return Stream.of(requestLines(), targets(), fields(), lengths(), chunks(), codings(), connections())
                .flatMap(cases -> cases);
    }

    @ParameterizedTest
    @MethodSource("all")
    void answers(Case row) throws IOException {
        HttpServer server = serve(HttpServer.builder().limits(SMALL), ProtocolTest::handle);
        RawClient client = client(server).sendLines(row.sent);
        check(row, client);
    }

    /** The same, byte by byte, so that each state of the parser is left and entered again. */
    @ParameterizedTest
    @MethodSource("all")
    void answersFragments(Case row) throws IOException {
        HttpServer server = serve(HttpServer.builder().limits(SMALL), ProtocolTest::handle);
        RawClient client = client(server);
        try {
            for (char c : row.sent.replace("|", "\r\n").toCharArray()) {
                client.send(String.valueOf(c));
            }
        } catch (IOException e) {
            // The server has answered and closed; the answer can still be read.
        }
        check(row, client);
    }

    private static void check(Case row, RawClient client) throws IOException {
        String method = row.sent.startsWith("HEAD") ? "HEAD" : "GET";
        List<String> answers = new ArrayList<>();
        List<RawClient.Response> responses = new ArrayList<>();
        for (String expected : row.answers) {
            RawClient.Response response = client.receive(method);
            responses.add(response);
            answers.add(response.status() + (expected.contains(" ") ? " " + response.body() : ""));
        }
        assertEquals(row.answers, answers);
        if (row.after == OPEN) {
            assertEquals("GET /probe 0", client.get("/probe").receive().body());
        } else {
            assertEquals("", client.rest());
            assertEquals("close", responses.getLast().field("Connection"));
        }
    }

    private static void handle(HttpRequest request, HttpResponse response) throws IOException {
        switch (request.path()) {
            case "/echo" -> {
                String body = request.body().text();
                for (String name : request.trailers().names()) {
                    body += "[" + name.toLowerCase(Locale.ROOT) + "="
                            + request.trailers().first(name).orElseThrow() + "]";
                }
                response.send(body);
            }
            case "/204" -> response.status(204).send();
            case "/304" -> response.status(304).header("ETag", "\"a\"").send();
            case "/418" -> throw new HttpException(418, "I am a teapot");
            case "/stream" -> {
                response.stream().write("one ".getBytes(ISO_8859_1));
                response.stream().flush();
                response.stream().write("two".getBytes(ISO_8859_1));
            }
            default ->
                response.send(request.method() + " " + request.path() + " "
                        + request.body().count());
        }
    }
}
