package dev.weft.bench.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Standard input, read by a separate thread so that the loop keeps running. */
final class StandardInput {
    private final BufferedReader reader;
    private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
    private volatile boolean hasEnded;

    private StandardInput(InputStream in) {
        reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

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
                lines.add(line);
            }
        } catch (IOException e) {
            // Treated as the end of input.
        }
        hasEnded = true;
    }

    /** Runs {@code loop} until the next line is available, and returns it; null at the end. */
    @Nullable String next(EventLoop loop) throws IOException {
        loop.runUntil(() -> hasEnded || !lines.isEmpty());
        return lines.poll();
    }
}
