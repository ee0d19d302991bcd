package dev.weft.sight.timeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.kernel.EventLoop;
import dev.weft.kernel.LoopRecorder;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import jdk.jfr.Configuration;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TimelineTest {
    private static final String PARSER = "parser of \"orders\"";
    private static final Set<String> UNITS =
            Set.of("bytes", "microseconds", "milliseconds", "nanoseconds", "none", "seconds");

    @TempDir
    private static Path directory;

    private static Timeline timeline = new Timeline();

    @BeforeAll
    static void record() throws Exception {
        Path file = directory.resolve("weft.jfr");
        try (Recording recording = new Recording(settings());
                LoopGroup group = LoopGroup.builder().name("shop").open()) {
            recording.disable("dev.weft.Dump");
            recording.start();
            awaitRecorder(group);
            runSomething(group);
            recording.stop();
            recording.dump(file);
        }
        timeline = Timeline.read(file);
    }

    private static Configuration settings() throws Exception {
        try (InputStreamReader settings = new InputStreamReader(
                Objects.requireNonNull(LoopGroup.class.getResourceAsStream("/weft.jfc")), StandardCharsets.UTF_8)) {
            return Configuration.create(settings);
        }
    }

    /** The watchdog connects the loop with the flight recorder; the timeout of the class ends this. */
    private static void awaitRecorder(LoopGroup group) {
        while (EventLoop.of(group.next()).recorder() == LoopRecorder.NONE) {
            Thread.onSpinWait();
        }
        group.spawn(() -> {}).join();
        group.spawn(() -> {}).join();
    }

    private static void runSomething(LoopGroup group) {
        group.spawn(PARSER, () -> computeFor(Duration.ofMillis(8))).join();
        group.spawn("reader", () -> {
                    Weft.offload(() -> computeFor(Duration.ofMillis(8)));
                    Weft.sleep(Duration.ofMillis(60));
                })
                .join();
        Greenlet<?> victim = group.spawn("victim", () -> Weft.sleep(Duration.ofHours(1)));
        victim.killAndJoin(Duration.ofSeconds(10));
        group.spawn(() -> Weft.moveOnAfter(Duration.ofMillis(2), () -> Weft.sleep(Duration.ofHours(1))))
                .join();
        group.spawn(() -> {}).join();
    }

    private static void computeFor(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
    }

    private static JsonNode read(Path file) throws IOException {
        return new ObjectMapper().readTree(file.toFile());
    }

    private static List<JsonNode> events(String phase) throws IOException {
        Path file = directory.resolve("trace.json");
        timeline.writeTrace(file);
        List<JsonNode> events = new ArrayList<>();
        read(file).get("traceEvents").forEach(event -> {
            if (event.get("ph").asText().equals(phase)) {
                events.add(event);
            }
        });
        return events;
    }

    private static JsonNode only(List<JsonNode> events, String name) {
        List<JsonNode> named = events.stream()
                .filter(event -> event.get("name").asText().equals(name))
                .toList();
        assertEquals(1, named.size(), () -> name + " in " + events);
        return named.get(0);
    }

    private static String threadName(JsonNode event) throws IOException {
        return events("M").stream()
                .filter(name -> name.get("name").asText().equals("thread_name"))
                .filter(name -> name.get("tid").equals(event.get("tid")))
                .findAny()
                .orElseThrow()
                .at("/args/name")
                .asText();
    }

    @Test
    void aSliceIsOnTheTrackOfItsLoop() throws Exception {
        JsonNode slice = only(events("X"), PARSER);
        assertEquals("shop-0", threadName(slice));
        assertEquals("slice", slice.get("cat").asText());
        assertTrue(slice.get("dur").asDouble() >= 8_000, slice::toString);
        assertTrue(slice.at("/args/Spawned At").asText().contains("TimelineTest.java"), slice::toString);
    }

    @Test
    void anOffloadedCallIsOnTheTrackOfItsThread() throws Exception {
        JsonNode call = events("X").stream()
                .filter(event -> event.get("cat").asText().equals("off-load"))
                .findAny()
                .orElseThrow();
        assertTrue(threadName(call).startsWith("shop-offload"), call::toString);
    }

    @Test
    void aWaitBeginsWhenTheGreenletBeganToWait() throws Exception {
        JsonNode begin = waitOfReader("b");
        JsonNode end = waitOfReader("e");
        assertEquals(begin.get("id"), end.get("id"));
        assertTrue(end.get("ts").asDouble() - begin.get("ts").asDouble() >= 55_000, end::toString);
    }

    private static JsonNode waitOfReader(String phase) throws IOException {
        return events(phase).stream()
                .filter(event -> event.get("name").asText().matches("reader #\\d+: sleep"))
                .findAny()
                .orElseThrow();
    }

    @Test
    void whatHappensAtOneMomentIsAMarkOfItsLoop() throws Exception {
        List<JsonNode> marks = events("i");
        JsonNode asked = only(marks, "kill asked: victim");
        assertEquals("t", asked.get("s").asText());
        assertEquals("shop-0", threadName(asked));
        assertTrue(marks.stream().anyMatch(mark -> mark.get("cat").asText().equals("Deadline Exceeded")));
    }

    /** What the format's description and Perfetto's importer demand of each kind of event. */
    @Test
    void theTraceKeepsToItsFormat() throws Exception {
        Path file = directory.resolve("format.json");
        timeline.writeTrace(file);
        JsonNode events = read(file).get("traceEvents");
        assertTrue(events.isArray() && !events.isEmpty());
        Map<String, Set<String>> required = Map.of(
                "X", Set.of("ts", "dur", "cat"),
                "b", Set.of("ts", "id", "cat"),
                "e", Set.of("ts", "id", "cat"),
                "i", Set.of("ts", "s"),
                "C", Set.of("ts", "args"),
                "M", Set.of("args"));
        for (JsonNode event : events) {
            String phase = event.get("ph").asText();
            assertTrue(required.containsKey(phase), event::toString);
            required.get(phase).forEach(field -> assertTrue(event.has(field), event::toString));
            assertTrue(event.get("name").isTextual(), event::toString);
            assertTrue(event.get("pid").isInt() && event.get("tid").isInt(), event::toString);
            assertTrue(!event.has("ts") || event.get("ts").isNumber(), event::toString);
            assertTrue(!event.has("dur") || event.get("dur").asDouble() >= 0, event::toString);
        }
        assertWaitsAreBalanced(events);
    }

    private static void assertWaitsAreBalanced(JsonNode events) {
        Set<String> open = new HashSet<>();
        for (JsonNode event : events) {
            if (event.get("ph").asText().equals("b")) {
                assertTrue(open.add(event.get("id").asText()), event::toString);
            } else if (event.get("ph").asText().equals("e")) {
                assertTrue(open.remove(event.get("id").asText()), event::toString);
            }
        }
        assertEquals(Set.of(), open);
    }

    /** The rules of speedscope's file-format-schema.json for evented profiles, and that they are balanced and in order. */
    @Test
    void theSpeedscopeFileKeepsToItsFormat() throws Exception {
        Path file = directory.resolve("weft.speedscope.json");
        timeline.writeSpeedscope(file);
        JsonNode root = read(file);
        assertEquals(
                "https://www.speedscope.app/file-format-schema.json",
                root.get("$schema").asText());
        JsonNode frames = root.at("/shared/frames");
        frames.forEach(frame -> assertTrue(frame.get("name").isTextual(), frame::toString));
        List<String> names = new ArrayList<>();
        for (JsonNode profile : root.get("profiles")) {
            assertEquals("evented", profile.get("type").asText());
            assertTrue(UNITS.contains(profile.get("unit").asText()));
            assertIsBalanced(profile, frames.size());
            names.add(profile.get("name").asText());
        }
        assertTrue(names.contains("shop-0"), names::toString);
        assertTrue(frames.findValuesAsText("name").contains(PARSER), frames::toString);
        assertTrue(frames.findValuesAsText("file").contains("TimelineTest.java"), frames::toString);
    }

    private static void assertIsBalanced(JsonNode profile, int frames) {
        Deque<Integer> open = new ArrayDeque<>();
        long at = profile.get("startValue").asLong();
        for (JsonNode event : profile.get("events")) {
            int frame = event.get("frame").asInt();
            assertTrue(frame >= 0 && frame < frames, event::toString);
            assertTrue(event.get("at").asLong() >= at, event::toString);
            at = event.get("at").asLong();
            if (event.get("type").asText().equals("O")) {
                open.push(frame);
            } else {
                assertEquals("C", event.get("type").asText());
                assertEquals(frame, open.pop());
            }
        }
        assertTrue(open.isEmpty());
        assertTrue(profile.get("endValue").asLong() >= at);
    }

    @Test
    void spansThatOverlapAreCutToTheOneTheyBeganIn() throws Exception {
        Timeline overlapping = new Timeline();
        overlapping.spans.add(new Span("t", "c", "outer", "", 0, 10, Map.of()));
        overlapping.spans.add(new Span("t", "c", "inner", "", 5, 20, Map.of()));
        overlapping.spans.add(new Span("t", "c", "next", "a.B.c(B.java:7)", 12, 3, Map.of()));
        Path file = directory.resolve("overlapping.json");
        overlapping.writeSpeedscope(file);
        JsonNode profile = read(file).get("profiles").get(0);
        assertIsBalanced(profile, 3);
        assertEquals(
                "[0,5,10,10,12,15]",
                profile.get("events").findValues("at").toString().replace(" ", ""));
    }

    @Test
    void aRecordingWithoutWeftIsEmpty() throws Exception {
        Path file = directory.resolve("empty.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("jdk.JVMInformation");
            FlightRecorder.getFlightRecorder().getEventTypes().forEach(type -> recording.disable(type.getName()));
            recording.start();
            recording.stop();
            recording.dump(file);
        }
        assertTrue(Timeline.read(file).isEmpty());
        assertFalse(timeline.isEmpty());
    }
}
