package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Busy;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import dev.weft.testing.SteppedLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Channels among the greenlets of one loop. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class ChannelTest {
    private final Recorder happened = new Recorder();

    @Test
    void aRendezvousWaitsForItsReceiver() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Channel<String> channel = Channel.on(stepped.loop()).rendezvous();
            Greenlet<?> sender = stepped.spawn(() -> {
                channel.send("hello");
                happened.add("sent");
            });
            stepped.runUntilIdle();
            assertSame(Greenlet.State.WAITING, sender.state());
            assertEquals("send to rendezvous channel on " + stepped.loop().name(), sender.waitingOn());
            assertEquals("hello", stepped.run(channel::receive));
            happened.assertHappened("sent");
        }
    }

    @Test
    void aSendToAWaitingReceiverHandsOverAndGoesOn() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Channel<String> channel = Channel.on(stepped.loop()).rendezvous();
            stepped.spawn(() -> happened.add(channel.receive()));
            stepped.runUntilIdle();
            stepped.spawn(() -> {
                channel.send("value");
                happened.add("sender went on");
            });
            stepped.runUntilIdle();
            happened.assertHappened("sender went on", "value");
        }
    }

    @Test
    void waitersAreServedFirstInFirstOut() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            for (Channel<Integer> channel : kinds(stepped)) {
                for (int i = 0; i < 5; i++) {
                    stepped.spawn(() -> happened.add(channel.receive()));
                }
                stepped.runUntilIdle();
                stepped.spawn(() -> IntStream.range(0, 5).forEach(channel::send));
                stepped.runUntilIdle();
                happened.assertHappened(0, 1, 2, 3, 4);
                for (int i = 0; i < 5; i++) {
                    int value = i;
                    stepped.spawn(() -> channel.send(value));
                }
                stepped.runUntilIdle();
                stepped.run(() -> {
                    for (int i = 0; i < 5; i++) {
                        happened.add(channel.receive());
                    }
                    return 0;
                });
                happened.assertHappened(0, 1, 2, 3, 4);
            }
        }
    }

    private static List<Channel<Integer>> kinds(SteppedLoop stepped) {
        ChannelFactory here = Channel.on(stepped.loop());
        return List.of(here.rendezvous(), here.buffered(0), here.buffered(1), here.buffered(3), here.unbounded());
    }

    @Test
    void aFullBufferHoldsTheSenderBack() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Channel<Integer> channel = Channel.on(stepped.loop()).buffered(2);
            stepped.spawn(() -> {
                for (int i = 0; i < 4; i++) {
                    channel.send(i);
                    happened.add("sent " + i);
                }
            });
            stepped.runUntilIdle();
            happened.assertHappened("sent 0", "sent 1");
            stepped.run(() -> happenedToBe(channel.receive()));
            happened.assertHappened(0, "sent 2");
            assertEquals(List.of(1, 2, 3), stepped.run(() -> take(channel, 3)));
        }
    }

    private int happenedToBe(int value) {
        happened.add(value);
        Weft.yieldNow();
        Weft.yieldNow();
        return value;
    }

    /** Receives {@code count} values. */
    static <T> List<T> take(Channel<T> channel, int count) {
        List<T> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            taken.add(channel.receive());
        }
        return taken;
    }

    @Test
    void anUnboundedChannelNeverHoldsTheSenderBack() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            assertEquals(99_999, stepped.run(() -> {
                Channel<Integer> channel = Channel.unbounded();
                for (int i = 0; i < 100_000; i++) {
                    channel.send(i);
                }
                channel.close();
                int last = 0;
                for (int value : channel) {
                    last = value;
                }
                return last;
            }));
        }
    }

    @Test
    void aFullBufferDropsTheOldestTheNewestOrAllButTheLatest() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                Channel<Integer> oldest = filled(Channel.droppingOldest(2));
                assertEquals(List.of(3, 4), take(oldest, 2));
                assertEquals(3, oldest.dropped());
                Channel<Integer> newest = filled(Channel.droppingNewest(2));
                assertEquals(List.of(0, 1), take(newest, 2));
                assertEquals(3, newest.dropped());
                assertEquals(List.of(4), take(filled(Channel.latest()), 1));
                return 0;
            });
        }
    }

    private static Channel<Integer> filled(Channel<Integer> channel) {
        for (int i = 0; i < 5; i++) {
            channel.send(i);
        }
        return channel;
    }

    @Test
    void aDroppingChannelStillHandsOverToOneWhoWaits() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Channel<Integer> channel = Channel.on(stepped.loop()).latest();
            stepped.spawn(() -> happened.add(channel.receive()));
            stepped.runUntilIdle();
            stepped.run(() -> {
                channel.send(1);
                channel.send(2);
                channel.send(3);
                return 0;
            });
            happened.assertHappened(1);
            assertEquals(List.of(3), stepped.run(() -> take(channel, 1)));
        }
    }

    @Test
    void tryFormsDoNotWait() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                Channel<String> channel = Channel.buffered(1);
                assertEquals(Optional.empty(), channel.tryReceive());
                assertTrue(channel.trySend("a"));
                assertFalse(channel.trySend("b"));
                assertEquals(Optional.of("a"), channel.tryReceive());
                Channel<String> rendezvous = Channel.rendezvous();
                assertFalse(rendezvous.trySend("c"));
                Greenlet<String> receiver = Weft.spawn(() -> rendezvous.receive());
                Weft.yieldNow();
                assertTrue(rendezvous.trySend("d"));
                assertEquals("d", receiver.join());
                assertTrue(Channel.<String>latest().trySend("e"));
                Channel<String> newest = Channel.droppingNewest(1);
                assertTrue(newest.trySend("f"));
                assertFalse(newest.trySend("g"));
                return 0;
            });
        }
    }

    @Test
    void bothFormsOfWaitingAreOne() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                Channel<String> channel = Channel.rendezvous();
                Greenlet<?> sender = Weft.spawn(() -> Weft.await(channel.sending("explicit")));
                assertEquals("explicit", Weft.await(channel.receiving()));
                sender.join();
                Greenlet<String> receiver = Weft.spawn(() -> Weft.await(channel.receiving()));
                Weft.await(channel.sending("again"));
                return receiver.join();
            });
        }
    }

    @Test
    void anAwaitableSendCanBeSentAgainButNotByTwoAtOnce() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                Channel<String> channel = Channel.rendezvous();
                var sending = channel.sending("twice");
                Greenlet<?> first = Weft.spawn(() -> Weft.await(sending));
                Weft.yieldNow();
                assertThrows(Busy.class, () -> Weft.await(sending));
                assertEquals("twice", channel.receive());
                first.join();
                Greenlet<?> again = Weft.spawn(() -> Weft.await(sending));
                assertEquals("twice", channel.receive());
                return again.join();
            });
        }
    }

    @Test
    void nullIsRefused() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                Channel<String> channel = Channel.buffered(1);
                for (org.junit.jupiter.api.function.Executable form :
                        List.<org.junit.jupiter.api.function.Executable>of(
                                () -> channel.send(nothing()),
                                () -> channel.sending(nothing()),
                                () -> channel.trySend(nothing()))) {
                    assertTrue(assertThrows(NullPointerException.class, form)
                            .toString()
                            .contains("null cannot be sent"));
                }
                return 0;
            });
        }
    }

    @SuppressWarnings("NullAway") // that is the point
    private static String nothing() {
        return (String) (Object) null;
    }

    @Test
    void aChannelOutsideAnyLoopNamesTheCure() {
        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> Channel.buffered(8));
        assertTrue(refused.toString().contains("Channel.on(loop).buffered(8)"), refused::toString);
    }

    @Test
    void capacitiesBelowTheLeastAreRefused() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            ChannelFactory here = Channel.on(stepped.loop());
            assertTrue(assertThrows(IllegalArgumentException.class, () -> here.buffered(-1))
                    .toString()
                    .contains("-1"));
            assertThrows(IllegalArgumentException.class, () -> here.droppingOldest(0));
            assertThrows(IllegalArgumentException.class, () -> here.droppingNewest(0));
        }
    }
}
