package dev.weft.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.diagnostics.SpawnSites;
import dev.weft.kernel.EventLoop;
import dev.weft.kernel.GreenletTask;
import dev.weft.testing.SteppedLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RunQueueTest {

    @Test
    void itIsFirstInFirstOutWhileItGrowsAndWraps() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            SplittableRandom random = new SplittableRandom(7);
            RunQueue queue = new RunQueue(RunOrder.FIFO);
            ArrayDeque<GreenletTask<?>> model = new ArrayDeque<>();
            for (int i = 0; i < 20_000; i++) {
                if (model.isEmpty() || random.nextInt(100) < 55) {
                    GreenletTask<?> greenlet = some(stepped);
                    queue.add(greenlet);
                    model.add(greenlet);
                } else {
                    assertSame(model.poll(), queue.take());
                }
                assertEquals(model.size(), queue.size());
            }
        }
    }

    @Test
    void anOrderPicksAnyOfThemAndKeepsTheOthersInTheirOrder() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            int[] picks = {2, 0, 1, 0};
            int[] turn = {0};
            RunQueue queue = new RunQueue(size -> picks[turn[0]++]);
            List<GreenletTask<?>> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                all.add(some(stepped));
                queue.add(all.get(i));
            }
            assertSame(all.get(2), queue.take());
            assertSame(all.get(0), queue.take());
            assertSame(all.get(3), queue.take());
            assertSame(all.get(1), queue.take());
            assertTrue(queue.isEmpty());
            assertEquals(4, new HashSet<>(all).size());
        }
    }

    private static GreenletTask<?> some(SteppedLoop stepped) {
        return GreenletTask.create(EventLoop.of(stepped.loop()), null, (Runnable) () -> {}, SpawnSites.exact(null));
    }
}
