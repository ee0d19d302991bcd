package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.spi.Clock;
import dev.weft.spi.Waiter;
import dev.weft.sync.Channel;
import dev.weft.testing.ManualClock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What hangs on the loop and throws harms neither the loop nor those who wait for the same thing. */
class BrokenWaiterTest extends TaskFixture {

    /** Throws when it is told. */
    private final class Broken extends Waiter<@Nullable Object> {
        @Override
        public void succeed(@Nullable Object value) {
            happened.add("broken");
            throw new AssertionError("a waiter that is broken");
        }

        @Override
        public void fail(Throwable failure) {
            succeed(null);
        }
    }

    private final class Told extends Waiter<@Nullable Object> {
        private final String name;

        Told(String name) {
            this.name = name;
        }

        @Override
        public void succeed(@Nullable Object value) {
            happened.add(name);
        }

        @Override
        public void fail(Throwable failure) {
            happened.add(name + " failed");
        }
    }

    @Test
    void aTimerWhoseWaiterThrowsKeepsNoOtherFromFiring() {
        stepped.spawn(() -> {
            Weft.timer(SECOND).subscribe(new Broken());
            Weft.timer(SECOND).subscribe(new Told("same instant"));
            Weft.timer(SECOND.plusMillis(1)).subscribe(new Told("later"));
        });
        stepped.advance(HOUR);
        happened.assertHappened("broken", "same instant", "later");
        assertEquals(0, timers());
    }

    @Test
    void aJoinerThatThrowsKeepsNoOtherFromBeingTold() {
        Greenlet<String> ending = stepped.spawn(() -> {
            Weft.sleep(SECOND);
            return "ended";
        });
        stepped.spawn(() -> {
            ending.subscribe(new Broken());
            ending.subscribe(new Told("told"));
        });
        stepped.advance(HOUR);
        happened.assertHappened("broken", "told");
        assertEquals(Greenlet.State.RETURNED, ending.state());
        assertEquals(0, stepped.loop().statistics().alive());
    }

    /** A clock that fails once stands for whatever fails while a time limit is set, such as memory for it. */
    @Test
    void aTimeLimitThatCannotBeSetFailsTheWaitAndLeavesNothingBehind() {
        ManualClock time = new ManualClock();
        AtomicBoolean broken = new AtomicBoolean();
        Clock clock = () -> {
            if (broken.getAndSet(false)) {
                throw new OutOfMemoryError("for a time limit");
            }
            return time.nanos();
        };
        try (LoopGroup group = LoopGroup.builder().clock(clock).open()) {
            group.spawn(() -> {
                        Channel<String> channel = Channel.rendezvous();
                        for (int i = 0; i < 2; i++) {
                            broken.set(true);
                            assertThrows(OutOfMemoryError.class, () -> channel.receive(Duration.ofSeconds(1)));
                        }
                        assertTrue(!channel.trySend("nobody waits"), "the failed receive keeps its place");
                        var timer = Weft.timer(Duration.ofSeconds(1));
                        broken.set(true);
                        assertThrows(OutOfMemoryError.class, () -> Weft.await(timer));
                        Weft.spawn(() -> time.advance(Duration.ofSeconds(1)));
                        Weft.await(timer);
                        assertEquals(Optional.empty(), channel.tryReceive());
                        assertEquals(0, Loop.current().statistics().timers());
                    })
                    .join();
        }
    }
}
