package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.spi.LoopListener;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoGreenletLeaks.class)
class UncaughtTest {
    private final List<Throwable> reported = new ArrayList<>();

    @Test
    void aFailureNobodyWaitsForIsReportedOnceWithNameAndSpawnSite() {
        List<String> names = new ArrayList<>();
        try (SteppedLoop stepped = SteppedLoop.open((greenlet, failure) -> {
            names.add(greenlet.name());
            reported.add(failure);
        })) {
            Greenlet<?> greenlet = stepped.loop().spawn("worker", () -> {
                throw new IllegalStateException("boom");
            });
            stepped.runUntilIdle();
            assertEquals(List.of("worker"), names);
            assertTrue(Arrays.stream(reported.get(0).getSuppressed()).anyMatch(SpawnSite.class::isInstance));
            assertThrows(IllegalStateException.class, greenlet::join);
            assertEquals(1, reported.size());
        }
    }

    @Test
    void aFailureThatSomebodyWaitsForIsNotReported() {
        try (SteppedLoop stepped = SteppedLoop.open((greenlet, failure) -> reported.add(failure))) {
            stepped.run(() -> assertThrows(
                    IllegalStateException.class,
                    () -> Weft.spawn(() -> {
                                throw new IllegalStateException("heard");
                            })
                            .join()));
            assertEquals(List.of(), reported);
        }
    }

    @Test
    void aKilledGreenletIsNotReported() {
        try (SteppedLoop stepped = SteppedLoop.open((greenlet, failure) -> reported.add(failure))) {
            Greenlet<?> greenlet = stepped.spawn(() -> Weft.sleep(java.time.Duration.ofHours(1)));
            stepped.runUntilIdle();
            greenlet.kill();
            stepped.runUntilIdle();
            assertEquals(List.of(), reported);
        }
    }

    @Test
    void anErrorEndsItsGreenletAlone() {
        try (SteppedLoop stepped = SteppedLoop.open((greenlet, failure) -> reported.add(failure))) {
            Error error = new LinkageError("bad");
            stepped.spawn(() -> {
                throw error;
            });
            assertEquals("alive", stepped.run(() -> "alive"));
            assertSame(error, reported.get(0));
        }
    }

    @Test
    void aStackOverflowEndsItsGreenletAloneAndTheLoopStaysWhole() {
        try (SteppedLoop stepped = SteppedLoop.open((greenlet, failure) -> reported.add(failure))) {
            for (int i = 0; i < 20; i++) {
                stepped.spawn(() -> spawnDeeperAndDeeper(0));
            }
            stepped.runUntilIdle();
            assertEquals(20, reported.size());
            assertTrue(reported.stream().allMatch(StackOverflowError.class::isInstance));
            assertEquals(0, stepped.loop().greenlets().size());
            assertEquals("alive", stepped.run(() -> Weft.spawn(() -> "alive").join()));
        }
    }

    /** Overflows at a different place of the kernel each time, as the frames differ. */
    @SuppressWarnings("InfiniteRecursion") // until the stack is full
    private static int spawnDeeperAndDeeper(int depth) {
        if (depth % 1000 == 0) {
            Weft.spawn(() -> {});
        }
        return spawnDeeperAndDeeper(depth + 1) + 1;
    }

    @Test
    void aFailingHandlerDoesNotHurtTheLoop() {
        try (SteppedLoop stepped = SteppedLoop.open((greenlet, failure) -> {
            reported.add(failure);
            throw new IllegalStateException("the handler, too");
        })) {
            stepped.spawn(() -> {
                throw new IllegalStateException("boom");
            });
            assertEquals("alive", stepped.run(() -> "alive"));
            assertEquals(1, reported.size());
        }
    }

    @Test
    void aFailingListenerOrCallbackDoesNotHurtTheLoop() {
        try (LoopGroup group = LoopGroup.builder()
                .listener(new LoopListener() {
                    @Override
                    public void onSpawn(Loop loop, Greenlet<?> greenlet) {
                        throw new OutOfMemoryError("in the listener");
                    }
                })
                .open()) {
            group.next().execute(() -> {
                throw new IllegalStateException("in the callback");
            });
            assertEquals("alive", group.spawn(() -> "alive").join());
        }
    }

    @Test
    void anExceptionThatManyGreenletsShareDoesNotGrow() {
        IllegalStateException shared = new IllegalStateException("shared");
        try (SteppedLoop stepped = SteppedLoop.open((greenlet, failure) -> reported.add(failure))) {
            for (int i = 0; i < 10; i++) {
                stepped.spawn(() -> {
                    throw shared;
                });
            }
            stepped.runUntilIdle();
            assertEquals(10, reported.size());
            assertEquals(1, shared.getSuppressed().length);
        }
    }
}
