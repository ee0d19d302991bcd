package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class WatchTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void aWatcherSeesThePresentValueAndThenWaitsForAChange() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Watch<String> watch = Watch.on(stepped.loop(), "first");
            List<String> seen = new ArrayList<>();
            Greenlet<?> watching = stepped.spawn(() -> {
                for (String value : watch.watcher()) {
                    seen.add(value);
                }
            });
            stepped.runUntilIdle();
            assertEquals(List.of("first"), seen);
            assertEquals("change of watch on " + stepped.loop().name(), watching.waitingOn());
            watch.set("second");
            stepped.runUntilIdle();
            assertEquals(List.of("first", "second"), seen);
            watch.close();
            stepped.runUntilIdle();
            assertSame(Greenlet.State.RETURNED, watching.state());
        }
    }

    @Test
    void theLastValueIsNeverMissed() {
        SteppedLoop.underSeeds(200, stepped -> {
            Watch<Integer> watch = Watch.on(stepped.loop(), 0);
            List<Greenlet<Integer>> watching = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                watching.add(stepped.spawn(() -> {
                    int last = -1;
                    for (int value : watch.watcher()) {
                        assertTrue(value > last);
                        last = value;
                        Weft.yieldNow();
                    }
                    return last;
                }));
            }
            stepped.spawn(() -> {
                for (int i = 1; i <= 10; i++) {
                    watch.set(i);
                    if (i % 3 == 0) {
                        Weft.yieldNow();
                    }
                }
                watch.close();
            });
            stepped.runUntilIdle();
            for (Greenlet<Integer> watcher : watching) {
                assertEquals(10, (int) watcher.join());
            }
            assertEquals(10, (int) watch.value());
        });
    }

    @Test
    void aWatchThatTimedOutOrWasKilledSawNothing() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Watch<String> watch = Watch.on(stepped.loop(), "first");
            Watcher<String> watcher = watch.watcher();
            stepped.run(() -> watcher.next());
            Greenlet<?> late = stepped.spawn(() -> assertThrows(DeadlineExceeded.class, () -> watcher.next(SECOND)));
            stepped.advance(SECOND);
            assertSame(Greenlet.State.RETURNED, late.state());
            Greenlet<String> killed = stepped.spawn(() -> watcher.next());
            stepped.runUntilIdle();
            killed.kill();
            stepped.runUntilIdle();
            assertThrows(Cancelled.class, killed::join);
            watch.set("second");
            stepped.runUntilIdle();
            assertEquals("second", stepped.run(() -> watcher.next()));
        }
    }

    @Test
    void aChangeIsAClauseAndIsSeenOnlyIfChosen() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                Watch<String> watch = Watch.of("first");
                Watcher<String> watcher = watch.watcher();
                Channel<String> channel = Channel.buffered(1);
                channel.send("value");
                assertEquals("value", Weft.selectFirst(Select.on(channel.receiving()), Select.on(watcher.changing())));
                assertEquals("first", Weft.selectFirst(Select.on(channel.receiving()), Select.on(watcher.changing())));
                watch.set("second");
                assertEquals("second", watcher.next());
                watch.close();
                assertEquals(Optional.empty(), watcher.nextOrEnd());
                assertThrows(ChannelClosed.class, () -> watch.set("late"));
                return 0;
            });
        }
    }

    @Test
    void threadsAndOtherLoopsSetAndWatch() throws Exception {
        try (LoopGroup group = LoopGroup.open(2)) {
            Loop away = group.loops().get(1);
            Watch<Integer> watch = Watch.on(group.loops().get(0), 0);
            Greenlet<Integer> far = away.spawn(() -> last(watch));
            Thread setter = new Thread(() -> {
                for (int i = 1; i <= 10_000; i++) {
                    watch.set(i);
                }
                watch.close();
            });
            setter.start();
            assertEquals(10_000, last(watch));
            assertEquals(10_000, (int) far.join());
            setter.join();
        }
    }

    private static int last(Watch<Integer> watch) {
        int last = -1;
        for (int value : watch.watcher()) {
            assertTrue(value > last);
            last = value;
        }
        return last;
    }
}
