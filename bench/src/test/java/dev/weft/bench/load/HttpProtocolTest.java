package dev.weft.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpProtocolTest {
    private static final String ANSWER =
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, World!";

    private final HttpProtocol protocol = new HttpProtocol("Hello, World!", 2);

    private int read(int connection, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return protocol.read(connection, Bytes.of(bytes), bytes.length);
    }

    private void assertRefused(int connection, String text, String why) {
        IOException failure = assertThrows(IOException.class, () -> read(connection, text));
        assertTrue(failure.toString().contains(why), failure.toString());
    }

    @Test
    void anAnswerMayComeByteByByte() throws IOException {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < ANSWER.length() - 1; i++) {
                assertEquals(0, read(0, ANSWER.substring(i, i + 1)));
            }
            assertEquals(1, read(0, "!"));
        }
    }

    @Test
    void aWrongBodyIsSeenInTheFirstAnswerOfEveryConnection() throws IOException {
        assertEquals(1, read(0, ANSWER));
        assertEquals(1, read(0, ANSWER));
        assertRefused(1, ANSWER.replace("Hello", "hello"), "got the body \"hello, World!\"");
    }

    @Test
    void aWrongEndIsSeenInEveryAnswer() throws IOException {
        assertEquals(1, read(0, ANSWER));
        assertRefused(0, ANSWER.replace("World", "world"), "got the body");
    }

    @Test
    void anotherStatusOfTheSameLengthIsSeenInEveryAnswer() throws IOException {
        assertEquals(1, read(0, ANSWER));
        assertRefused(0, ANSWER.replace("200 OK", "500 OK"), "HTTP/1.1 500 OK");
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1 200 OK,HTTP/1.1 503 Busy,status 200: HTTP/1.1 503 Busy",
        "HTTP/1.1 200 OK,HTTP/1.0 200 OK,HTTP/1.0 200 OK",
        "Content-Length: 13,Transfer-Encoding: chunked,instead of a Content-Length: chunked",
        "Content-Length: 13,X: 1,Content-Length is not a number: null",
        "Content-Length: 13,Content-Length: 12,got a body of 12 bytes",
        "Content-Type: text/plain,Content-Type: text/html,not text/plain: text/html",
        "Content-Type: text/plain,Connection: close,does not keep the connection alive",
        "World!,World!!,1 bytes beyond the end"
    })
    void anAnswerThatIsNotTheAgreedOneIsRefused(String part, String other, String why) {
        assertRefused(0, ANSWER.replace(part, other), why);
    }

    @Test
    void aHeadWithoutEndIsRefused() {
        assertRefused(0, "HTTP/1.1 200 OK\r\nX: " + "x".repeat(9000), "longer than 8192 bytes");
    }

    @Test
    void requestsAreWrittenOneBehindTheOther() {
        Bytes out = new Bytes(1024);
        protocol.write(out, 0, 0, 2);
        byte[] written = new byte[2 * protocol.requestBytes()];
        out.copyTo(written, 0, written.length);
        assertEquals(
                "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".repeat(2), new String(written, StandardCharsets.US_ASCII));
    }
}
