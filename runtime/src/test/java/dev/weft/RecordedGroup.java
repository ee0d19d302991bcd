package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.kernel.EventLoop;
import dev.weft.kernel.LoopRecorder;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.List;
import java.util.Objects;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** A group of one loop that is being recorded as {@code weft.jfc} says, except that nothing is dumped. */
final class RecordedGroup implements AutoCloseable {
    final LoopGroup group;
    final Recording recording;

    private RecordedGroup(LoopGroup group, Recording recording) {
        this.group = group;
        this.recording = recording;
        awaitRecorder();
    }

    static RecordedGroup open() {
        return open(LoopGroup.builder());
    }

    static RecordedGroup open(LoopGroup.Builder builder) {
        Recording recording = record();
        return new RecordedGroup(builder.open(), recording);
    }

    static RecordedGroup openBeforeRecording() {
        LoopGroup group = LoopGroup.open();
        return new RecordedGroup(group, record());
    }

    private static Recording record() {
        Recording recording = new Recording(settings());
        recording.disable("dev.weft.Dump");
        recording.start();
        return recording;
    }

    static Configuration settings() {
        try (InputStreamReader settings = new InputStreamReader(
                Objects.requireNonNull(LoopGroup.class.getResourceAsStream("/weft.jfc")), StandardCharsets.UTF_8)) {
            return Configuration.create(settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ParseException e) {
            throw new AssertionError(e);
        }
    }

    /** The watchdog connects the loop; the timeout of the test ends it. */
    private void awaitRecorder() {
        while (EventLoop.of(group.next()).recorder() == LoopRecorder.NONE) {
            Thread.onSpinWait();
        }
        awaitNextTurn(); // the one in which it was connected is over
    }

    private void awaitNextTurn() {
        group.spawn(() -> {}).join();
        group.spawn(() -> {}).join();
    }

    /** Ends the recording and returns its events called {@code name}, in order. */
    List<RecordedEvent> events(String name) throws IOException {
        awaitNextTurn();
        Path file = Files.createTempFile("weft", ".jfr");
        try {
            recording.stop();
            recording.dump(file);
            return RecordingFile.readAllEvents(file).stream()
                    .filter(event -> event.getEventType().getName().equals("dev.weft." + name))
                    .toList();
        } finally {
            Files.delete(file);
        }
    }

    RecordedEvent onlyEvent(String name) throws IOException {
        List<RecordedEvent> events = events(name);
        assertEquals(1, events.size(), () -> name + ": " + events);
        return events.get(0);
    }

    @Override
    public void close() {
        recording.close();
        group.close();
    }
}
