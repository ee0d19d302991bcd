package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.sync.Channel;
import dev.weft.sync.Limiter;
import dev.weft.testing.ManualClock;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import jdk.jfr.consumer.RecordingStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong in a group has the last seconds of the recording written to a file, which shows it. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class IncidentTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    private Path directory;

    private final RecordingStream stream = new RecordingStream();
    private final CompletableFuture<RecordedEvent> dump = new CompletableFuture<>();

    @BeforeEach
    void awaitDump() {
        stream.enable("dev.weft.Dump").with("directory", directory.toString());
        stream.setReuse(false);
        stream.onEvent("dev.weft.Dump", dump::complete);
        stream.startAsync();
    }

    @AfterEach
    void close() {
        stream.close();
    }

    /** Opens a group in which a machine that is busy with other things makes no incident. */
    private static RecordedGroup openWithoutHogs(LoopGroup.Builder builder) {
        return RecordedGroup.open(builder.hogAfter(HOUR));
    }

    private void assertDumped(String reason, String event) throws IOException {
        assertEquals(reason, dump.join().getString("reason"));
        Path file = Path.of(dump.join().getString("file"));
        assertEquals(directory, file.getParent());
        assertTrue(
                RecordingFile.readAllEvents(file).stream()
                        .anyMatch(each -> each.getEventType().getName().equals("dev.weft." + event)),
                () -> file + " has no " + event);
    }

    @Test
    void aHogIsDumped() throws Exception {
        try (RecordedGroup recorded = RecordedGroup.open(LoopGroup.builder().hogAfter(Duration.ofMillis(50)))) {
            Greenlet<?> hog = recorded.group.spawn("hog", () -> {
                while (!dump.isDone()) {
                    Thread.onSpinWait();
                }
            });
            assertDumped("hog", "Hog");
            hog.join();
        }
    }

    @Test
    void aVerdictIsDumped() throws Exception {
        try (RecordedGroup recorded = openWithoutHogs(LoopGroup.builder())) {
            List<Greenlet<?>> stuck = deadlock(recorded.group);
            assertDumped("verdict", "Verdict");
            stuck.forEach(Greenlet::kill);
        }
    }

    /** Spawns a greenlet that waits for itself, and one that sleeps, without which all would stand still. */
    private static List<Greenlet<?>> deadlock(LoopGroup group) {
        Limiter limiter = new Limiter(group.next(), 1);
        return List.of(group.spawn("sleeper", () -> Weft.sleep(HOUR)), group.spawn("stuck", () -> {
            limiter.acquire();
            limiter.acquireFor("another of itself");
        }));
    }

    @Test
    void aStandstillIsDumped() throws Exception {
        try (RecordedGroup recorded = openWithoutHogs(LoopGroup.builder())) {
            Greenlet<?> waiting = recorded.group.spawn("waiting", () -> {
                Channel.<String>rendezvous().receive();
            });
            assertDumped("standstill", "Standstill");
            waiting.kill();
        }
    }

    @Test
    void aHundredDeadlinesInASecondAreDumped() throws Exception {
        ManualClock clock = new ManualClock();
        try (RecordedGroup recorded = openWithoutHogs(LoopGroup.builder().clock(clock))) {
            exceedDeadlines(recorded.group, clock, 100);
            assertDumped("deadlines", "DeadlineExceeded");
        }
    }

    @Test
    void twiceAsManyInThreeSecondsAreNot() throws Exception {
        ManualClock clock = new ManualClock();
        try (RecordedGroup recorded = openWithoutHogs(LoopGroup.builder().clock(clock))) {
            exceedDeadlines(recorded.group, clock, 99);
            clock.advance(Duration.ofSeconds(2));
            exceedDeadlines(recorded.group, clock, 99);
            List<Greenlet<?>> stuck = deadlock(recorded.group);
            assertDumped("verdict", "Verdict"); // the first of a minute: there was none for the deadlines
            stuck.forEach(Greenlet::kill);
        }
    }

    /** Lets {@code count} greenlets wait in vain until the same moment. */
    private static void exceedDeadlines(LoopGroup group, ManualClock clock, int count) {
        List<Greenlet<?>> impatient = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            impatient.add(group.spawn("impatient", () -> {
                assertThrows(
                        DeadlineExceeded.class,
                        () -> Weft.await(new CompletableFuture<String>(), Duration.ofMillis(5)));
            }));
        }
        for (Greenlet<?> each : impatient) {
            while (each.state() != Greenlet.State.WAITING) {
                Thread.onSpinWait();
            }
        }
        clock.advance(Duration.ofMillis(5));
        impatient.forEach(Greenlet::join);
    }
}
