package dev.weft.bench.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The head of an HTTP/1.1 response.
 *
 * @param headBytes the length of the head, including the empty line
 * @param bodyBytes the length of the body
 */
record HttpAnswer(int headBytes, int bodyBytes) {
    private static final String END = "\r\n\r\n";
    private static final int LONGEST_HEAD = 8 * 1024;

    int totalBytes() {
        return headBytes + bodyBytes;
    }

    /**
     * Parses the head at the start of {@code bytes}; returns null if it is incomplete.
     *
     * @throws IOException if the load generator cannot work with it: a status other than 200, no length, a connection that is
     *     not kept alive
     */
    static @Nullable HttpAnswer parse(byte[] bytes, int length) throws IOException {
        String text = new String(bytes, 0, Math.min(length, LONGEST_HEAD), StandardCharsets.ISO_8859_1);
        int end = text.indexOf(END);
        if (end < 0) {
            if (length >= LONGEST_HEAD) {
                throw new IOException(
                        "the response head is longer than " + LONGEST_HEAD + " bytes: " + firstLine(text));
            }
            return null;
        }
        String head = text.substring(0, end);
        if (!head.startsWith("HTTP/1.1 200 ") && !firstLine(head).equals("HTTP/1.1 200")) {
            throw new IOException("the response is not HTTP/1.1 with status 200: " + firstLine(head));
        }
        return new HttpAnswer(end + END.length(), bodyBytes(head));
    }

    private static int bodyBytes(String head) throws IOException {
        if (header(head, "Transfer-Encoding") != null) {
            throw new IOException("the response has a Transfer-Encoding instead of a Content-Length: "
                    + header(head, "Transfer-Encoding"));
        }
        if ("close".equalsIgnoreCase(header(head, "Connection"))) {
            throw new IOException("the server does not keep the connection alive");
        }
        String type = header(head, "Content-Type");
        if (type == null || !type.toLowerCase(Locale.ROOT).startsWith("text/plain")) {
            throw new IOException("the response's Content-Type is not text/plain: " + type);
        }
        String length = header(head, "Content-Length");
        if (length == null || !length.matches("[0-9]{1,9}")) {
            throw new IOException("the response's Content-Length is not a number: " + length);
        }
        return Integer.parseInt(length);
    }

    private static @Nullable String header(String head, String name) {
        return head.lines()
                .skip(1)
                .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse(null);
    }

    private static String firstLine(String head) {
        return head.lines().findFirst().orElse("");
    }
}
