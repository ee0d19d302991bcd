package dev.weft.io;

import dev.weft.io.internal.TimeLimit;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a stream, read one at a time and returned without their terminator ({@code \n} or {@code \r\n}). The last
 * line may lack a terminator. Reads wait as the stream does. Killing a greenlet in the middle of a line loses no input: the next
 * call continues that line, whereas a {@link java.io.BufferedReader} would lose its beginning.
 *
 * <pre>{@code
 * try (Lines lines = Files.lines(path)) {
 *     for (String line : lines) { ... }
 * }
 * }</pre>
 *
 * <p>Memory use is bounded by the maximum line length. Must be used by one greenlet at a time. Closing this object closes the
 * stream.
 */
public final class Lines implements Iterable<String>, AutoCloseable {
    /** The default maximum length of a line, in bytes. */
    public static final int MAX_LINE_BYTES = 16 * 1024 * 1024;

    private static final int FIRST_SIZE = 8 * 1024;

    private final InputStream input;
    private final Charset charset;
    private final int longest;
    private byte[] buffer;
    private int start; // of the current line
    private int searched; // no line feed before this index
    private int end; // of the bytes read so far
    private boolean atEnd;
    private @Nullable String ahead; // read by an iterator's hasNext()

    /** An input that supports reads with a time limit. */
    interface LimitedInput {
        /** Reads as {@link InputStream#read(byte[], int, int)} does, within {@code limit}. */
        int read(byte[] bytes, int offset, int length, TimeLimit limit) throws IOException;
    }

    private Lines(InputStream input, Charset charset, int longest) {
        this.input = Objects.requireNonNull(input, "input");
        this.charset = requireLineFeeds(charset);
        this.longest = longest;
        buffer = new byte[Math.min(FIRST_SIZE, longest + 2)];
    }

    /** Returns the lines of {@code input}, decoded as UTF-8; malformed input becomes U+FFFD. */
    public static Lines of(InputStream input) {
        return of(input, StandardCharsets.UTF_8);
    }

    /**
     * Returns the lines of {@code input}, decoded as {@code charset}.
     *
     * @throws IllegalArgumentException if the charset does not encode a line feed as the single byte 10, for example UTF-16
     */
    public static Lines of(InputStream input, Charset charset) {
        return new Lines(input, charset, MAX_LINE_BYTES);
    }

    /** Returns the lines of {@code input}, decoded as {@code charset}, with at most {@code longest} bytes per line. */
    public static Lines of(InputStream input, Charset charset, int longest) {
        if (longest < 1 || longest > Integer.MAX_VALUE - 16) {
            throw new IllegalArgumentException("the maximum line length must be from 1 to 2^31 - 17 bytes: " + longest);
        }
        return new Lines(input, charset, longest);
    }

    private static Charset requireLineFeeds(Charset charset) {
        byte[] lineFeed = "\n".getBytes(charset);
        if (lineFeed.length != 1 || lineFeed[0] != '\n') {
            throw new IllegalArgumentException("lines are split at byte 10, which is not how " + charset
                    + " encodes a line feed; use an InputStreamReader");
        }
        return charset;
    }

    /**
     * Reads the next line; returns empty at the end of the stream.
     *
     * @throws IOException if the stream throws it or the line is too long
     */
    public Optional<String> read() throws IOException {
        return readWithin(null);
    }

    /** Reads as {@link #read()} does, within {@code limit} if it is not null and the input supports limits. */
    Optional<String> readWithin(@Nullable TimeLimit limit) throws IOException {
        String line = ahead;
        ahead = null;
        return Optional.ofNullable(line == null ? nextOrNull(limit) : line);
    }

    private @Nullable String nextOrNull(@Nullable TimeLimit limit) throws IOException {
        while (true) {
            for (; searched < end; searched++) {
                if (buffer[searched] == '\n') {
                    return line(searched + 1);
                }
            }
            if (atEnd) {
                return start < end ? line(end) : null;
            }
            fill(limit);
        }
    }

    /** Removes and returns the line that ends before {@code nextStart}. */
    private String line(int nextStart) throws IOException {
        int length = nextStart - start;
        if (buffer[nextStart - 1] == '\n') {
            length -= length > 1 && buffer[nextStart - 2] == '\r' ? 2 : 1;
        }
        if (length > longest) {
            throw tooLong();
        }
        String line = new String(buffer, start, length, charset);
        start = nextStart;
        searched = nextStart;
        return line;
    }

    private void fill(@Nullable TimeLimit limit) throws IOException {
        makeRoom();
        int count = limit != null && input instanceof LimitedInput limited
                ? limited.read(buffer, end, buffer.length - end, limit)
                : input.read(buffer, end, buffer.length - end);
        if (count < 0) {
            atEnd = true;
        } else {
            end += count;
        }
    }

    private void makeRoom() throws IOException {
        if (start > 0) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            searched -= start;
            start = 0;
        }
        if (end == buffer.length) {
            if (end >= longest + 2) {
                throw tooLong();
            }
            byte[] larger = new byte[(int) Math.min(2L * end, longest + 2L)]; // two for the terminator
            System.arraycopy(buffer, 0, larger, 0, end);
            buffer = larger;
        }
    }

    private IOException tooLong() {
        return new IOException("a line of " + input + " has more than " + longest
                + " bytes; read the stream itself, or allow more with Lines.of(input, charset, longest)");
    }

    /**
     * Returns an iterator over the remaining lines. All iterators consume the same stream. An exception of {@link #read} is
     * wrapped in an {@link UncheckedIOException}.
     */
    @Override
    public Iterator<String> iterator() {
        return new RemainingLines();
    }

    private final class RemainingLines implements Iterator<String> {
        @Override
        public boolean hasNext() {
            if (ahead == null) {
                try {
                    ahead = nextOrNull(null);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            return ahead != null;
        }

        @Override
        public String next() {
            String line = hasNext() ? ahead : null;
            if (line == null) {
                throw new NoSuchElementException("there are no more lines of " + input);
            }
            ahead = null;
            return line;
        }
    }

    @Override
    public void close() throws IOException {
        input.close();
    }

    @Override
    public String toString() {
        return "lines of " + input;
    }
}
