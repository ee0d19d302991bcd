package dev.weft.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class IncidentDumpTest {
    @TempDir
    private Path directory;

    private final IncidentDump dump = new IncidentDump();
    private final Recording recording = new Recording();

    @BeforeEach
    void record() {
        recording.enable(StandstillEvent.class);
        recording.start();
    }

    @AfterEach
    void close() {
        recording.close();
    }

    private static void commit(String report) {
        StandstillEvent event = new StandstillEvent();
        event.report = report;
        event.commit();
    }

    private static List<String> reports(Path file) throws IOException {
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals("dev.weft.Standstill"))
                .map(event -> event.getString("report"))
                .toList();
    }

    private List<Path> files() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFileIsWrittenWhereTheRecordingWantsItAndOnlyOnceAMinute() throws Exception {
        recording.enable(DumpEvent.class).with("directory", directory.toString());
        commit("first");
        dump.write("hog");
        while (files().isEmpty()) {
            dump.flush();
        }
        dump.flush();
        dump.write("verdict");
        dump.flush();
        List<Path> files = files();
        assertEquals(1, files.size(), files::toString);
        Path file = files.get(0);
        assertTrue(file.getFileName().toString().matches("weft-\\d+-\\d{8}-\\d{6}-hog\\.jfr"), file::toString);
        assertEquals(List.of("first"), reports(file));
    }

    @Test
    void nothingIsWrittenUnlessTheRecordingAsksForIt() {
        recording.disable(DumpEvent.class).with("directory", directory.toString());
        dump.write("hog");
        dump.flush();
        assertEquals(List.of(), files());
    }

    @Test
    void whatEndedEarlierIsLeftOut() throws Exception {
        commit("early");
        Instant since = Instant.now().plusMillis(5);
        while (Instant.now().isBefore(since.plus(Duration.ofMillis(5)))) {
            Thread.onSpinWait();
        }
        commit("late");
        Path file = directory.resolve("last.jfr");
        IncidentDump.writeLast(file, since);
        assertEquals(List.of("late"), reports(file));
    }
}
