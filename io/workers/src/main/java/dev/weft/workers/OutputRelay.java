package dev.weft.workers;

import dev.weft.Action;
import dev.weft.Weft;
import dev.weft.io.process.PipeInput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/** Passes on what a worker writes to one of its streams, line by line, and keeps the last lines. A greenlet runs it. */
final class OutputRelay implements Action {
    private static final int KEPT_LINES = 20;
    private static final int LONGEST_LINE = 8 * 1024;

    private final PipeInput input;
    private final Consumer<String> sink;
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream(); // the current line
    private final Deque<String> last = new ArrayDeque<>();

    OutputRelay(PipeInput input, Consumer<String> sink) {
        this.input = input;
        this.sink = sink;
    }

    /** Returns the last lines. */
    List<String> lastLines() {
        return List.copyOf(last);
    }

    @Override
    public void run() {
        byte[] chunk = new byte[LONGEST_LINE];
        List<String> lines = new ArrayList<>();
        try {
            int count;
            while ((count = input.read(chunk)) >= 0) {
                split(chunk, count, lines);
                passOn(lines);
            }
        } catch (IOException e) {
            // the worker was stopped
        }
        if (begun.size() > 0) {
            endLine(lines);
        }
        passOn(lines);
    }

    private void split(byte[] chunk, int count, List<String> lines) {
        for (int i = 0; i < count; i++) {
            if (chunk[i] == '\n') {
                endLine(lines);
                continue;
            }
            begun.write(chunk[i]);
            if (begun.size() == LONGEST_LINE) {
                endLine(lines);
            }
        }
    }

    private void endLine(List<String> lines) {
        String line = begun.toString(StandardCharsets.UTF_8);
        begun.reset();
        lines.add(line);
        last.add(line);
        if (last.size() > KEPT_LINES) {
            last.remove();
        }
    }

    private void passOn(List<String> lines) {
        if (!lines.isEmpty()) {
            List<String> batch = List.copyOf(lines);
            lines.clear();
            Weft.offload(() -> batch.forEach(sink));
        }
    }
}
