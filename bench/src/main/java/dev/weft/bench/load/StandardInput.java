package dev.weft.bench.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What whoever started us says, read by a thread of its own, so that the loop can go on: one line at the most, then the end. */
final class StandardInput {
    private final BufferedReader reader;
    private volatile @Nullable String firstLine;
    private volatile boolean hasEnded;

    private StandardInput(InputStream in) {
        reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    /** Starts to read {@code in}. */
    static StandardInput of(InputStream in) {
        StandardInput input = new StandardInput(in);
        Thread thread = new Thread(input::read, "standard input");
        thread.setDaemon(true);
        thread.start();
        return input;
    }

    private void read() {
        try {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (firstLine == null) {
                    firstLine = line;
                }
            }
        } catch (IOException e) {
            // The same as its end.
        }
        hasEnded = true;
    }

    /** Whether there is a line, or will never be one. */
    boolean hasLine() {
        return firstLine != null || hasEnded;
    }

    /** The first line; fails if there is none. */
    String line() throws IOException {
        String line = firstLine;
        if (line == null) {
            throw new IOException("standard input has ended before the line \"PORT PID\" of the server");
        }
        return line;
    }

    boolean hasEnded() {
        return hasEnded;
    }
}
