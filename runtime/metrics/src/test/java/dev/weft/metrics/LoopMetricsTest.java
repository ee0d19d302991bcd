package dev.weft.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.sync.Channel;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class LoopMetricsTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private final MeterRegistry registry = new SimpleMeterRegistry();

    private SteppedLoop observed() {
        SteppedLoop stepped = SteppedLoop.open();
        stepped.runUntilIdle();
        new LoopMetrics(stepped.loop().group()).bindTo(registry);
        return stepped;
    }

    private double gauge(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }

    private double count(String name, String... tags) {
        return registry.get(name).tags(tags).functionCounter().count();
    }

    @Test
    void greenletsAreCountedByState() {
        try (SteppedLoop stepped = observed()) {
            stepped.spawn(() -> Weft.sleep(HOUR));
            stepped.spawn(() -> Weft.sleep(HOUR));
            stepped.runUntilIdle();
            stepped.run(() -> {
                Weft.spawn(() -> {});
                assertEquals(1, gauge("weft.greenlets", "state", "running", "loop", "stepped-0"));
                assertEquals(1, gauge("weft.greenlets", "state", "ready"));
                assertEquals(2, gauge("weft.greenlets", "state", "waiting"));
                return null;
            });
            assertEquals(0, gauge("weft.greenlets", "state", "running"));
            assertEquals(2, gauge("weft.eventloop.timers"));
            assertEquals(4, count("weft.greenlets.spawned"));
            assertEquals(4, count("weft.eventloop.switches"));
        }
    }

    @Test
    void delayIsHowLateTimersFire() {
        try (SteppedLoop stepped = observed()) {
            stepped.spawn(() -> Weft.sleep(Duration.ofMillis(10)));
            stepped.advance(Duration.ofMillis(10)); // on time
            stepped.spawn(() -> Weft.sleep(Duration.ofMillis(10)));
            stepped.spawn(() -> Weft.sleep(Duration.ofMillis(20)));
            stepped.runUntilIdle();
            stepped.clock().advance(Duration.ofMillis(40)); // as if something had held the loop
            stepped.runUntilIdle();
            var delay = registry.get("weft.eventloop.delay").functionTimer();
            assertEquals(3, delay.count());
            assertEquals(50, delay.totalTime(TimeUnit.MILLISECONDS)); // 0, 30 and 20
            assertEquals(
                    30, registry.get("weft.eventloop.delay.max").timeGauge().value(TimeUnit.MILLISECONDS));
        }
    }

    @Test
    void latencyIsHowLongReadyGreenletsHaveNotRun() {
        try (SteppedLoop stepped = observed()) {
            stepped.advance(Duration.ofSeconds(1));
            assertEquals(0, latency("0.5"));
            for (int i = 0; i < 1_000; i++) {
                stepped.spawn(() -> stepped.clock().advance(Duration.ofMillis(1)));
            }
            stepped.runUntilIdle();
            var all = registry.get("weft.eventloop.latency").functionTimer();
            assertEquals(500, all.mean(TimeUnit.MILLISECONDS), 200);
            assertEquals(500, latency("0.5"), 200);
            assertEquals(950, latency("0.99"), 150);
            stepped.advance(Duration.ofSeconds(1));
            assertEquals(0, latency("0.99"), "none since the last question");
        }
    }

    private double latency(String phi) {
        return registry.get("weft.eventloop.latency.percentile")
                .tags("phi", phi, "loop", "stepped-0")
                .timeGauge()
                .value(TimeUnit.MILLISECONDS);
    }

    @Test
    void utilizationIsTheShareOfTimeInWhichTheLoopIsBusy() {
        try (SteppedLoop stepped = observed()) {
            gauge("weft.eventloop.utilization");
            stepped.advance(Duration.ofMillis(75));
            stepped.run(() -> {
                stepped.clock().advance(Duration.ofMillis(25)); // computes
                return null;
            });
            assertEquals(0.25, gauge("weft.eventloop.utilization"));
            assertEquals(0.25, gauge("weft.eventloop.utilization")); // asked again at the same time
            stepped.advance(Duration.ofMillis(10));
            assertEquals(0, gauge("weft.eventloop.utilization"));
            assertEquals(0.025, count("weft.eventloop.time", "state", "active"));
            assertEquals(0.085, count("weft.eventloop.time", "state", "idle"));
            assertEquals(
                    25, registry.get("weft.eventloop.slice.max").timeGauge().value(TimeUnit.MILLISECONDS));
        }
    }

    @Test
    void aLoopThatSleepsIsIdleAndOneThatComputesIsNot() {
        try (LoopGroup group = LoopGroup.open(2)) {
            new LoopMetrics(group).bindTo(registry);
            CountDownLatch measured = new CountDownLatch(1);
            Greenlet<?> computing = group.loops().get(0).spawn(() -> {
                while (measured.getCount() > 0) {
                    Thread.onSpinWait();
                }
            });
            while (count("weft.eventloop.time", "loop", "weft-1", "state", "idle") < 0.05
                    || count("weft.eventloop.time", "loop", "weft-0", "state", "active") < 0.05) {
                Thread.onSpinWait();
            }
            measured.countDown();
            computing.join();
        }
    }

    @Test
    void offLoadedCallsAreCountedOnThreadsAndInTheQueue() {
        try (LoopGroup group = LoopGroup.builder().offloadThreads(2).open()) {
            new LoopMetrics(group).bindTo(registry);
            CountDownLatch end = new CountDownLatch(1);
            Greenlet<?> all = group.spawn(() -> Weft.scope(scope -> {
                for (int i = 0; i < 5; i++) {
                    scope.spawn(() -> Weft.offload(() -> end.await()));
                }
            }));
            while (gauge("weft.offload.running", "pool", "blocking") < 2
                    || gauge("weft.offload.queued", "pool", "blocking") < 3) {
                Thread.onSpinWait();
            }
            assertEquals(0, gauge("weft.offload.running", "pool", "computing"));
            end.countDown();
            all.join();
            assertEquals(0, gauge("weft.offload.queued", "pool", "blocking"));
        }
    }

    @Test
    void channelsAndServersAreObservedByName() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Channel<String> orders = Channel.on(stepped.loop()).buffered(8);
            LoopMetrics.channel("orders", orders).bindTo(registry);
            LoopMetrics.connections("http", () -> 7).bindTo(registry);
            stepped.run(() -> orders.trySend("first") && orders.trySend("second"));
            assertEquals(2, gauge("weft.channel.depth", "channel", "orders"));
            stepped.run(orders::receive);
            assertEquals(1, gauge("weft.channel.depth", "channel", "orders"));
            assertEquals(7, gauge("weft.server.connections", "server", "http"));
        }
    }
}
