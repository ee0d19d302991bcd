package dev.weft.recording;

import dev.weft.log.OnDemandThread;
import dev.weft.log.RuntimeLog;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;

/**
 * Writes the last 30 seconds of the recording to a file when something has gone wrong, once a minute at most, if a recording
 * has asked for it (see {@link DumpEvent}). On a thread of its own, as it takes a while.
 */
final class IncidentDump {
    private static final Duration LAST = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMinutes(1);
    private static final long PATIENCE_NANOS = 1_000_000_000;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneId.systemDefault());

    private final OnDemandThread thread = new OnDemandThread("weft-dump", 1, lost -> {});
    private @Nullable Instant latest; // used on that thread

    /** Writes a file because of {@code reason}, which becomes part of its name. Any thread; never waits. */
    void write(String reason) {
        thread.submit(() -> writeUnlessJustWritten(reason));
    }

    /** Waits until what was asked for is written, at most for a second. */
    void flush() {
        thread.flush(PATIENCE_NANOS);
    }

    private void writeUnlessJustWritten(String reason) {
        DumpEvent event = new DumpEvent();
        Instant now = Instant.now();
        if (!event.shouldCommit() || (latest != null && now.isBefore(latest.plus(PAUSE)))) {
            return;
        }
        latest = now;
        Path file = Path.of(
                event.directory == null ? "" : event.directory,
                "weft-" + ProcessHandle.current().pid() + "-" + TIME.format(now) + "-" + reason + ".jfr");
        try {
            writeLast(file, now.minus(LAST));
        } catch (IOException | RuntimeException e) {
            RuntimeLog.error("the flight recording could not be written to " + file, e);
            return;
        }
        event.reason = reason;
        event.file = file.toAbsolutePath().toString();
        event.commit();
        RuntimeLog.warn("the last " + LAST.toSeconds() + " s of the flight recording are in " + file + ", because of: "
                + reason);
    }

    /** Copies the chunks of the recording that may have something, and then only the events that are wanted. */
    static void writeLast(Path file, Instant since) throws IOException {
        Path chunks = Files.createTempFile("weft", ".jfr");
        try {
            copyChunks(chunks, since);
            try (RecordingFile recorded = new RecordingFile(chunks)) {
                recorded.write(file, event -> event.getEndTime().isAfter(since));
            }
        } finally {
            Files.delete(chunks);
        }
    }

    private static void copyChunks(Path chunks, Instant since) throws IOException {
        try (Recording snapshot = FlightRecorder.getFlightRecorder().takeSnapshot();
                InputStream content = snapshot.getStream(since, null)) {
            if (content == null) {
                throw new IOException("the recording keeps nothing on disk; start it with disk=true");
            }
            Files.copy(content, chunks, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
