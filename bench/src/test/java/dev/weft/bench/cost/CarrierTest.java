package dev.weft.bench.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.weft.Loop;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract that the benchmarks rely on, for every carrier. */
class CarrierTest {
    @ParameterizedTest
    @EnumSource(Carrier.class)
    void everySpawnedTaskRunsAndIsJoined(Carrier carrier) {
        try (Tasks<?> tasks = carrier.open()) {
            assertEquals(100, spawnAndJoin(tasks));
        }
    }

    private static <T> int spawnAndJoin(Tasks<T> tasks) {
        AtomicInteger ran = new AtomicInteger();
        tasks.run(() -> {
            for (int i = 0; i < 100; i++) {
                tasks.join(tasks.spawn(() -> {
                    tasks.yieldNow();
                    ran.incrementAndGet();
                }));
            }
        });
        return ran.get();
    }

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void gatesHandATurnOverAndBack(Carrier carrier) {
        try (Tasks<?> tasks = carrier.open()) {
            assertEquals(50, handOver(tasks));
        }
    }

    private static <T> int handOver(Tasks<T> tasks) {
        AtomicInteger turns = new AtomicInteger();
        Tasks.Gate there = tasks.newGate();
        Tasks.Gate back = tasks.newGate();
        tasks.run(() -> {
            T partner = tasks.spawn(() -> {
                for (int i = 0; i < 50; i++) {
                    there.pass();
                    turns.incrementAndGet();
                    back.open();
                }
            });
            for (int i = 0; i < 50; i++) {
                there.open();
                back.passWithin(TimeUnit.MINUTES.toNanos(1));
            }
            tasks.join(partner);
        });
        return turns.get();
    }

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void conduitsPassEverythingOn(Carrier carrier) {
        try (Tasks<?> tasks = carrier.open()) {
            for (int capacity : new int[] {0, 4}) {
                assertEquals(5_050, passOn(tasks, capacity));
            }
        }
    }

    private static <T> int passOn(Tasks<T> tasks, int capacity) {
        AtomicInteger sum = new AtomicInteger();
        tasks.run(() -> {
            Tasks.Conduit conduit = tasks.newConduit(capacity);
            T near = tasks.spawn(() -> {
                for (int i = 1; i <= 50; i++) {
                    conduit.put(i);
                }
            });
            T far = tasks.spawn(() -> {
                for (int i = 51; i <= 100; i++) {
                    conduit.put(i);
                }
            });
            for (int i = 0; i < 100; i++) {
                sum.addAndGet((int) conduit.take());
            }
            tasks.join(near);
            tasks.join(far);
        });
        return sum.get();
    }

    @ParameterizedTest
    @EnumSource(
            value = Carrier.class,
            names = {"GREENLET", "VIRTUAL"})
    void valuesGoFromCoreToCore(Carrier carrier) {
        CoreToCore.TwoCores cores = new CoreToCore.TwoCores();
        cores.carrier = carrier;
        cores.open();
        try {
            new CoreToCore().buffered(cores);
            new CoreToCore().rendezvous(cores);
            new CoreToCore().askAndAnswer(cores);
        } finally {
            cores.close();
        }
    }

    @Test
    void greenletsForTwoCoresAreOnTwoLoops() {
        try (GreenletTasks tasks = new GreenletTasks(2)) {
            tasks.run(() -> {
                Loop here = Loop.current();
                tasks.join(tasks.spawn(() -> assertSame(here, Loop.current())));
                tasks.join(tasks.spawnElsewhere(() -> assertNotSame(here, Loop.current())));
            });
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Carrier.class,
            names = {"GREENLET", "VIRTUAL"})
    void emptyCallsComeBack(Carrier carrier) {
        OffLoad.Caller caller = new OffLoad.Caller();
        caller.carrier = carrier;
        try {
            new OffLoad().emptyCall(caller);
        } finally {
            caller.close();
        }
    }

    @Test
    void selectsChooseWhatIsSent() {
        SelectCost.Channels channels = new SelectCost.Channels();
        channels.make();
        try {
            assertEquals(499_500, new SelectCost().oneIsReady(channels));
            assertEquals(499_500, new SelectCost().waitForOne(channels));
        } finally {
            channels.close();
        }
    }
}
