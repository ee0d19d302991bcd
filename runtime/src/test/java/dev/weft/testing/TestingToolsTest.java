package dev.weft.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineTestKit;

class TestingToolsTest {
    private static final LoopGroup[] LEFT_OPEN = new LoopGroup[1];

    @Test
    void nothingRunsUntilTheTestSaysSo() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Greenlet<Integer> greenlet = stepped.spawn(() -> 1);
            assertEquals(0, stepped.loop().statistics().switches());
            stepped.runUntilIdle();
            assertEquals(1, greenlet.join());
        }
    }

    @Test
    void advancingStopsAtEveryTimerOnTheWay() {
        Recorder happened = new Recorder();
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.spawn(() -> {
                for (int i = 0; i < 3; i++) {
                    Weft.sleep(Duration.ofSeconds(1));
                    happened.add(Duration.ofNanos(stepped.clock().nanos()).toSeconds());
                }
            });
            stepped.advance(Duration.ofSeconds(10));
            happened.assertHappened(1L, 2L, 3L);
            assertEquals("clock at PT10S", stepped.clock().toString());
        }
        assertThrows(IllegalArgumentException.class, () -> new ManualClock().advance(Duration.ofNanos(-1)));
    }

    @Test
    void aBodyThatCannotEndIsNamed() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            AssertionError e = assertThrows(
                    AssertionError.class, () -> stepped.run(() -> Weft.await(new CompletableFuture<String>())));
            assertTrue(e.toString().contains("WAITING"), e.toString());
        }
    }

    @Test
    void aFailureThatNobodyWaitedForFailsTheTestAtClose() {
        SteppedLoop stepped = SteppedLoop.open();
        stepped.spawn(() -> {
            throw new IllegalStateException("unheard");
        });
        stepped.runUntilIdle();
        AssertionError e = assertThrows(AssertionError.class, stepped::close);
        assertEquals("java.lang.IllegalStateException: unheard", String.valueOf(e.getCause()));
    }

    @Test
    void aFailureUnderSeedsNamesItsSeed() {
        AssertionError e =
                assertThrows(AssertionError.class, () -> SteppedLoop.underSeeds(3, stepped -> assertEquals(1, 2)));
        assertTrue(e.toString().contains("seed 0"), e.toString());
    }

    @Test
    void theRecorderSaysWhatHappenedInstead() {
        Recorder recorder = new Recorder();
        recorder.add("a");
        AssertionError e = assertThrows(AssertionError.class, () -> recorder.assertHappened("b"));
        assertTrue(e.toString().contains("[a]") && e.toString().contains("[b]"), e.toString());
    }

    @Test
    void leavingALoopOpenFailsTheTest() {
        try {
            EngineTestKit.engine("junit-jupiter")
                    .selectors(DiscoverySelectors.selectClass(Leaky.class))
                    .configurationParameter("junit.jupiter.execution.timeout.default", "20 s")
                    .execute()
                    .testEvents()
                    .assertThatEvents()
                    .haveExactly(1, finishedWithFailure(message(text -> text.contains("left a loop open"))))
                    .haveExactly(1, finishedWithFailure(message(text -> text.contains("left greenlets"))));
        } finally {
            LEFT_OPEN[0].close();
        }
    }

    /** Run by the test above alone. */
    @Tag("leaky")
    @ExtendWith(NoGreenletLeaks.class)
    @org.junit.jupiter.api.TestMethodOrder(org.junit.jupiter.api.MethodOrderer.MethodName.class)
    static class Leaky {
        @Test
        void aLeavesALoopOpen() {
            LEFT_OPEN[0] = LoopGroup.open();
        }

        @Test
        void bLeavesAGreenlet() {
            LEFT_OPEN[0].spawn(() -> Weft.sleep(Duration.ofHours(1)));
            LEFT_OPEN[0].spawn(() -> {}).join();
        }
    }
}
