package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Busy;
import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import dev.weft.testing.SteppedLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Channels among the greenlets of one loop. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class ChannelTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private final Recorder happened = new Recorder();

    // ---- hand-over
    // ---------------------------------------------------------------------------------------------------

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

    private static <T> List<T> take(Channel<T> channel, int count) {
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

    // ---- waits that end early
    // ----------------------------------------------------------------------------------------

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

    // ---- the end
    // -----------------------------------------------------------------------------------------------------

    @Test
    void whatIsBufferedIsReceivedBeforeTheEnd() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                Channel<String> channel = Channel.buffered(2);
                channel.send("a");
                channel.send("b");
                channel.close();
                assertTrue(channel.isClosed());
                assertEquals("a", channel.receive());
                assertEquals(Optional.of("b"), channel.receiveOrEnd());
                assertThrows(EndOfChannel.class, channel::receive);
                assertThrows(EndOfChannel.class, channel::tryReceive);
                assertEquals(Optional.empty(), channel.receiveOrEnd());
                assertEquals(Optional.empty(), Weft.await(channel.receivingOrEnd()));
                return 0;
            });
        }
    }

    @Test
    void waitingReceiversSeeTheEnd() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Channel<String> channel = Channel.on(stepped.loop()).rendezvous();
            List<Greenlet<?>> receivers = List.of(
                    stepped.spawn(() -> assertThrows(EndOfChannel.class, channel::receive)),
                    stepped.spawn(() -> assertEquals(Optional.empty(), channel.receiveOrEnd())),
                    stepped.spawn(() -> assertEquals(List.of(), all(channel))));
            stepped.runUntilIdle();
            channel.close();
            stepped.runUntilIdle();
            receivers.forEach(receiver -> assertSame(Greenlet.State.RETURNED, receiver.state()));
        }
    }

    @Test
    void sendersThatWaitedBeforeTheCloseAreStillReceived() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Channel<Integer> channel = Channel.on(stepped.loop()).buffered(1);
            List<Greenlet<?>> senders = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                int value = i;
                senders.add(stepped.spawn(() -> channel.send(value)));
            }
            stepped.runUntilIdle();
            channel.close();
            stepped.runUntilIdle();
            assertEquals(List.of(0, 1, 2), stepped.run(() -> all(channel)));
            stepped.runUntilIdle();
            senders.forEach(sender -> assertSame(Greenlet.State.RETURNED, sender.state()));
        }
    }

    @Test
    void theStacksOfTheReceiverAndOfTheCloserAreBothShown() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Channel<String> channel = Channel.on(stepped.loop()).rendezvous();
            Greenlet<?> receiver = stepped.spawn(() -> {
                EndOfChannel end = assertThrows(EndOfChannel.class, () -> channel.receive());
                assertTrue(mentions(end, "theStacksOfTheReceiver"));
                assertTrue(mentions(Objects.requireNonNull(end.getCause()), "closeIt"));
            });
            stepped.runUntilIdle();
            stepped.spawn(() -> closeIt(channel));
            stepped.runUntilIdle();
            assertSame(Greenlet.State.RETURNED, receiver.state());
        }
    }

    private static void closeIt(Channel<?> channel) {
        channel.close();
    }

    private static boolean mentions(Throwable thrown, String method) {
        return java.util.Arrays.stream(thrown.getStackTrace())
                .anyMatch(frame -> frame.getMethodName().contains(method));
    }

    @Test
    void aSendAfterCloseSaysWhoClosed() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Channel<String> channel = Channel.on(stepped.loop()).buffered(1);
            stepped.loop().spawn("closer", channel::close);
            stepped.runUntilIdle();
            stepped.run(() -> {
                for (org.junit.jupiter.api.function.Executable form :
                        List.<org.junit.jupiter.api.function.Executable>of(
                                () -> channel.send("x"),
                                () -> channel.trySend("x"),
                                () -> Weft.await(channel.sending("x")))) {
                    String said = assertThrows(ChannelClosed.class, form).toString();
                    assertTrue(said.contains("closed by closer"), said);
                }
                return 0;
            });
        }
    }

    @Test
    void closingTwiceIsClosingOnce() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                Channel<String> channel = Channel.buffered(1);
                channel.send("a");
                channel.close();
                channel.close();
                channel.fail(new IOException("too late"));
                assertEquals(List.of("a"), all(channel));
                assertThrows(EndOfChannel.class, channel::receive);
                return 0;
            });
        }
    }

    @Test
    void aFailureReachesReceiversAfterTheBufferAndSendersAtOnce() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Channel<String> channel = Channel.on(stepped.loop()).buffered(1);
            IOException cause = new IOException("disk on fire");
            stepped.spawn(() -> channel.send("before"));
            Greenlet<?> sender = stepped.spawn(() -> assertSame(
                    cause,
                    assertThrows(ChannelFailed.class, () -> channel.send("x")).getCause()));
            stepped.runUntilIdle();
            channel.fail(cause);
            stepped.runUntilIdle();
            assertSame(Greenlet.State.RETURNED, sender.state());
            stepped.run(() -> {
                assertEquals("before", channel.receive());
                assertSame(
                        cause,
                        assertThrows(ChannelFailed.class, channel::receive).getCause());
                assertSame(
                        cause,
                        assertThrows(ChannelFailed.class, () -> channel.send("y"))
                                .getCause());
                assertThrows(ChannelFailed.class, () -> all(channel));
                assertThrows(ChannelFailed.class, channel::receiveOrEnd);
                return 0;
            });
        }
    }

    @Test
    void aFailureReachesThoseWhoWait() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Channel<String> channel = Channel.on(stepped.loop()).rendezvous();
            Greenlet<?> receiver = stepped.spawn(() -> assertThrows(ChannelFailed.class, channel::receive));
            stepped.runUntilIdle();
            channel.fail(new IOException("gone"));
            stepped.runUntilIdle();
            assertSame(Greenlet.State.RETURNED, receiver.state());
        }
    }

    @Test
    void iterationEndsAtTheClose() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                Channel<Integer> channel = Channel.rendezvous();
                Weft.spawn(() -> {
                    for (int i = 0; i < 3; i++) {
                        channel.send(i);
                    }
                    channel.close();
                });
                assertEquals(List.of(0, 1, 2), all(channel));
                Iterator<Integer> over = channel.iterator();
                assertFalse(over.hasNext());
                assertThrows(NoSuchElementException.class, over::next);
                return 0;
            });
        }
    }

    // ---- many producers
    // ----------------------------------------------------------------------------------------------

    @Test
    void theChannelClosesWithItsLastProducer() {
        SteppedLoop.underSeeds(200, stepped -> {
            Channel<Integer> channel = Channel.on(stepped.loop()).buffered(2);
            for (int i = 0; i < 5; i++) {
                Producer<Integer> producer = channel.producer();
                int value = i;
                stepped.spawn(() -> {
                    try (producer) {
                        producer.send(value);
                        producer.send(value);
                    }
                });
            }
            List<Integer> received = stepped.run(() -> all(channel));
            assertEquals(10, received.size());
            assertEquals(20, received.stream().mapToInt(Objects::requireNonNull).sum());
        });
    }

    @Test
    void aProducerThatIsClosedTwiceCountsOnce() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                Channel<String> channel = Channel.buffered(4);
                Producer<String> one = channel.producer();
                Producer<String> other = one.producer();
                one.close();
                one.close();
                assertFalse(channel.isClosed());
                assertThrows(ChannelClosed.class, () -> one.send("x"));
                other.send("still open");
                other.close();
                assertTrue(channel.isClosed());
                assertThrows(ChannelClosed.class, channel::producer);
                assertEquals(List.of("still open"), all(channel));
                return 0;
            });
        }
    }
}
