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
 * The standard input of this program, {@link System#in}, which greenlets can read without blocking a loop.
 *
 * <pre>{@code
 * for (String line : StandardInput.lines()) { ... }
 * }</pre>
 *
 * <p>A single daemon thread reads from {@code System.in}, only while a caller waits for input. Greenlets of any loop and
 * other threads may read, one at a time; a concurrent second reader gets {@link dev.weft.Busy}. Killing a greenlet that waits
 * loses no input: a partial line is kept for the next reader of this class. Input that this class has read is no longer
 * available from {@code System.in}. Each byte is returned only once, either by the stream or by the lines.
 *
 * <p>Output needs no such class: {@code System.out} and {@code System.err} block only while a terminal is stopped or the
 * reader of a pipe is slow. If that must not block the loop, off-load it: {@code Weft.offload(() -> System.out.print(page))}.
 */
public final class StandardInput {
    private static Shared shared = new Shared(InputStream.nullInputStream());

    private StandardInput() {}

    /** The input that all callers share until {@link System#setIn} replaces {@code System.in}. */
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

    /** The stream returned to callers. Closing it does nothing, because it is shared. */
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

    /** Returns standard input as a byte stream; reads wait for input. Closing the stream does nothing. */
    public static InputStream stream() {
        return shared().stream;
    }

    /** Waits for a line and returns it without its terminator, or returns empty at the end of the input. */
    public static Optional<String> readLine() throws IOException {
        return shared().lines.read();
    }

    /**
     * Does the same as {@link #readLine()}, but waits at most {@code timeout}. A partial line is kept for the next call.
     *
     * @throws dev.weft.DeadlineExceeded if the timeout expires; no input is consumed
     */
    public static Optional<String> readLine(Duration timeout) throws IOException {
        return shared().lines.readWithin(TimeLimit.of(Objects.requireNonNull(timeout, "timeout")));
    }

    /** Returns the lines of standard input, decoded in the console's encoding. Closing them does nothing. */
    public static Lines lines() {
        return shared().lines;
    }
}
