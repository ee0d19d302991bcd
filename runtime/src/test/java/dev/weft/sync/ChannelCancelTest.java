package dev.weft.sync;

import static dev.weft.sync.ChannelTest.take;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A channel operation that was killed, or whose time was over, did not happen. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class ChannelCancelTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private final Recorder happened = new Recorder();

    @Test
    void aTrySendIsNotRefusedInACallbackOrInAKilledGreenlet() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Channel<String> channel = Channel.on(stepped.loop()).buffered(8);
            stepped.loop().execute(() -> channel.trySend("callback"));
            Greenlet<?> killed = stepped.spawn(() -> {
                try {
                    Weft.sleep(SECOND);
                } finally {
                    assertTrue(channel.trySend("last words"));
                    assertThrows(Cancelled.class, () -> channel.send("refused"));
                    channel.close();
                }
            });
            stepped.runUntilIdle();
            killed.kill();
            stepped.runUntilIdle();
            assertSame(Greenlet.State.CANCELLED, killed.state());
            assertEquals(List.of("callback", "last words"), stepped.run(() -> all(channel)));
        }
    }

    private static <T> List<T> all(Channel<T> channel) {
        List<T> all = new ArrayList<>();
        channel.forEach(all::add);
        return all;
    }

    @Test
    void aReceiveThatTimedOutTookNothing() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Channel<String> channel = Channel.on(stepped.loop()).rendezvous();
            Greenlet<?> receiver =
                    stepped.spawn(() -> assertThrows(DeadlineExceeded.class, () -> channel.receive(SECOND)));
            stepped.advance(SECOND);
            assertSame(Greenlet.State.RETURNED, receiver.state());
            Greenlet<?> sender = stepped.spawn(() -> channel.send("stays"));
            stepped.runUntilIdle();
            assertSame(Greenlet.State.WAITING, sender.state());
            assertEquals("stays", stepped.run(channel::receive));
        }
    }

    @Test
    void aSendThatTimedOutPutNothingIn() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Channel<String> channel = Channel.on(stepped.loop()).buffered(1);
            stepped.spawn(() -> {
                channel.send("first");
                assertThrows(DeadlineExceeded.class, () -> channel.send("second", SECOND));
                channel.close();
            });
            stepped.advance(SECOND);
            assertEquals(List.of("first"), stepped.run(() -> all(channel)));
        }
    }

    @Test
    void aKilledSenderTakesItsValueAlong() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Channel<String> channel = Channel.on(stepped.loop()).rendezvous();
            Greenlet<?> killed = stepped.spawn(() -> channel.send("gone"));
            stepped.spawn(() -> channel.send("there"));
            stepped.runUntilIdle();
            killed.kill();
            assertEquals("there", stepped.run(channel::receive));
            assertSame(Greenlet.State.CANCELLED, killed.state());
        }
    }

    @Test
    void aKilledReceiverLeavesItsPlaceToTheNext() {
        SteppedLoop.underSeeds(200, stepped -> {
            Channel<String> channel = Channel.on(stepped.loop()).rendezvous();
            Greenlet<String> killed = stepped.spawn(() -> channel.receive());
            stepped.runUntilIdle();
            Greenlet<String> next = stepped.spawn(() -> channel.receive());
            stepped.runUntilIdle();
            killed.kill();
            stepped.spawn(() -> channel.send("value"));
            stepped.runUntilIdle();
            assertEquals("value", next.join());
            assertSame(Greenlet.State.CANCELLED, killed.state());
        });
    }

    @Test
    void aValueIsKeptByOneWhoIsKilledAfterItWasHandedOver() {
        SteppedLoop.underSeeds(200, stepped -> {
            Channel<String> channel = Channel.on(stepped.loop()).rendezvous();
            List<String> received = new ArrayList<>();
            Greenlet<?> receiver = stepped.spawn(() -> received.add(channel.receive()));
            stepped.runUntilIdle();
            stepped.spawn(() -> {
                channel.send("value");
                receiver.kill();
            });
            stepped.runUntilIdle();
            assertEquals(List.of("value"), received);
        });
    }

    @Test
    void aDeadlineThatPassesInTheTurnOfTheHandOverLosesNothing() {
        SteppedLoop.underSeeds(200, stepped -> {
            Channel<String> channel = Channel.on(stepped.loop()).rendezvous();
            List<String> received = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                stepped.spawn(() -> {
                    try {
                        received.add(channel.receive(Duration.ofMillis(5)));
                    } catch (DeadlineExceeded e) {
                        received.add(channel.receive());
                    }
                });
            }
            for (int i = 0; i < 3; i++) {
                stepped.spawn(() -> {
                    Weft.sleep(Duration.ofMillis(5));
                    channel.send("value");
                });
            }
            stepped.advance(SECOND);
            assertEquals(List.of("value", "value", "value"), received);
        });
    }

    @Test
    void aTimeoutOfZeroTakesOnlyWhatIsThere() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Greenlet<?> greenlet = stepped.spawn(() -> {
                Channel<String> channel = Channel.buffered(1);
                assertThrows(DeadlineExceeded.class, () -> channel.receive(Duration.ZERO));
                channel.send("there", Duration.ZERO);
                assertThrows(DeadlineExceeded.class, () -> channel.send("full", Duration.ZERO));
                assertEquals("there", channel.receive(Duration.ZERO));
            });
            stepped.advance(Duration.ofMillis(1));
            assertSame(Greenlet.State.RETURNED, greenlet.state());
        }
    }

    @Test
    void anOperationThatSucceedsAtOnceIsACheckpoint() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Channel<Integer> channel = Channel.on(stepped.loop()).unbounded();
            stepped.spawn(() -> {
                for (int i = 0; i < 1_000; i++) {
                    channel.send(i);
                }
                happened.add("all sent");
            });
            stepped.spawn(() -> happened.add("other"));
            stepped.runUntilIdle();
            happened.assertHappened("other", "all sent");
            Greenlet<?> killed = stepped.spawn(() -> {
                Greenlet.current().kill();
                channel.receive();
            });
            stepped.runUntilIdle();
            assertSame(Greenlet.State.CANCELLED, killed.state());
            assertEquals(List.of(0), stepped.run(() -> take(channel, 1)));
        }
    }
}
