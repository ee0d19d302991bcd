package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The end of a channel: closed, failed, or left by its last producer. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class ChannelEndTest {
    private static <T> List<T> all(Channel<T> channel) {
        List<T> all = new ArrayList<>();
        channel.forEach(all::add);
        return all;
    }

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
