package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class EventTest {
    private final Recorder happened = new Recorder();

    @Test
    void setWakesAllWhoWaitInTheirOrder() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Event event = new Event(stepped.loop());
            for (int i = 0; i < 3; i++) {
                int number = i;
                stepped.spawn(() -> {
                    event.await();
                    happened.add(number);
                });
            }
            stepped.runUntilIdle();
            happened.assertHappened();
            stepped.spawn(event::set);
            stepped.runUntilIdle();
            happened.assertHappened(0, 1, 2);
        }
    }

    @Test
    void whoWaitedAtTheSetIsWokenEvenIfItIsClearedBeforeHeRuns() {
        SteppedLoop.underSeeds(200, stepped -> {
            Event event = new Event(stepped.loop());
            Greenlet<?> early = stepped.spawn(event::await);
            stepped.runUntilIdle();
            stepped.run(() -> {
                event.set();
                event.clear();
                return null;
            });
            Greenlet<?> late = stepped.spawn(event::await);
            stepped.runUntilIdle();
            assertSame(Greenlet.State.RETURNED, early.state());
            assertSame(Greenlet.State.WAITING, late.state());
            assertEquals("event", late.waitingOn());
        });
    }

    @Test
    void anEventThatIsSetIsNotWaitedFor() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                Event event = new Event();
                assertFalse(event.isSet());
                event.set();
                assertTrue(event.isSet());
                event.await();
                event.clear();
                assertFalse(event.isSet());
                return null;
            });
        }
    }

    @Test
    void whoHasLeftIsNotWoken() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Event event = new Event(stepped.loop());
            Greenlet<?> timedOut = stepped.spawn(() -> {
                assertThrows(DeadlineExceeded.class, () -> Weft.await(event, Duration.ofMillis(5)));
                Weft.sleep(Duration.ofMillis(5));
            });
            Greenlet<?> killed = stepped.spawn(event::await);
            stepped.advance(Duration.ofMillis(5));
            killed.kill();
            stepped.runUntilIdle();
            stepped.spawn(event::set);
            stepped.advance(Duration.ofMillis(5));
            assertSame(Greenlet.State.RETURNED, timedOut.state());
            assertSame(Greenlet.State.CANCELLED, killed.state());
        }
    }

    @Test
    void anyThreadMaySetIt() {
        try (LoopGroup group = LoopGroup.open()) {
            for (int i = 0; i < 1000; i++) {
                Event event = new Event(group.next());
                Greenlet<?> waiting = group.spawn(event::await);
                event.set();
                waiting.join();
            }
        }
    }

    @Test
    void settingAnEventOfAClosedLoopIsNotRefused() {
        LoopGroup group = LoopGroup.open();
        Event event = new Event(group.next());
        group.close();
        event.set();
        assertEquals("event", event.toString());
    }

    @Test
    void aNameTellsWhatIsWaitedFor() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Event event = new Event(stepped.loop(), "configuration");
            Greenlet<?> waiting = stepped.spawn(event::await);
            stepped.runUntilIdle();
            assertEquals("configuration", waiting.waitingOn());
            stepped.spawn(event::set);
            stepped.runUntilIdle();
            assertEquals("configuration (set)", event.toString());
        }
    }

    @Test
    void outsideAnyLoopItNeedsAHome() {
        assertThrows(IllegalStateException.class, Event::new);
    }
}
