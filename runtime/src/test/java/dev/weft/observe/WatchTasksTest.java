package dev.weft.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.LoopGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When the tasks of a group's watch are loaded and called. */
@Timeout(60)
class WatchTasksTest {
    private final List<String> calls = new ArrayList<>();
    private final WatchTask task = new WatchTask() {
        @Override
        public void opened(Observer observer) {
            calls.add("opened");
        }

        @Override
        public void look(Observer observer, long nowNanos) {
            calls.add("look");
        }

        @Override
        public void closed(Observer observer) {
            calls.add("closed");
        }
    };

    private static long seconds(int seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    @Test
    void opensAfterASecondAndLooksEachSecond() {
        try (LoopGroup group = LoopGroup.builder().hogAfter(Duration.ZERO).open()) {
            WatchTasks tasks = new WatchTasks(group, List.of(task));
            tasks.look(seconds(1) - 1);
            assertEquals(List.of(), calls);
            tasks.look(seconds(1));
            tasks.look(seconds(2) - 1);
            tasks.look(seconds(2));
            tasks.close();
            assertEquals(List.of("opened", "look", "closed"), calls);
        }
    }

    @Test
    void whatCannotBeLoadedIsTriedAgainEverMoreRarely() {
        AtomicInteger failures = new AtomicInteger(3);
        Iterable<WatchTask> services = () -> {
            if (failures.getAndDecrement() > 0) {
                throw new NoClassDefFoundError("too many open files");
            }
            return List.of(task).iterator();
        };
        try (LoopGroup group = LoopGroup.builder().hogAfter(Duration.ZERO).open()) {
            WatchTasks tasks = new WatchTasks(group, services);
            for (int second : new int[] {1, 3, 7}) {
                tasks.look(seconds(second) - 1);
                assertThrows(NoClassDefFoundError.class, () -> tasks.look(seconds(second)));
            }
            tasks.look(seconds(15) - 1);
            assertEquals(List.of(), calls);
            tasks.look(seconds(15));
            tasks.look(seconds(16));
            tasks.close();
            assertEquals(List.of("opened", "look", "closed"), calls);
        }
    }
}
