package dev.weft;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.spi.LoopListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import jdk.jfr.FlightRecorder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a group does with a flight recorder that is not there, or not yet. */
@Timeout(60)
class RecorderStartTest {
    @Test
    void aProgramRunsWithoutTheModuleOfTheFlightRecorder() throws Exception {
        ChildJvm.Result result = ChildJvm.run(
                WithoutModule.class,
                ChildJvm.FLAG,
                "--limit-modules=java.base,java.logging,java.management,jdk.unsupported");
        assertTrue(result.lines().containsAll(List.of("recorder false", "ran 5")), result.output());
    }

    static final class WithoutModule {
        public static void main(String[] args) throws Exception {
            System.out.println(
                    "recorder " + ModuleLayer.boot().findModule("jdk.jfr").isPresent());
            try (LoopGroup group = openAndHold()) {
                System.out.println("ran " + group.spawn(() -> 5).join());
            }
        }
    }

    @Test
    void theFlightRecorderIsNotInitialisedAndARecordingThatStartsLaterIsServed() throws Exception {
        ChildJvm.Result result = ChildJvm.run(WithLateRecording.class, ChildJvm.FLAG);
        assertTrue(result.lines().containsAll(List.of("initialised false", "waits 1")), result.output());
    }

    static final class WithLateRecording {
        public static void main(String[] args) throws Exception {
            openAndHold().close();
            System.out.println("initialised " + FlightRecorder.isInitialized());
            try (RecordedGroup recorded = RecordedGroup.openBeforeRecording()) {
                recorded.group
                        .spawn("sleeper", () -> Weft.sleep(Duration.ofMillis(50)))
                        .join();
                System.out.println("waits "
                        + recorded.events("Wait").stream()
                                .filter(wait -> "sleeper".equals(wait.getString("greenlet")))
                                .count());
            }
        }
    }

    /** Opens a group and holds its loop until the watchdog has reported that, and so has looked more than once. */
    private static LoopGroup openAndHold() {
        CountDownLatch reported = new CountDownLatch(1);
        LoopGroup group = LoopGroup.builder()
                .hogAfter(Duration.ofMillis(20))
                .listener(new LoopListener() {
                    @Override
                    public void onHog(Loop loop, Greenlet<?> greenlet, Duration held, StackTraceElement[] where) {
                        reported.countDown();
                    }
                })
                .open();
        group.spawn(() -> {
                    while (reported.getCount() > 0) {
                        Thread.onSpinWait();
                    }
                })
                .join();
        return group;
    }
}
