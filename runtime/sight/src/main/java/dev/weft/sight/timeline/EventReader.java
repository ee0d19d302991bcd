package dev.weft.sight.timeline;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedThread;
import org.jspecify.annotations.Nullable;

/** Sorts the events of a recording into a timeline. Times are relative to the first event of Weft's or of a collector's. */
final class EventReader {
    private static final String PREFIX = "dev.weft.";
    private static final String COLLECTOR = "Garbage collector";
    private static final double PERCENT = 100;

    private final Timeline timeline;
    private final Map<String, Reading> readings = new HashMap<>(); // the last of each loop
    private @Nullable Instant origin;

    EventReader(Timeline timeline) {
        this.timeline = timeline;
    }

    Timeline timeline() {
        return timeline;
    }

    void read(RecordedEvent event) {
        String type = event.getEventType().getName();
        if (type.equals("jdk.GarbageCollection")) {
            timeline.spans.add(span(event, COLLECTOR, "gc", event.getString("name"), ""));
        } else if (type.startsWith(PREFIX)) {
            readOurs(event, type.substring(PREFIX.length()));
        }
    }

    private void readOurs(RecordedEvent event, String type) {
        switch (type) {
            case "Slice" -> timeline.spans.add(span(event, thread(event), "slice", greenlet(event), site(event)));
            case "Turn" -> timeline.spans.add(span(event, thread(event), "turn", "turn", ""));
            case "Pinned" ->
                timeline.spans.add(
                        span(event, text(event, "loop"), "pinned", "pinned: " + greenlet(event), site(event)));
            case "Offload" ->
                timeline.spans.add(span(event, thread(event), "off-load", text(event, "call"), site(event)));
            case "Wait" -> timeline.waits.add(wait(event, "wait", text(event, "target")));
            case "BackPressure" -> timeline.waits.add(wait(event, "back-pressure", text(event, "full") + " is full"));
            case "OffloadQueued" -> timeline.waits.add(span(event, track(event), "off-load", "queued", site(event)));
            case "Kill" -> timeline.waits.add(span(event, track(event), "kill", "kill", site(event)));
            case "Hog" -> timeline.marks.add(mark(event, text(event, "loop"), "hog: " + text(event, "what")));
            case "ImplicitYield" ->
                timeline.marks.add(mark(event, text(event, "loop"), "implicit yield at " + text(event, "place")));
            case "KillAsked" -> timeline.marks.add(mark(event, text(event, "loop"), "kill asked: " + greenlet(event)));
            case "DeadlineExceeded" ->
                timeline.marks.add(mark(event, text(event, "loop"), "deadline exceeded: " + greenlet(event)));
            case "Standstill" -> timeline.marks.add(mark(event, text(event, "loop"), "standstill"));
            case "AcceptLimit" -> timeline.marks.add(mark(event, text(event, "loop"), "accept limit"));
            case "Verdict" -> timeline.marks.add(mark(event, "", "verdict: " + text(event, "kind")));
            case "LoopStatistics" -> readStatistics(event);
            default -> {}
        }
    }

    /** The event of a wait is at its end. */
    private Span wait(RecordedEvent event, String category, String name) {
        long waited = event.getDuration("waited").toNanos();
        long end = since(event.getStartTime());
        return new Span(track(event), category, name, site(event), end - waited, waited, details(event));
    }

    private Span span(RecordedEvent event, String track, String category, String name, String place) {
        return new Span(
                track,
                category,
                name,
                place,
                since(event.getStartTime()),
                event.getDuration().toNanos(),
                details(event));
    }

    private Mark mark(RecordedEvent event, String track, String name) {
        String category = event.getEventType().getLabel();
        return new Mark(track, category, name, since(event.getStartTime()), details(event));
    }

    private void readStatistics(RecordedEvent event) {
        String loop = text(event, "loop");
        long at = since(event.getStartTime());
        Map<String, Double> greenlets = new LinkedHashMap<>();
        greenlets.put("ready", (double) event.getInt("ready"));
        greenlets.put("waiting", (double) event.getInt("waiting"));
        timeline.levels.add(new Level(loop, "greenlets", at, greenlets));
        timeline.levels.add(
                new Level(loop, "latency of 99 %, ms", at, Map.of("ms", millis(event.getDuration("latency99")))));
        Reading now = new Reading(millis(event.getDuration("busy")), millis(event.getDuration("idle")));
        Reading before = readings.put(loop, now);
        if (before != null && now.age() > before.age()) {
            double share = (now.busy - before.busy) / (now.age() - before.age());
            timeline.levels.add(new Level(loop, "utilisation, %", at, Map.of("%", PERCENT * share)));
        }
    }

    /** For how long a loop has had something to do, and not, in milliseconds. */
    private record Reading(double busy, double idle) {
        double age() {
            return busy + idle;
        }
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }

    private long since(Instant time) {
        if (origin == null) {
            origin = time;
        }
        return Duration.between(origin, time).toNanos();
    }

    /** Names the greenlet by the line that spawned it if it was not given a name. */
    private static String greenlet(RecordedEvent event) {
        String name = text(event, "greenlet");
        return name.isEmpty() || name.equals("greenlet-" + event.getLong("greenletId")) ? site(event) : name;
    }

    private static String track(RecordedEvent event) {
        return text(event, "greenlet") + " #" + event.getLong("greenletId");
    }

    private static String site(RecordedEvent event) {
        return text(event, "spawnSite");
    }

    private static String thread(RecordedEvent event) {
        RecordedThread thread = event.getThread();
        return thread == null ? "" : Objects.requireNonNullElse(thread.getJavaName(), "");
    }

    private static String text(RecordedEvent event, String field) {
        return Objects.requireNonNullElse(event.getString(field), "");
    }

    private static Map<String, String> details(RecordedEvent event) {
        Map<String, String> details = new LinkedHashMap<>();
        for (ValueDescriptor field : event.getFields()) {
            String name = field.getName();
            Object value = event.getValue(name);
            if (field.getLabel() != null && (value instanceof String || value instanceof Integer)) {
                details.put(field.getLabel(), value.toString());
            }
        }
        return details;
    }
}
