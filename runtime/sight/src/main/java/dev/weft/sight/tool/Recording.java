package dev.weft.sight.tool;

import dev.weft.LoopGroup;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import javax.management.MBeanServerConnection;
import jdk.management.jfr.FlightRecorderMXBean;

/** A recording in another process, made by the JDK's flight recorder with the settings {@code weft.jfc}. */
final class Recording implements AutoCloseable {
    private static final String RECORDER = "jdk.management.jfr:type=FlightRecorder";
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final FlightRecorderMXBean recorder;
    private final long id;

    private Recording(FlightRecorderMXBean recorder, long id) {
        this.recorder = recorder;
        this.id = id;
    }

    /** Starts a recording. It ends by itself a minute after {@code time}, if this process has gone by then. */
    static Recording start(MBeanServerConnection connection, Duration time) throws IOException {
        FlightRecorderMXBean recorder = recorder(connection);
        Recording recording = new Recording(recorder, recorder.newRecording());
        try {
            recorder.setConfiguration(recording.id, settings());
            recorder.setRecordingOptions(
                    recording.id,
                    Map.of(
                            "name",
                            "weft record",
                            "disk",
                            "true",
                            "duration",
                            time.plus(PATIENCE).toSeconds() + " s"));
            recorder.startRecording(recording.id);
            return recording;
        } catch (RuntimeException e) {
            recording.close();
            throw e;
        }
    }

    private static FlightRecorderMXBean recorder(MBeanServerConnection connection) throws IOException {
        try {
            return ManagementFactory.newPlatformMXBeanProxy(connection, RECORDER, FlightRecorderMXBean.class);
        } catch (IllegalArgumentException e) {
            throw new ToolFailure(
                    "the program has no flight recorder that can be reached; it needs the module jdk.management.jfr",
                    e);
        }
    }

    private static String settings() throws IOException {
        try (InputStream in = LoopGroup.class.getResourceAsStream("/weft.jfc")) {
            return new String(Objects.requireNonNull(in, "weft.jfc").readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Stops the recording and copies it to {@code file}. */
    void copyTo(Path file) throws IOException {
        recorder.stopRecording(id);
        long stream = recorder.openStream(id, null);
        try (OutputStream out = Files.newOutputStream(file)) {
            for (byte[] block = recorder.readStream(stream); block != null; block = recorder.readStream(stream)) {
                out.write(block);
            }
        } finally {
            recorder.closeStream(stream);
        }
    }

    /** Discards the recording in the other process. */
    @Override
    public void close() throws IOException {
        recorder.closeRecording(id);
    }
}
