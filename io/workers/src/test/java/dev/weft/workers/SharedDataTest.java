package dev.weft.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Weft;
import dev.weft.actor.Owner;
import dev.weft.serial.CallSite;
import dev.weft.shared.SharedArray;
import dev.weft.shared.SharedOwner;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tasks in worker processes use an array and an owner of the process that started them. */
@ExtendWith(NothingLeft.class)
final class SharedDataTest {
    private static final List<Integer> NUMBERS = IntStream.range(0, 20).boxed().toList();

    @Test
    void workersFillAnArrayTogether() throws Exception {
        Weft.<Exception>run(() -> {
            try (Workers workers = Workers.processes(2);
                    SharedArray.OfLong squares = SharedArray.ofLongs(NUMBERS.size() + 1)) {
                workers.map(NUMBERS, number -> {
                    squares.set(number, (long) number * number);
                    return squares.getAndAdd(NUMBERS.size(), number);
                });
                NUMBERS.forEach(number -> assertEquals((long) number * number, squares.get(number)));
                assertEquals(190, squares.get(NUMBERS.size()));
            }
        });
    }

    @Test
    void workersAskOneOwner() throws Exception {
        Weft.<Exception>run(() -> {
            Owner<Map<String, Integer>> owner = Owner.start("counts", HashMap::new);
            SharedOwner<Map<String, Integer>> counts = SharedOwner.of(owner);
            try (Workers workers = Workers.processes(2)) {
                workers.map(NUMBERS, number -> {
                    counts.tell(map -> map.merge("told", 1, Integer::sum));
                    return counts.ask(map -> map.merge("asked", number, Integer::sum));
                });
            }
            assertEquals(Map.of("asked", 190, "told", 20), owner.ask(Map::copyOf));
            owner.kill();
        });
    }

    @Test
    void greenletsOfAWorkerAskToo() throws Exception {
        Weft.<Exception>run(() -> {
            Owner<Map<String, Integer>> owner = Owner.start("counts", HashMap::new);
            SharedOwner<Map<String, Integer>> counts = SharedOwner.of(owner);
            try (Workers workers = Workers.builder(1).onGreenlets().processes()) {
                assertEquals(1, (int) workers.call(() -> counts.ask(map -> map.merge("a", 1, Integer::sum))));
            }
            owner.kill();
        });
    }

    @Test
    void aFailureOfTheOwnerReachesTheTaskAndItsSubmitter() throws Exception {
        Weft.<Exception>run(() -> {
            Owner<Map<String, Integer>> owner = Owner.start("counts", HashMap::new);
            SharedOwner<Map<String, Integer>> counts = SharedOwner.of(owner);
            try (Workers workers = Workers.processes(1)) {
                ArithmeticException failure = assertThrows(
                        ArithmeticException.class, () -> workers.call(() -> counts.ask(map -> 1 / map.size())));
                assertTrue(Arrays.stream(failure.getSuppressed()).anyMatch(CallSite.class::isInstance));
                assertEquals(0, (int) workers.call(() -> counts.ask(Map::size)), "the worker goes on");
            }
            owner.kill();
        });
    }

    @Test
    void aTaskThatIsKilledWhileItWaitsForAnOwnerEndsAndItsWorkerGoesOn() throws Exception {
        Weft.<Exception>run(() -> {
            Owner<Map<String, Integer>> owner = Owner.start("counts", HashMap::new);
            SharedOwner<Map<String, Integer>> counts = SharedOwner.of(owner);
            CountDownLatch asked = new CountDownLatch(1);
            Owner<CountDownLatch> gate = Owner.start("gate", () -> asked);
            SharedOwner<CountDownLatch> latch = SharedOwner.of(gate);
            try (Workers workers =
                    Workers.builder(1).grace(Duration.ofSeconds(20)).processes()) {
                long pid = workers.call(() -> ProcessHandle.current().pid());
                var task = workers.submit(() -> latch.ask(closed -> {
                    closed.countDown();
                    Weft.sleep(Duration.ofHours(1));
                    return 0;
                }));
                Weft.offload(() -> asked.await());
                task.kill();
                assertThrows(Cancelled.class, task::join);
                assertEquals(
                        pid, (long) workers.call(() -> ProcessHandle.current().pid()));
                assertEquals(0, (int) workers.call(() -> counts.ask(Map::size)));
            }
            gate.kill();
            owner.kill();
        });
    }

    @Test
    void theTimeThatAnOwnerMayTakeIsBoundedInAWorker() throws Exception {
        Weft.<Exception>run(() -> {
            Owner<Map<String, Integer>> owner = Owner.start("counts", HashMap::new);
            owner.tell(map -> Weft.sleep(Duration.ofHours(1)));
            SharedOwner<Map<String, Integer>> counts = SharedOwner.of(owner);
            try (Workers workers = Workers.processes(1)) {
                assertThrows(
                        DeadlineExceeded.class, () -> workers.call(() -> counts.ask(Map::size, Duration.ofMillis(1))));
            }
            owner.kill();
        });
    }
}
