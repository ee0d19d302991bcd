package dev.weft.sight.timeline;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes the file format of speedscope: an evented profile for each loop and thread. */
final class SpeedscopeWriter implements AutoCloseable {
    private static final String SCHEMA = "https://www.speedscope.app/file-format-schema.json";
    private static final Pattern PLACE = Pattern.compile(".*\\((?<file>[^:()]+):(?<line>\\d+)\\)");
    private static final Comparator<Span> OUTER_FIRST =
            Comparator.comparingLong(Span::beginNanos).thenComparing(Span::durationNanos, Comparator.reverseOrder());

    private final JsonGenerator json;
    private final Map<Frame, Integer> frames = new LinkedHashMap<>(); // their numbers

    private record Frame(String name, String place) {
        static Frame of(Span span) {
            return new Frame(span.name(), span.place());
        }
    }

    SpeedscopeWriter(Path file) throws IOException {
        json = new JsonFactory().createGenerator(file.toFile(), JsonEncoding.UTF8);
    }

    void write(Timeline timeline) throws IOException {
        Map<String, List<Span>> tracks = new TreeMap<>();
        for (Span span : timeline.spans) {
            frames.putIfAbsent(Frame.of(span), frames.size());
            tracks.computeIfAbsent(span.track(), track -> new ArrayList<>()).add(span);
        }
        json.writeStartObject();
        json.writeStringField("$schema", SCHEMA);
        json.writeStringField("exporter", "Weft");
        json.writeObjectFieldStart("shared");
        writeFrames();
        json.writeEndObject();
        json.writeArrayFieldStart("profiles");
        for (Map.Entry<String, List<Span>> track : tracks.entrySet()) {
            writeProfile(track.getKey(), track.getValue());
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void writeFrames() throws IOException {
        json.writeArrayFieldStart("frames");
        for (Frame frame : frames.keySet()) {
            json.writeStartObject();
            json.writeStringField("name", frame.name);
            Matcher place = PLACE.matcher(frame.place);
            if (place.matches()) {
                json.writeStringField("file", place.group("file"));
                json.writeNumberField("line", Integer.parseInt(place.group("line")));
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void writeProfile(String track, List<Span> spans) throws IOException {
        spans.sort(OUTER_FIRST);
        json.writeStartObject();
        json.writeStringField("type", "evented");
        json.writeStringField("name", track);
        json.writeStringField("unit", "nanoseconds");
        json.writeNumberField("startValue", spans.get(0).beginNanos());
        json.writeNumberField(
                "endValue", spans.stream().mapToLong(Span::endNanos).max().orElseThrow());
        json.writeArrayFieldStart("events");
        Deque<Open> open = new ArrayDeque<>();
        for (Span span : spans) {
            closeUntil(open, span.beginNanos());
            long end = open.isEmpty() ? span.endNanos() : Math.min(span.endNanos(), open.peek().endNanos);
            int frame = Objects.requireNonNull(frames.get(Frame.of(span)));
            writeEvent("O", frame, span.beginNanos());
            open.push(new Open(frame, end));
        }
        closeUntil(open, Long.MAX_VALUE);
        json.writeEndArray();
        json.writeEndObject();
    }

    /** A frame that has begun, and ends before the one that it is in. */
    private record Open(int frame, long endNanos) {}

    private void closeUntil(Deque<Open> open, long atNanos) throws IOException {
        while (!open.isEmpty() && open.peek().endNanos <= atNanos) {
            Open ended = open.pop();
            writeEvent("C", ended.frame, ended.endNanos);
        }
    }

    private void writeEvent(String type, int frame, long atNanos) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", type);
        json.writeNumberField("frame", frame);
        json.writeNumberField("at", atNanos);
        json.writeEndObject();
    }

    @Override
    public void close() throws IOException {
        json.close();
    }
}
