package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class BroadcastTest {

    @Test
    void everySubscriberGetsEverything() {
        SteppedLoop.underSeeds(200, stepped -> {
            Broadcast<Integer> broadcast = Broadcast.on(stepped.loop());
            List<Greenlet<List<Integer>>> subscribers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Subscription<Integer> subscription = broadcast.subscribe(4);
                subscribers.add(stepped.spawn(() -> all(subscription)));
            }
            stepped.spawn(() -> {
                for (int i = 0; i < 4; i++) {
                    broadcast.publish(i);
                    Weft.yieldNow();
                }
                broadcast.close();
            });
            stepped.runUntilIdle();
            for (Greenlet<List<Integer>> subscriber : subscribers) {
                assertEquals(List.of(0, 1, 2, 3), subscriber.join());
            }
        });
    }

    private static <T> List<T> all(Iterable<T> source) {
        List<T> all = new ArrayList<>();
        source.forEach(all::add);
        return all;
    }

    @Test
    void aSlowSubscriberHarmsOnlyHimself() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                Broadcast<Integer> broadcast = Broadcast.open();
                Subscription<Integer> oldest = broadcast.subscribe(2);
                Subscription<Integer> newest = broadcast.subscribeDroppingNewest(2);
                Subscription<Integer> roomy = broadcast.subscribe(8);
                IntStream.range(0, 5).forEach(broadcast::publish);
                broadcast.close();
                assertEquals(List.of(3, 4), all(oldest));
                assertEquals(3, oldest.missed());
                assertEquals(List.of(0, 1), all(newest));
                assertEquals(3, newest.missed());
                assertEquals(List.of(0, 1, 2, 3, 4), all(roomy));
                assertEquals(0, roomy.missed());
                return 0;
            });
        }
    }

    @Test
    void oneWhoSubscribesLaterSeesOnlyWhatComesLater() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                Broadcast<String> broadcast = Broadcast.open();
                broadcast.publish("before");
                try (Subscription<String> subscription = broadcast.subscribe(2)) {
                    broadcast.publish("after");
                    assertEquals("after", subscription.receive());
                    assertEquals(Optional.empty(), subscription.tryReceive());
                }
                return 0;
            });
        }
    }

    @Test
    void aClosedSubscriptionGetsNothingMore() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                Broadcast<String> broadcast = Broadcast.open();
                Subscription<String> subscription = broadcast.subscribe(2);
                broadcast.publish("kept");
                Greenlet<List<String>> reader = Weft.spawn(() -> all(subscription));
                subscription.close();
                broadcast.publish("missed");
                assertEquals(List.of("kept"), reader.join());
                broadcast.close();
                assertThrows(ChannelClosed.class, () -> broadcast.publish("late"));
                assertThrows(EndOfChannel.class, () -> broadcast.subscribe(1).receive());
                return 0;
            });
        }
    }

    @Test
    void loopsAndThreadsPublishAndSubscribe() throws Exception {
        try (LoopGroup group = LoopGroup.open(2)) {
            Loop home = group.loops().get(0);
            Loop away = group.loops().get(1);
            Broadcast<Integer> broadcast = Broadcast.on(home);
            Subscription<Integer> forAway = broadcast.subscribe(2_000);
            Subscription<Integer> forThread = broadcast.subscribe(2_000);
            Greenlet<List<Integer>> reader = away.spawn(() -> all(forAway));
            Thread publisher = new Thread(() -> IntStream.range(0, 500).forEach(broadcast::publish));
            publisher.start();
            away.spawn(() -> IntStream.range(500, 1_000).forEach(broadcast::publish))
                    .join();
            publisher.join();
            broadcast.close();
            List<Integer> seen = all(forThread);
            assertEquals(seen, reader.join());
            assertEquals(1_000, seen.stream().distinct().count());
            assertEquals(
                    IntStream.range(0, 500).boxed().toList(),
                    seen.stream().filter(value -> value < 500).toList());
            assertTrue(forAway.toString().contains("broadcast on"), forAway::toString);
        }
    }
}
