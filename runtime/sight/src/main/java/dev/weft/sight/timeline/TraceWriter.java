package dev.weft.sight.timeline;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes Chrome's trace event format: loops and threads as threads, waits of greenlets as asynchronous events, one row for each
 * greenlet. Times are in microseconds.
 */
final class TraceWriter implements AutoCloseable {
    private static final int PROGRAM = 1; // the only process
    private static final double NANOS_PER_MICRO = 1_000;

    private final JsonGenerator json;
    private final Map<String, Integer> tracks = new LinkedHashMap<>(); // their numbers
    private int waits;

    TraceWriter(Path file) throws IOException {
        json = new JsonFactory().createGenerator(file.toFile(), JsonEncoding.UTF8);
    }

    void write(Timeline timeline) throws IOException {
        json.writeStartObject();
        json.writeStringField("displayTimeUnit", "ms");
        json.writeArrayFieldStart("traceEvents");
        writeName("process_name", 0, "Weft");
        for (Span span : timeline.spans) {
            writeSpan(span);
        }
        for (Span wait : timeline.waits) {
            writeWait(wait);
        }
        for (Mark mark : timeline.marks) {
            writeMark(mark);
        }
        for (Level level : timeline.levels) {
            writeLevel(level);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void writeSpan(Span span) throws IOException {
        begin("X", span.category(), span.name(), thread(span.track()), span.beginNanos());
        json.writeNumberField("dur", span.durationNanos() / NANOS_PER_MICRO);
        end(span.details());
    }

    private void writeWait(Span wait) throws IOException {
        String id = "0x" + Integer.toHexString(++waits);
        begin("b", wait.category(), wait.track() + ": " + wait.name(), 0, wait.beginNanos());
        json.writeStringField("id", id);
        end(wait.details());
        begin("e", wait.category(), wait.track() + ": " + wait.name(), 0, wait.endNanos());
        json.writeStringField("id", id);
        end(Map.of());
    }

    private void writeMark(Mark mark) throws IOException {
        int thread = mark.track().isEmpty() ? 0 : thread(mark.track());
        begin("i", mark.category(), mark.name(), thread, mark.atNanos());
        json.writeStringField("s", mark.track().isEmpty() ? "g" : "t");
        end(mark.details());
    }

    private void writeLevel(Level level) throws IOException {
        begin("C", "loop", level.track() + " " + level.name(), 0, level.atNanos());
        json.writeObjectFieldStart("args");
        for (Map.Entry<String, Double> value : level.values().entrySet()) {
            json.writeNumberField(value.getKey(), value.getValue());
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private void begin(String phase, String category, String name, int thread, long atNanos) throws IOException {
        json.writeStartObject();
        json.writeStringField("ph", phase);
        json.writeStringField("cat", category);
        json.writeStringField("name", name);
        json.writeNumberField("pid", PROGRAM);
        json.writeNumberField("tid", thread);
        json.writeNumberField("ts", atNanos / NANOS_PER_MICRO);
    }

    private void end(Map<String, String> details) throws IOException {
        json.writeObjectFieldStart("args");
        for (Map.Entry<String, String> detail : details.entrySet()) {
            json.writeStringField(detail.getKey(), detail.getValue());
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    /** Returns the number of {@code track}, whose name is written before its first use. */
    private int thread(String track) throws IOException {
        Integer known = tracks.get(track);
        if (known != null) {
            return known;
        }
        int number = tracks.size() + 1;
        tracks.put(track, number);
        writeName("thread_name", number, track);
        return number;
    }

    private void writeName(String what, int thread, String name) throws IOException {
        json.writeStartObject();
        json.writeStringField("ph", "M");
        json.writeStringField("name", what);
        json.writeNumberField("pid", PROGRAM);
        json.writeNumberField("tid", thread);
        json.writeObjectFieldStart("args");
        json.writeStringField("name", name);
        json.writeEndObject();
        json.writeEndObject();
    }

    @Override
    public void close() throws IOException {
        json.close();
    }
}
