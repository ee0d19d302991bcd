package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.SettingDescriptor;
import jdk.jfr.ValueDescriptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The events as a reader of a recording finds them, and {@code weft.jfc}, which configures them. */
@Timeout(60)
class RecordingSettingsTest {
    private static final Set<String> OF_EVERY_EVENT = Set.of("startTime", "duration", "eventThread", "stackTrace");

    @TempDir
    private Path directory;

    private final RecordedGroup recorded = RecordedGroup.open();

    @AfterEach
    void close() {
        recorded.close();
    }

    private static List<EventType> events() {
        return FlightRecorder.getFlightRecorder().getEventTypes().stream()
                .filter(type -> type.getName().startsWith("dev.weft."))
                .toList();
    }

    @Test
    void everyEventAndFieldIsExplained() {
        assertEquals(18, events().size());
        for (EventType type : events()) {
            assertNotNull(type.getLabel(), type::getName);
            assertNotNull(type.getDescription(), type::getName);
            assertEquals("Weft", type.getCategoryNames().get(0), type::getName);
            for (ValueDescriptor field : type.getFields()) {
                assertTrue(
                        OF_EVERY_EVENT.contains(field.getName()) || field.getLabel() != null,
                        () -> type.getName() + "." + field.getName());
            }
        }
    }

    @Test
    void theSettingsFileEnablesEveryEventAndKnowsNoOther() {
        Map<String, String> settings = RecordedGroup.settings().getSettings();
        Set<String> configured = settings.keySet().stream()
                .filter(key -> key.startsWith("dev.weft."))
                .collect(Collectors.toCollection(TreeSet::new));
        for (EventType type : events()) {
            assertEquals("true", settings.get(type.getName() + "#enabled"), type::getName);
            for (SettingDescriptor setting : type.getSettingDescriptors()) {
                configured.remove(type.getName() + "#" + setting.getName());
            }
        }
        assertEquals(Set.of(), configured);
    }

    @Test
    void theToolsOfTheJdkReadARecording() throws Exception {
        Path file = directory.resolve("weft.jfr");
        recorded.recording.enable("dev.weft.Wait").with("longerThan", "1 ns");
        recorded.group.spawn("sleeper", () -> Weft.sleep(Duration.ofMillis(30))).join();
        recorded.events("Wait");
        recorded.recording.dump(file);
        assertTrue(jfr("summary", file.toString()).contains("dev.weft.Wait"));
        String printed = jfr("print", "--events", "dev.weft.Wait", file.toString());
        assertTrue(printed.contains("greenlet = \"sleeper\""), printed);
    }

    private static String jfr(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "jfr").toString());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }
}
