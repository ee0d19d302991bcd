package dev.weft.io;

import dev.weft.io.internal.TimeLimit;
import dev.weft.io.offload.InputPump;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * The standard input of this program, {@link System#in}, read without blocking a loop.
 *
 * <pre>{@code
 * for (String line : StandardInput.lines()) { ... }
 * }</pre>
 *
 * <p>One daemon thread of the JVM reads it, and only when somebody waits for input. Greenlets of any loop and other
 * threads may read, one at a time; a second one gets {@link dev.weft.Busy}. A greenlet that is killed while waiting
 * loses nothing: a partial line is kept for the next reader of this class. Input that this class has read is no longer
 * available from {@code System.in}; and of the two forms here, stream and lines, neither returns what the other has
 * taken.
 *
 * <p>Output needs no such class: {@code System.out} and {@code System.err} block only while a terminal is stopped or
 * the reader of a pipe is slow. Where that must not hold up the loop, off-load it: {@code Weft.offload(() ->
 * System.out.print(page))}.
 */
public final class StandardInput {
    private static Shared shared = new Shared(InputStream.nullInputStream());

    private StandardInput() {}

    /** The input that all callers share until {@link System#setIn} replaces it. */
    private static final class Shared {
        private final InputStream source;
        private final InputStream stream;
        private final Lines lines;

        Shared(InputStream source) {
            this.source = source;
            stream = new View(new InputPump(new StandardSource(source), "standard input"));
            lines = Lines.of(stream, charset());
        }
    }

    /** What callers get. Closing it does nothing, as nobody could read any more. */
    private static final class View extends FilterInputStream implements Lines.LimitedInput {
        private final InputPump pump;

        View(InputPump pump) {
            super(pump);
            this.pump = pump;
        }

        @Override
        public int read(byte[] bytes, int offset, int length, TimeLimit limit) throws IOException {
            return pump.read(bytes, offset, length, limit);
        }

        @Override
        public void close() {}

        @Override
        public String toString() {
            return in.toString();
        }
    }

    private record StandardSource(InputStream input) implements InputPump.Source {
        @Override
        public int read(byte[] target) throws IOException {
            return input.read(target);
        }

        @Override
        public void close() {}
    }

    private static Charset charset() {
        return Charset.forName(
                System.getProperty("stdin.encoding", Charset.defaultCharset().name()));
    }

    private static synchronized Shared shared() {
        if (shared.source != System.in) {
            shared = new Shared(System.in);
        }
        return shared;
    }

    /** Its bytes; a read waits until there are some. Closing it does nothing. */
    public static InputStream stream() {
        return shared().stream;
    }

    /** Waits for a line and returns it without its terminator; empty at the end of the input. */
    public static Optional<String> readLine() throws IOException {
        return shared().lines.read();
    }

    /**
     * As {@link #readLine()}, for up to {@code timeout}. A partial line stays for the next call.
     *
     * @throws dev.weft.DeadlineExceeded when the time is up; nothing was taken
     */
    public static Optional<String> readLine(Duration timeout) throws IOException {
        return shared().lines.readWithin(TimeLimit.of(Objects.requireNonNull(timeout, "timeout")));
    }

    /** Its lines, in the encoding of the console. Closing them does nothing. */
    public static Lines lines() {
        return shared().lines;
    }
}
