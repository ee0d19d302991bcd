package dev.weft.sight.console;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingStream;
import org.jspecify.annotations.Nullable;

/**
 * The slices of at least a millisecond that ran lately, from the flight recorder. They are recorded while somebody asks for them,
 * and for a few seconds after.
 */
final class Slices {
    private static final String EVENT = "dev.weft.Slice";
    private static final Duration THRESHOLD = Duration.ofMillis(1);
    private static final Duration KEPT_BY_JFR = Duration.ofSeconds(10);
    private static final long UNUSED_NANOS = Duration.ofSeconds(5).toNanos();
    private static final int KEPT = 5_000;
    private static final double MICROS_PER_MILLI = 1e3;
    private static final double NANOS_PER_MILLI = 1e6;

    private final Set<String> loops;
    private final Deque<Slice> latest = new ArrayDeque<>();
    private @Nullable RecordingStream recording;
    private long reported;
    private long lastAsked;

    /** A slice, and when it began, in microseconds since the epoch. */
    private record Slice(long number, String loop, long greenlet, String name, long beginMicros, long nanos) {
        Map<String, Object> members() {
            return Map.of(
                    "number",
                    number,
                    "loop",
                    loop,
                    "greenlet",
                    greenlet,
                    "name",
                    name,
                    "begin",
                    beginMicros / MICROS_PER_MILLI,
                    "millis",
                    nanos / NANOS_PER_MILLI);
        }
    }

    /** Creates the slices of the loops of these names. */
    Slices(Set<String> loops) {
        this.loops = loops;
    }

    /** Returns those that were reported after the one of the number {@code last}, in the order of their numbers; 0 for all. */
    synchronized List<Map<String, Object>> since(long last) {
        lastAsked = System.nanoTime();
        if (recording == null) {
            recording = record();
        }
        return latest.stream()
                .filter(slice -> slice.number > last)
                .map(Slice::members)
                .toList();
    }

    private RecordingStream record() {
        RecordingStream stream = new RecordingStream();
        stream.enable(EVENT).withThreshold(THRESHOLD);
        stream.setMaxAge(KEPT_BY_JFR);
        stream.onEvent(EVENT, this::add);
        stream.startAsync();
        return stream;
    }

    private synchronized void add(RecordedEvent event) {
        String loop = event.getString("loop");
        if (loops.contains(loop)) {
            latest.add(new Slice(
                    ++reported,
                    loop,
                    event.getLong("greenletId"),
                    event.getString("greenlet"),
                    ChronoUnit.MICROS.between(Instant.EPOCH, event.getStartTime()),
                    event.getDuration().toNanos()));
            if (latest.size() > KEPT) {
                latest.remove();
            }
        }
    }

    /** Stops the recording if nobody has asked lately. */
    void stopIfUnused() {
        RecordingStream unused = takeUnused();
        if (unused != null) {
            unused.close(); // without the lock, which the stream's thread may wait for
        }
    }

    private synchronized @Nullable RecordingStream takeUnused() {
        return System.nanoTime() - lastAsked > UNUSED_NANOS ? take() : null;
    }

    private synchronized @Nullable RecordingStream take() {
        RecordingStream taken = recording;
        recording = null;
        latest.clear();
        return taken;
    }

    /** Stops the recording. */
    void stop() {
        RecordingStream taken = take();
        if (taken != null) {
            taken.close();
        }
    }
}
