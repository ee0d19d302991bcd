package dev.weft.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LinesTest {

    /** Gives a byte at a time, the worst that a stream may do. */
    private static InputStream dripping(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8)) {
            @Override
            public synchronized int read(byte[] bytes, int offset, int length) {
                return super.read(bytes, offset, Math.min(1, length));
            }
        };
    }

    private static List<String> all(Lines lines) {
        List<String> all = new ArrayList<>();
        lines.forEach(all::add);
        return all;
    }

    @Test
    void linesEndWithEitherEndAndTheLastNeedsNone() {
        String text = "one\r\n\n\u00e4\u20ac\nlast";
        List<String> expected = List.of("one", "", "\u00e4\u20ac", "last");
        assertEquals(expected, all(Lines.of(dripping(text))));
        assertEquals(expected, all(Lines.of(new ByteArrayInputStream(text.getBytes(UTF_8)))));
        assertEquals(List.of("x"), all(Lines.of(dripping("x\n"))));
        assertEquals(List.of("", ""), all(Lines.of(dripping("\n\r\n"))));
        assertEquals(List.of(), all(Lines.of(dripping(""))));
        assertEquals(List.of("\u00e4"), all(Lines.of(new ByteArrayInputStream(new byte[] {(byte) 0xe4}), ISO_8859_1)));
    }

    @Test
    void longLinesOutgrowTheBuffer() {
        String line = "x".repeat(100_000);
        assertEquals(List.of("a", line, line, "b"), all(Lines.of(dripping("a\n" + line + "\n" + line + "\r\nb"))));
    }

    @Test
    void aLineThatIsTooLongIsRefusedAndTheMessageTellsTheCure() throws IOException {
        for (String tooLong : List.of("12345", "12345\n", "12345\r\n", "1234567890")) {
            Lines lines = Lines.of(dripping("1234\r\n" + tooLong), UTF_8, 4);
            assertEquals(Optional.of("1234"), lines.read());
            IOException e = assertThrows(IOException.class, lines::read);
            assertTrue(
                    e.toString().contains("more than 4 bytes") && e.toString().contains("longest"), e::toString);
        }
        UncheckedIOException e =
                assertThrows(UncheckedIOException.class, () -> all(Lines.of(dripping("12345"), UTF_8, 4)));
        assertTrue(e.toString().contains("more than 4 bytes"), e::toString);
    }

    @Test
    void nothingOfALineIsLostWhenTheStreamFailsInTheMidst() throws IOException {
        InputStream stumbling = new InputStream() {
            private int count;

            @Override
            public int read() throws IOException {
                if (++count == 3) {
                    throw new IOException("try again");
                }
                return count > 5 ? -1 : 'a' + count;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                int value = read();
                bytes[offset] = (byte) value;
                return value < 0 ? -1 : 1;
            }
        };
        Lines lines = Lines.of(stumbling);
        assertThrows(IOException.class, lines::read);
        assertEquals(Optional.of("bcef"), lines.read());
        assertEquals(Optional.empty(), lines.read());
    }

    @Test
    void readAndIteratorsTakeFromTheSame() throws IOException {
        Lines lines = Lines.of(dripping("1\n2\n3\n"));
        assertTrue(lines.iterator().hasNext());
        assertEquals(Optional.of("1"), lines.read());
        assertEquals("2", lines.iterator().next());
        assertEquals(Optional.of("3"), lines.read());
        assertThrows(java.util.NoSuchElementException.class, lines.iterator()::next);
    }

    @Test
    void aCharsetInWhichALineFeedIsNotAByteIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Lines.of(InputStream.nullInputStream(), UTF_16));
        assertThrows(IllegalArgumentException.class, () -> Lines.of(InputStream.nullInputStream(), UTF_8, 0));
    }
}
