package dev.weft.sight.timeline;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.consumer.RecordingFile;

/**
 * The timeline of a flight recording: what each loop ran, what each greenlet waited for, and what went wrong meanwhile. Any
 * thread, one at a time; holds all of it in memory.
 *
 * <pre>{@code
 * Timeline timeline = Timeline.read(Path.of("weft.jfr"));
 * timeline.writeTrace(Path.of("weft.json"));
 * }</pre>
 */
public final class Timeline {
    final List<Span> spans = new ArrayList<>(); // of loops and threads, each nested in what it happened in
    final List<Span> waits = new ArrayList<>(); // of greenlets; may overlap
    final List<Mark> marks = new ArrayList<>();
    final List<Level> levels = new ArrayList<>();

    Timeline() {}

    /**
     * Reads {@code recording}, the file of a flight recording, however it was made. Takes about a second for 100,000 events.
     *
     * @throws IOException if it cannot be read, or is no recording
     */
    public static Timeline read(Path recording) throws IOException {
        EventReader reader = new EventReader(new Timeline());
        try (RecordingFile file = new RecordingFile(recording)) {
            while (file.hasMoreEvents()) {
                reader.read(file.readEvent());
            }
        }
        return reader.timeline();
    }

    /** Returns whether there is nothing to show: the recording has no event of Weft's. */
    public boolean isEmpty() {
        return spans.isEmpty() && waits.isEmpty() && marks.isEmpty() && levels.isEmpty();
    }

    /**
     * Writes the timeline in Chrome's trace event format, which ui.perfetto.dev and speedscope.app open.
     *
     * @throws IOException if the file cannot be written
     */
    public void writeTrace(Path file) throws IOException {
        try (TraceWriter writer = new TraceWriter(file)) {
            writer.write(this);
        }
    }

    /**
     * Writes what loops and threads ran in the file format of speedscope.app, a profile for each.
     *
     * @throws IOException if the file cannot be written
     */
    public void writeSpeedscope(Path file) throws IOException {
        try (SpeedscopeWriter writer = new SpeedscopeWriter(file)) {
            writer.write(this);
        }
    }
}
