package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.sync.Channel;
import dev.weft.sync.Select;
import dev.weft.testing.NoGreenletLeaks;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Ten million tasks that are spawned, killed, timed out, and win or lose selects leave nothing in the heap. */
@Tag("long")
@Timeout(600)
@ExtendWith(NoGreenletLeaks.class)
class SoakTest {
    private static final int ROUNDS = 10_000_000;
    private static final int BATCH = 100;
    private static final long MARGIN_BYTES = 4 << 20;

    @Test
    void tenMillionTasksLeaveTheHeapFlat() {
        try (LoopGroup group = LoopGroup.open()) {
            Loop loop = group.next();
            Greenlet<?> survivor = loop.spawn(() -> Weft.sleep(Duration.ofHours(10)));
            run(loop, ROUNDS / 10);
            long early = liveBytes();
            run(loop, ROUNDS - ROUNDS / 10);
            long late = liveBytes();
            assertTrue(late < early + MARGIN_BYTES, "live heap grew from " + early + " to " + late);
            assertEquals(1, loop.greenlets().size());
            survivor.kill();
        }
    }

    private static void run(Loop loop, int rounds) {
        loop.spawn(() -> {
                    Channel<Integer> silent = Channel.rendezvous(); // lives as long as all who leave it
                    Channel<Integer> flowing = Channel.buffered(BATCH);
                    for (int i = 0; i < rounds; i += BATCH) {
                        Weft.scope(scope -> {
                            for (int j = 0; j < BATCH; j++) {
                                spawnOne(scope, j, silent, flowing);
                            }
                            Weft.yieldNow();
                            scope.children().forEach(Greenlet::kill);
                        });
                    }
                })
                .join();
    }

    private static void spawnOne(Scope scope, int number, Channel<Integer> silent, Channel<Integer> flowing) {
        switch (number % 7) {
            case 0 -> scope.spawn(() -> "returns");
            case 1 -> scope.spawn(() -> Weft.sleep(Duration.ofHours(1)));
            case 2 -> scope.spawn(() -> Weft.moveOnAfter(Duration.ZERO, Weft::yieldNow));
            case 3 -> scope.spawn(() -> Weft.select(Select.on(silent.receiving()), Select.on(silent.receiving())));
            case 4 ->
                scope.spawn(
                        () -> Weft.select(Select.on(silent.receiving()), Select.after(Duration.ZERO, () -> number)));
            case 5 ->
                scope.spawn(() -> {
                    flowing.send(number);
                    return Weft.select(Select.on(silent.receiving()), Select.on(flowing.receiving()));
                });
            default ->
                scope.spawn(
                        () -> Weft.withTimeout(Duration.ofHours(1), () -> Weft.await(Weft.timer(Duration.ofHours(2)))));
        }
    }

    private static long liveBytes() {
        Runtime runtime = Runtime.getRuntime();
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
