package dev.weft.bench.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * No cost may have become twice as large as it was. The ratios are recorded in {@code recorded-ratios.properties}; after a
 * change that is meant to move them, they are recorded anew, on an idle machine, with
 *
 * <pre>mvn -pl bench -am test -Dtest=SpeedGuardTest -Dsurefire.failIfNoSpecifiedTests=false
 *     -Dweft.guard.record=src/test/resources/dev/weft/bench/cost/recorded-ratios.properties</pre>
 */
@Timeout(60)
class SpeedGuardTest {
    private static final String RECORDED = "recorded-ratios.properties";
    private static final @Nullable String RECORD_TO = System.getProperty("weft.guard.record");
    private static final long WARM_UP = TimeUnit.MILLISECONDS.toNanos(300);
    private static final long BUDGET = TimeUnit.SECONDS.toNanos(10);
    private static final long RECORDING = TimeUnit.SECONDS.toNanos(4);
    private static final Map<String, String> NEWLY_RECORDED = new TreeMap<>();

    @ParameterizedTest
    @EnumSource(GuardedCost.class)
    void isNotTwiceAsSlowAsItWas(GuardedCost cost) throws IOException {
        SpeedGuard guard = new SpeedGuard(System::nanoTime, WARM_UP, RECORD_TO == null ? BUDGET : RECORDING);
        if (RECORD_TO != null) {
            NEWLY_RECORDED.put(cost.name(), String.format(Locale.ROOT, "%.3f", cost.ratio(guard, 0)));
            return;
        }
        double recorded = recorded(cost);
        double ratio = cost.ratio(guard, recorded * SpeedGuard.TOLERANCE);
        assertTrue(
                ratio < recorded * SpeedGuard.TOLERANCE,
                () -> cost + " is " + ratio + " times its bare form, and was " + recorded
                        + "; find what made it slower, or record it anew as this test's comment says");
    }

    private static double recorded(GuardedCost cost) throws IOException {
        Properties recorded = new Properties();
        try (InputStream file = SpeedGuardTest.class.getResourceAsStream(RECORDED)) {
            recorded.load(Objects.requireNonNull(file, RECORDED));
        }
        return Double.parseDouble(
                Objects.requireNonNull(recorded.getProperty(cost.name()), () -> cost + " is not in " + RECORDED));
    }

    @AfterAll
    static void writeWhatWasRecorded() throws IOException {
        if (RECORD_TO != null) {
            Properties recorded = new Properties();
            recorded.putAll(NEWLY_RECORDED);
            try (OutputStream file = Files.newOutputStream(Path.of(RECORD_TO))) {
                recorded.store(file, "Weft's costs by those of bare threads and continuations; see SpeedGuardTest");
            }
        }
    }

    /** The guard's own proof: the same benchmark, with yields that take three trips through the run queue. */
    @Test
    void yieldsThatTakeThreeTripsAreCaught() {
        SpeedGuard guard = new SpeedGuard(System::nanoTime, TimeUnit.SECONDS.toNanos(1), TimeUnit.SECONDS.toNanos(3));
        double now = GuardedCost.YIELD.ratio(guard, 0);
        ContextSwitch benchmark = new ContextSwitch();
        try (GreenletTasks greenlets = new GreenletTasks();
                BareTasks bare = new BareTasks()) {
            CarrierState slow = stateOf(new SlowTasks(greenlets));
            CarrierState fast = stateOf(bare);
            double ratio = guard.ratio(
                    () -> SpeedGuard.cpuNanos(() -> benchmark.yieldAndComeBack(slow)),
                    () -> SpeedGuard.cpuNanos(() -> benchmark.yieldAndComeBack(fast)),
                    now * SpeedGuard.TOLERANCE);
            assertTrue(ratio > now * SpeedGuard.TOLERANCE, ratio + " is taken for " + now);
        }
    }

    private static CarrierState stateOf(Tasks<?> tasks) {
        return new CarrierState() {
            @Override
            Tasks<?> tasks() {
                return tasks;
            }
        };
    }

    private long now;

    @Test
    void noiseInMostRunsPasses() {
        int[] runs = {0};
        double ratio = scripted(() -> runs[0]++ % 20 == 19 ? 1.1 : 15, () -> runs[0] % 7 == 0 ? 1 : 9);
        assertTrue(ratio < SpeedGuard.TOLERANCE, () -> "ratio: " + ratio);
    }

    @Test
    void twiceAsSlowNeverPasses() {
        assertEquals(2, scripted(() -> 2, () -> 1));
        assertTrue(now >= 1_000, "it was tried for the whole time");
    }

    @Test
    void aClockThatDoesNotMoveIsRefused() {
        assertThrows(IllegalStateException.class, () -> scripted(() -> 1, () -> 0));
        assertThrows(IllegalStateException.class, () -> scripted(() -> 0, () -> 1));
    }

    @Test
    void nothingPassesBeforeItIsWarm() {
        double ratio = scripted(() -> 1, () -> now < 500 ? 100 : 1);
        assertEquals(1, ratio);
    }

    /** With a clock that advances by ten with each run, 600 of warm-up and 1,000 in all. */
    private double scripted(SpeedGuard.Work guarded, SpeedGuard.Work baseline) {
        SpeedGuard guard = new SpeedGuard(() -> now, 600, 1_000);
        return guard.ratio(() -> advanced(guarded), () -> advanced(baseline), SpeedGuard.TOLERANCE);
    }

    private double advanced(SpeedGuard.Work work) {
        now += 10;
        return work.run();
    }
}
