package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.sync.Event;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import dev.weft.testing.SteppedLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class AtomicTest {
    private final Recorder happened = new Recorder();

    @Test
    void aRegionThatDoesNotWaitGivesItsResult() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            assertEquals(42, stepped.run(() -> Weft.atomic(() -> 6 * 7)));
            IOException thrown = assertThrows(
                    IOException.class,
                    () -> stepped.run(() -> Weft.atomic(() -> {
                        throw new IOException("its own");
                    })));
            assertEquals("java.io.IOException: its own", thrown.toString());
        }
    }

    @Test
    void aWaitInsideIsRefusedWhereItStandsAndBeforeItWaits() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Event event = new Event(stepped.loop());
            CompletableFuture<String> future = new CompletableFuture<>();
            Greenlet<?> other = stepped.spawn(() -> Weft.sleep(Duration.ofHours(1)));
            Action[] waits = {
                event::await,
                () -> Weft.await(event, Duration.ofSeconds(1)),
                () -> Weft.await(future),
                () -> Weft.sleep(Duration.ofSeconds(1)),
                () -> Weft.sleep(Duration.ZERO),
                Weft::yieldNow,
                other::join,
                () -> Weft.offload(() -> happened.add("off-loaded")),
                () -> Weft.await(Weft.timer(Duration.ofSeconds(1)))
            };
            stepped.spawn(() -> {
                for (Action wait : waits) {
                    Weft.atomic(() -> {
                        IllegalStateException e = assertThrows(IllegalStateException.class, wait::run);
                        assertTrue(e.toString().contains("inside an atomic region"), e.toString());
                    });
                }
                event.set();
                future.complete("value");
                happened.add("through");
            });
            stepped.spawn(() -> happened.add("another"));
            stepped.runUntilIdle();
            happened.assertHappened("through", "another");
            assertEquals(1, stepped.loop().statistics().timers());
            other.kill();
            stepped.runUntilIdle();
        }
    }

    @Test
    void aRefusedWaitThatIsNotCaughtComesOutOfTheRegion() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                assertThrows(IllegalStateException.class, () -> Weft.atomic(Weft::yieldNow));
                Weft.yieldNow(); // the region is over
                return null;
            });
        }
    }

    @Test
    void whatSucceedsAtOnceIsAllowedAndDoesNotYield() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Event event = new Event(stepped.loop());
            stepped.spawn(() -> {
                event.set();
                Weft.atomic(() -> {
                    for (int i = 0; i < 1000; i++) { // far more than the budget of waits in a row
                        event.await();
                        Weft.await(CompletableFuture.completedFuture(i));
                    }
                    happened.add("region");
                });
            });
            stepped.spawn(() -> happened.add("another"));
            stepped.runUntilIdle();
            happened.assertHappened("region", "another");
        }
    }

    @Test
    void codeThatKnowsNothingOfWeftAndYieldsIsShown() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            ReentrantLock lock = new ReentrantLock();
            stepped.spawn(() -> {
                lock.lock();
                try {
                    Weft.sleep(Duration.ofSeconds(1));
                } finally {
                    lock.unlock();
                }
            });
            Greenlet<?> greenlet = stepped.spawn(() -> {
                IllegalStateException e =
                        assertThrows(IllegalStateException.class, () -> Weft.atomic(() -> waitsForTheLock(lock)));
                Throwable cause = Objects.requireNonNull(e.getCause());
                assertTrue(
                        Arrays.stream(cause.getStackTrace())
                                .anyMatch(frame -> frame.getMethodName().equals("waitsForTheLock")),
                        () -> Arrays.toString(cause.getStackTrace()));
                happened.add("shown");
            });
            stepped.runUntilIdle();
            assertSame(Greenlet.State.WAITING, greenlet.state());
            stepped.advance(Duration.ofSeconds(1));
            assertSame(Greenlet.State.RETURNED, greenlet.state());
            happened.assertHappened("shown");
        }
    }

    private void waitsForTheLock(ReentrantLock lock) {
        lock.lock();
        try {
            happened.events();
        } finally {
            lock.unlock();
        }
    }

    @Test
    void aYieldThatGoesUnseenByWeftIsFoundInNestedRegionsAndBesideOthers() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            for (int i = 0; i < 2; i++) {
                stepped.spawn(() -> assertThrows(
                        IllegalStateException.class,
                        () -> Weft.atomic(() -> {
                            assertThrows(IllegalStateException.class, () -> Weft.atomic(() -> Thread.yield()));
                            Weft.atomic(() -> happened.add("a later one is whole"));
                        })));
                stepped.spawn(() -> Weft.atomic(() -> happened.add("others are whole")));
            }
            stepped.runUntilIdle();
            happened.assertHappened(
                    "others are whole", "others are whole", "a later one is whole", "a later one is whole");
        }
    }

    @Test
    void anInnerRegionThatEndsLeavesTheOuterOne() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                Weft.atomic(() -> {
                    Weft.atomic(() -> {});
                    assertThrows(IllegalStateException.class, Weft::yieldNow);
                });
                return null;
            });
        }
    }

    @Test
    void aFailureOfARegionThatYieldedTellsBoth() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                IOException e = assertThrows(
                        IOException.class,
                        () -> Weft.atomic(() -> {
                            Thread.yield();
                            throw new IOException("its own");
                        }));
                assertTrue(e.getSuppressed()[0].toString().contains("yielded inside an atomic region"), e::toString);
                return null;
            });
        }
    }

    @Test
    void aKilledGreenletIsToldSoInsideARegionWithoutLosingTheLoop() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Greenlet<?> killed = stepped.spawn(() -> {
                Greenlet.current().kill();
                Weft.atomic(() -> {
                    for (int i = 0; i < 5; i++) { // outside a region, the repeated refusals would be slowed down
                        assertThrows(Cancelled.class, Weft::yieldNow);
                    }
                    happened.add("region");
                });
            });
            stepped.spawn(() -> happened.add("another"));
            stepped.runUntilIdle();
            assertSame(Greenlet.State.RETURNED, killed.state());
            happened.assertHappened("region", "another");
        }
    }
}
