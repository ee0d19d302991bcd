package dev.weft.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** A head has the same answer wherever the network cuts it in two. */
final class RequestDecoderTest {
    private static final int LINE = 40;
    private static final int FIELDS = 30;
    private static final HttpLimits LIMITS =
            HttpLimits.builder().requestLine(LINE).headers(10, FIELDS).build();

    private static String head(int line, int fields) {
        String target = "/" + "a".repeat(line - "GET / HTTP/1.1".length());
        String value = "b".repeat(fields - "Host: aX: ".length());
        return "GET " + target + " HTTP/1.1\r\nHost: a\r\nX: " + value + "\r\n\r\n";
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.buffer().writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void theLongestLineAndFieldsAreTakenInTwoPieces() {
        String head = head(LINE, FIELDS);
        for (int cut = 1; cut < head.length(); cut++) {
            RequestDecoder decoder = new RequestDecoder(LIMITS);
            ByteBuf input = bytes(head.substring(0, cut));
            assertNull(decoder.head(input), head.substring(0, cut));
            input.writeBytes(head.substring(cut).getBytes(StandardCharsets.ISO_8859_1));
            assertNotNull(decoder.head(input), "cut at " + cut);
        }
    }

    @Test
    void oneByteMoreIsTooLongInTwoPieces() {
        assertRefused(414, head(LINE + 1, FIELDS));
        assertRefused(431, head(LINE, FIELDS + 1));
    }

    private static void assertRefused(int status, String head) {
        for (int cut = 1; cut < head.length(); cut++) {
            RequestDecoder decoder = new RequestDecoder(LIMITS);
            ByteBuf input = bytes(head.substring(0, cut));
            String rest = head.substring(cut);
            HttpException refusal = assertThrows(HttpException.class, () -> {
                decoder.head(input);
                decoder.head(input.writeBytes(rest.getBytes(StandardCharsets.ISO_8859_1)));
            });
            assertEquals(status, refusal.status(), "cut at " + cut);
        }
    }
}
