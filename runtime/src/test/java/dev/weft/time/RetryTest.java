package dev.weft.time;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import dev.weft.testing.SteppedLoop;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class RetryTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private final Recorder happened = new Recorder();
    private final SteppedLoop stepped = SteppedLoop.open((greenlet, failure) -> {});
    private int calls;

    @AfterEach
    void close() {
        stepped.close();
    }

    private static Retry.Builder steady() {
        return Retry.builder()
                .backOff(Duration.ofMillis(10), Duration.ofMillis(50))
                .withoutJitter();
    }

    private long millis() {
        return stepped.clock().nanos() / 1_000_000;
    }

    /** Records when it is called, and fails until call {@code good}. */
    private int failingUntil(int good) throws IOException {
        happened.add(millis());
        if (++calls < good) {
            throw new IOException("call " + calls);
        }
        return calls;
    }

    @Test
    void pausesDoubleUpToTheCap() {
        Greenlet<Integer> result =
                stepped.spawn(() -> steady().attempts(6).build().call(() -> failingUntil(6)));
        stepped.advance(HOUR);
        assertEquals(6, result.outcome().get());
        happened.assertHappened(0L, 10L, 30L, 70L, 120L, 170L);
    }

    @Test
    void theLastFailureIsThrownAsItIsWithTheEarlierOnesSuppressed() {
        Greenlet<?> failing = stepped.spawn(() -> {
            IOException last = assertThrows(
                    IOException.class, () -> steady().attempts(3).build().call(() -> failingUntil(9)));
            assertEquals("call 3", last.getMessage());
            assertEquals(
                    List.of("call 1", "call 2"),
                    List.of(last.getSuppressed()).stream()
                            .map(Throwable::getMessage)
                            .toList());
        });
        stepped.advance(HOUR);
        assertSame(Greenlet.State.RETURNED, failing.state());
    }

    @Test
    void aFailureThatIsAlwaysTheSameObjectIsNotSuppressedInItself() {
        IOException same = new IOException("same");
        Greenlet<?> failing = stepped.spawn(() -> {
            assertSame(
                    same,
                    assertThrows(
                            IOException.class,
                            () -> steady().build().run(() -> {
                                throw same;
                            })));
        });
        stepped.advance(HOUR);
        assertSame(Greenlet.State.RETURNED, failing.state());
        assertEquals(0, same.getSuppressed().length);
    }

    @Test
    void withoutALimitOnlySomeFailuresAreKept() {
        Greenlet<?> failing = stepped.spawn(() -> {
            IOException last = assertThrows(
                    IOException.class,
                    () -> Weft.withTimeout(
                            Duration.ofSeconds(10),
                            () -> steady().unlimited().build().call(() -> failingUntil(9999))));
            assertTrue(calls > 100, () -> calls + " calls");
            assertEquals(8, last.getSuppressed().length);
        });
        stepped.advance(HOUR);
        assertSame(Greenlet.State.RETURNED, failing.state());
    }

    @Test
    void onlyTheNamedFailuresAreRetried() {
        stepped.run(() -> assertThrows(
                FileNotFoundException.class,
                () -> steady().on(IllegalStateException.class).build().run(() -> {
                    calls++;
                    throw new FileNotFoundException();
                })));
        assertEquals(1, calls);
        stepped.run(() -> assertThrows(
                AssertionError.class,
                () -> steady().build().run(() -> {
                    calls++;
                    throw new AssertionError("a bug");
                })));
        assertEquals(2, calls);
    }

    @Test
    void aResultIsRetriedUntilItIsAcceptable() {
        Greenlet<Integer> result = stepped.spawn(() -> steady().build().callUntil(value -> value >= 3, () -> ++calls));
        stepped.advance(HOUR);
        assertEquals(3, result.outcome().get());
    }

    @Test
    void aResultThatIsNeverAcceptableIsAFailure() {
        Greenlet<RetriesExhausted> failing = stepped.spawn(() -> assertThrows(
                RetriesExhausted.class,
                () -> steady().attempts(3).build().callUntil(value -> value > 3, () -> {
                    if (++calls == 1) {
                        throw new IOException("first");
                    }
                    return calls;
                })));
        stepped.advance(HOUR);
        RetriesExhausted exhausted = failing.outcome().get();
        assertEquals(3, exhausted.lastResult());
        assertTrue(exhausted.toString().contains("after 3 attempts"), exhausted.toString());
        assertEquals("first", exhausted.getSuppressed()[0].getMessage());
    }

    @Test
    void aPauseBeyondTheDeadlineIsNotBegun() {
        Greenlet<?> failing = stepped.spawn(() -> {
            IOException last = assertThrows(
                    IOException.class,
                    () -> Weft.withTimeout(
                            Duration.ofMillis(25), () -> steady().build().call(() -> failingUntil(9))));
            assertEquals("call 2", last.getMessage()); // the next pause would have lasted until 30 ms
            happened.add("gave up at " + millis());
        });
        stepped.advance(HOUR);
        happened.assertHappened(0L, 10L, "gave up at 10");
        assertSame(Greenlet.State.RETURNED, failing.state());
    }

    @Test
    void anAttemptThatRunsOutOfItsOwnTimeIsRetried() {
        Greenlet<Integer> result = stepped.spawn(() -> steady().build()
                .call(() -> Weft.withTimeout(Duration.ofMillis(5), () -> {
                    if (++calls < 3) {
                        Weft.sleep(HOUR);
                    }
                    return calls;
                })));
        stepped.advance(Duration.ofSeconds(1));
        assertEquals(3, result.outcome().get());
    }

    @Test
    void anAttemptThatRunsOutOfTheCallersTimeIsNotRetried() {
        Greenlet<?> failing = stepped.spawn(() -> assertThrows(
                DeadlineExceeded.class,
                () -> Weft.withTimeout(
                        Duration.ofMillis(5),
                        () -> steady().build().run(() -> {
                            calls++;
                            Weft.sleep(HOUR);
                        }))));
        stepped.advance(HOUR);
        assertSame(Greenlet.State.RETURNED, failing.state());
        assertEquals(1, calls);
    }

    @Test
    void aKillDuringAnAttemptIsNotRetriedWhateverItWasTurnedInto() {
        Greenlet<?> killed = stepped.spawn(() -> steady().build().run(() -> {
            calls++;
            try {
                Weft.sleep(HOUR);
            } catch (Cancelled e) {
                throw new IllegalStateException("the driver's exception");
            }
        }));
        stepped.runUntilIdle();
        killed.kill();
        stepped.advance(HOUR);
        assertSame(Greenlet.State.CANCELLED, killed.state());
        assertEquals(1, calls);
    }

    @Test
    void aKillEndsThePauseAndKeepsTheFailures() {
        Greenlet<?> killed = stepped.spawn(() -> steady().build().call(() -> failingUntil(9)));
        stepped.advance(Duration.ofMillis(15));
        killed.kill();
        stepped.runUntilIdle();
        assertSame(Greenlet.State.CANCELLED, killed.state());
        Cancelled end = assertThrows(Cancelled.class, () -> killed.outcome().get());
        assertTrue(
                List.of(end.getSuppressed()).stream().anyMatch(e -> "call 2".equals(e.getMessage())),
                () -> List.of(end.getSuppressed()).toString());
        assertEquals(0, stepped.loop().statistics().timers());
    }

    @Test
    void theCancellationOfAnotherGreenletIsNotRetried() {
        Greenlet<?> other = stepped.spawn(() -> Weft.sleep(HOUR));
        Greenlet<?> joining = stepped.spawn(() -> assertThrows(
                Cancelled.class,
                () -> steady().build().run(() -> {
                    calls++;
                    other.join();
                })));
        stepped.runUntilIdle();
        other.kill();
        stepped.advance(HOUR);
        assertSame(Greenlet.State.RETURNED, joining.state());
        assertEquals(1, calls);
    }

    @Test
    void jitterIsFullAndFollowsItsSeed() {
        assertEquals(pauses(7), pauses(7));
        List<Duration> all = new ArrayList<>();
        for (int seed = 0; seed < 100; seed++) {
            all.add(pauses(seed).get(1)); // of at most 20 ms
        }
        Duration least = all.stream().min(Duration::compareTo).orElseThrow();
        Duration most = all.stream().max(Duration::compareTo).orElseThrow();
        assertTrue(least.toNanos() < 2_000_000 && most.toNanos() > 18_000_000, least + " to " + most);
        assertTrue(most.toNanos() <= 20_000_000, most::toString);
    }

    private List<Duration> pauses(long seed) {
        List<Duration> pauses = new ArrayList<>();
        Retry retry = Retry.builder()
                .backOff(Duration.ofMillis(10), Duration.ofMillis(50))
                .jitter(new SplittableRandom(seed))
                .listener(attempt -> pauses.add(attempt.pause()))
                .build();
        calls = 0;
        stepped.spawn(() -> retry.call(() -> failingUntil(4)));
        stepped.advance(Duration.ofSeconds(1));
        assertEquals(3, pauses.size());
        return pauses;
    }

    @Test
    void theListenerHearsOfEachAttemptThatIsRepeated() {
        List<Retry.Attempt> told = new ArrayList<>();
        Greenlet<?> done =
                stepped.spawn(() -> steady().listener(told::add).build().callUntil(value -> value == 3, () -> {
                    if (++calls == 1) {
                        throw new IOException("first");
                    }
                    return calls;
                }));
        stepped.advance(HOUR);
        assertSame(Greenlet.State.RETURNED, done.state());
        assertArrayEquals(
                new int[] {1, 2}, told.stream().mapToInt(Retry.Attempt::number).toArray());
        assertInstanceOf(IOException.class, told.get(0).failure().orElseThrow());
        assertTrue(told.get(1).failure().isEmpty());
        assertEquals(Duration.ofMillis(20), told.get(1).pause());
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> Retry.builder().attempts(0));
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> Retry.builder().backOff(HOUR, Duration.ofMillis(1)));
        assertTrue(e.toString().contains("PT1H"), e.toString());
    }
}
