package dev.weft.http;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Percent-decoding (RFC 3986, section 2.1) to UTF-8. Malformed escapes and malformed UTF-8 are refused, not replaced. */
final class PercentDecoding {
    private PercentDecoding() {}

    /**
     * Returns {@code text} with its escapes decoded.
     *
     * @throws HttpException with 400 if an escape is malformed
     */
    static String decode(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        ByteBuffer bytes = ByteBuffer.allocate(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                bytes.put(escaped(text, i + 1));
                i += 2;
            } else {
                bytes.put((byte) c);
            }
        }
        try {
            CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(bytes.flip());
            return decoded.toString();
        } catch (CharacterCodingException e) {
            throw new HttpException(400, "the target is not UTF-8: " + FieldSyntax.quoted(text));
        }
    }

    private static byte escaped(String text, int start) {
        if (start + 2 > text.length()
                || !HexFormat.isHexDigit(text.charAt(start))
                || !HexFormat.isHexDigit(text.charAt(start + 1))) {
            throw new HttpException(
                    400, "a percent sign must be followed by two hex digits: " + FieldSyntax.quoted(text));
        }
        return (byte) HexFormat.fromHexDigits(text, start, start + 2);
    }
}
