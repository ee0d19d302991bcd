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
 * <p>One daemon thread for the whole JVM reads it, and only when somebody waits. Greenlets of any loop, and other
 * threads, take turns; two at a time are a bug, and the second gets {@link dev.weft.Busy}. One who is killed while
 * waiting loses nothing: half a line that was read is there for the next one, as long as that comes here too. What this
 * class has read, {@code System.in} itself does not give any more; neither do the two forms here, stream and lines,
 * give what the other has taken.
 *
 * <p>Writing needs nothing of the kind: {@code System.out} and {@code System.err} block only while a terminal is
 * stopped or the reader of a pipe is slow; where that must not hold the loop up, off-load it: {@code Weft.offload(() ->
 * System.out.print(page))}.
 */
public final class StandardInput {
    private static Shared shared = new Shared(InputStream.nullInputStream());

    private StandardInput() {}

    /** What all share, as long as {@link System#setIn} puts nothing else in its place. */
    private static final class Shared {
        private final InputStream source;
        private final InputStream stream;
        private final Lines lines;

        Shared(InputStream source) {
            this.source = source;
            stream = new View(new InputPump(new Source(source), "standard input"));
            lines = Lines.of(stream, charset());
        }
    }

    /** What users get: to close it does nothing, as nobody could read any more then. */
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

    private record Source(InputStream input) implements InputPump.Source {
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

    /** Waits for a line and gives it, without its end; empty at the end of the input. */
    public static Optional<String> readLine() throws IOException {
        return shared().lines.read();
    }

    /**
     * As {@link #readLine()}, for {@code timeout} at the most. What has come of a line by then is there for the next call.
     *
     * @throws dev.weft.DeadlineExceeded when the time is up; nothing was taken then
     */
    public static Optional<String> readLine(Duration timeout) throws IOException {
        return shared().lines.readWithin(TimeLimit.of(Objects.requireNonNull(timeout, "timeout")));
    }

    /** Its lines, in the encoding of the console, one after the other. */
    public static Lines lines() {
        return shared().lines;
    }
}
