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
 * The lines of a stream, one at a time, each without its terminator ({@code \n} or {@code \r\n}), which the last line
 * may lack. Reading waits as the stream does. A greenlet that is killed in the middle of a line loses nothing: the next
 * call continues that line, where a {@link java.io.BufferedReader} would drop its beginning.
 *
 * <pre>{@code
 * try (Lines lines = Files.lines(path)) {
 *     for (String line : lines) { ... }
 * }
 * }</pre>
 *
 * <p>Memory is bounded by the longest line that is allowed. For one greenlet at a time. Closing it closes the stream.
 */
public final class Lines implements Iterable<String>, AutoCloseable {
    /** The default limit for the length of a line, in bytes. */
    public static final int MAX_LINE_BYTES = 16 * 1024 * 1024;

    private static final int FIRST_SIZE = 8 * 1024;

    private final InputStream input;
    private final Charset charset;
    private final int longest;
    private byte[] buffer;
    private int start; // of the line
    private int searched; // up to here there is no line feed
    private int end; // of what has been read
    private boolean atEnd;
    private @Nullable String ahead; // read by an iterator's hasNext()

    /** An input whose reads can have a time limit. */
    interface LimitedInput {
        /** As {@link InputStream#read(byte[], int, int)}, within {@code limit}. */
        int read(byte[] bytes, int offset, int length, TimeLimit limit) throws IOException;
    }

    private Lines(InputStream input, Charset charset, int longest) {
        this.input = Objects.requireNonNull(input, "input");
        this.charset = requireLineFeeds(charset);
        this.longest = longest;
        buffer = new byte[Math.min(FIRST_SIZE, longest + 2)];
    }

    /** The lines of {@code input} in UTF-8; malformed bytes become U+FFFD. */
    public static Lines of(InputStream input) {
        return of(input, StandardCharsets.UTF_8);
    }

    /**
     * As {@link #of(InputStream)}, in {@code charset}.
     *
     * @throws IllegalArgumentException if a line feed is not one byte in it, as in UTF-16
     */
    public static Lines of(InputStream input, Charset charset) {
        return new Lines(input, charset, MAX_LINE_BYTES);
    }

    /** As {@link #of(InputStream, Charset)}, for lines of up to {@code longest} bytes. */
    public static Lines of(InputStream input, Charset charset, int longest) {
        if (longest < 1 || longest > Integer.MAX_VALUE - 16) {
            throw new IllegalArgumentException("a line may have from 1 to 2^31 - 17 bytes: " + longest);
        }
        return new Lines(input, charset, longest);
    }

    private static Charset requireLineFeeds(Charset charset) {
        byte[] lineFeed = "\n".getBytes(charset);
        if (lineFeed.length != 1 || lineFeed[0] != '\n') {
            throw new IllegalArgumentException("lines are separated by the byte 10, which is not a line feed in "
                    + charset + "; use an InputStreamReader");
        }
        return charset;
    }

    /**
     * The next line; empty at the end.
     *
     * @throws IOException if the stream throws it, or a line is too long
     */
    public Optional<String> read() throws IOException {
        return readWithin(null);
    }

    /** As {@link #read()}, within {@code limit}, if there is one and the input supports limits. */
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

    /** Takes the line that ends before {@code nextStart}. */
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
     * The remaining lines, each once; all iterators take from the same stream. What {@link #read} would throw is
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
