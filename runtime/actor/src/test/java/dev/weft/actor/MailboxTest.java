package dev.weft.actor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.Busy;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.sync.Channel;
import dev.weft.sync.Select;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What Erlang promises for {@code receive}, and EEP 76 for priority messages. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class MailboxTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private static Mailbox<Object> unbounded(SteppedLoop stepped, Object... messages) {
        return stepped.run(() -> {
            Mailbox<Object> mailbox = Mailbox.unbounded();
            for (Object message : messages) {
                mailbox.send(message);
            }
            return mailbox;
        });
    }

    /** Receives all that is there. */
    private static List<Object> rest(SteppedLoop stepped, Mailbox<Object> mailbox) {
        return stepped.run(() -> {
            List<Object> all = new ArrayList<>();
            for (Optional<Object> next = mailbox.tryReceive(); next.isPresent(); next = mailbox.tryReceive()) {
                all.add(next.get());
            }
            return all;
        });
    }

    @Test
    void messagesAreReceivedInTheOrderOfTheirSending() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Mailbox<Object> mailbox = unbounded(stepped, 1, 2, 3);
            assertEquals(1, stepped.<Object>run(mailbox::receive));
            assertEquals(List.of(2, 3), rest(stepped, mailbox));
        }
    }

    @Test
    void whatAReceiveDoesNotWantKeepsItsOrder() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Mailbox<Object> mailbox = unbounded(stepped, "a", 1, "b", 2, "c");
            assertEquals(1, stepped.<Integer>run(() -> mailbox.receive(Integer.class)));
            assertEquals("b", stepped.<Object>run(() -> mailbox.receive("b"::equals)));
            assertEquals(List.of("a", 2, "c"), rest(stepped, mailbox));
        }
    }

    @Test
    void aSelectiveReceiveWaitsForWhatItWantsAndLooksAtEachMessageOnce() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Mailbox<Object> mailbox = unbounded(stepped, "a", "b");
            Greenlet<Object> receiver = stepped.spawn(() -> mailbox.receive(message -> message.equals(2)));
            stepped.runUntilIdle();
            for (Object message : List.of("c", 1, "d")) {
                mailbox.send(message);
                stepped.runUntilIdle();
            }
            assertSame(Greenlet.State.WAITING, receiver.state());
            assertEquals(new Mailbox.Statistics(5, 0, 5, 0), mailbox.statistics());
            mailbox.send(2);
            stepped.runUntilIdle();
            assertEquals(2, receiver.join());
            assertEquals(new Mailbox.Statistics(5, 1, 6, 0), mailbox.statistics());
            assertEquals(List.of("a", "b", "c", 1, "d"), rest(stepped, mailbox));
        }
    }

    @Test
    void aReceiveWhoseTimeIsUpHasTakenNothing() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Mailbox<Object> mailbox = unbounded(stepped, "a");
            Greenlet<?> receiver = stepped.spawn(
                    () -> assertThrows(DeadlineExceeded.class, () -> mailbox.receive(Integer.class, SECOND)));
            stepped.advance(SECOND.dividedBy(2));
            mailbox.send("b"); // does not begin the time anew
            stepped.runUntilIdle();
            assertSame(Greenlet.State.WAITING, receiver.state());
            stepped.advance(SECOND.dividedBy(2));
            assertEquals(
                    "timed out after PT1S waiting for " + mailbox, ((DeadlineExceeded) receiver.join()).getMessage());
            assertEquals(List.of("a", "b"), rest(stepped, mailbox));
        }
    }

    @Test
    void withATimeoutOfZeroAReceiveTakesOnlyWhatIsThere() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Mailbox<Object> mailbox = unbounded(stepped, "a");
            stepped.run(() -> {
                assertEquals("a", mailbox.receive(Duration.ZERO));
                assertThrows(DeadlineExceeded.class, () -> mailbox.receive(Duration.ZERO));
                return null;
            });
        }
    }

    @Test
    void aKilledReceiverHasTakenNothing() {
        SteppedLoop.underSeeds(50, stepped -> {
            Mailbox<Object> mailbox = unbounded(stepped);
            Greenlet<?> receiver = stepped.spawn(() -> mailbox.receive());
            stepped.runUntilIdle();
            stepped.spawn(() -> mailbox.send("a"));
            stepped.spawn(() -> receiver.kill());
            stepped.runUntilIdle();
            List<Object> left = rest(stepped, mailbox);
            assertEquals(receiver.state() == Greenlet.State.RETURNED ? List.of() : List.of("a"), left);
        });
    }

    @Test
    void urgentMessagesGoBeforeTheOthersAndKeepTheirOrder() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Mailbox<Object> mailbox = unbounded(stepped, 1, 2);
            mailbox.sendUrgent("u");
            mailbox.send(3);
            mailbox.sendUrgent("v");
            assertEquals(List.of("u", "v", 1, 2, 3), rest(stepped, mailbox));
        }
    }

    @Test
    void aReceiveThatWantsAnOrdinaryMessageLeavesTheUrgentOnesInTheirPlace() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Mailbox<Object> mailbox = unbounded(stepped, "a", 1);
            Greenlet<Integer> receiver = stepped.spawn(() -> {
                mailbox.receive(Integer.class);
                return mailbox.receive(Integer.class);
            });
            stepped.runUntilIdle();
            mailbox.sendUrgent("u");
            stepped.runUntilIdle();
            assertSame(Greenlet.State.WAITING, receiver.state());
            mailbox.sendUrgent(2);
            stepped.runUntilIdle();
            assertEquals(2, receiver.join());
            assertEquals(List.of("u", "a"), rest(stepped, mailbox));
        }
    }

    @Test
    void aPredicateThatThrowsFailsTheReceiveAndLeavesTheMessage() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Mailbox<Object> mailbox = unbounded(stepped, "a");
            stepped.run(() -> assertThrows(ClassCastException.class, () -> mailbox.receive(m -> (Integer) m > 0)));
            assertEquals(List.of("a"), rest(stepped, mailbox));
        }
    }

    @Test
    void aSecondReceiverIsToldThatItIsBusy() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Mailbox<Object> mailbox = unbounded(stepped);
            Greenlet<Object> first = stepped.spawn(() -> mailbox.receive());
            stepped.runUntilIdle();
            stepped.run(() -> assertThrows(Busy.class, mailbox::receive));
            stepped.run(() -> assertThrows(Busy.class, mailbox::tryReceive));
            stepped.run(() -> assertThrows(Busy.class, () -> Weft.await(mailbox.receiving())));
            mailbox.send("a");
            stepped.runUntilIdle();
            assertEquals("a", first.join());
        }
    }

    @Test
    void itIsReceivedFromOnlyOnItsLoop() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Mailbox<Object> mailbox = unbounded(stepped, "a");
            assertThrows(IllegalStateException.class, mailbox::receive);
            assertThrows(IllegalStateException.class, mailbox::tryReceive);
            assertThrows(IllegalStateException.class, Mailbox::unbounded);
        }
    }

    @Test
    void aSelectTakesAMessageOnlyIfItChoosesIt() {
        SteppedLoop.underSeeds(100, stepped -> {
            Mailbox<Object> mailbox = unbounded(stepped);
            Channel<Object> other = Channel.on(stepped.loop()).buffered(1);
            Greenlet<Object> chooser = stepped.spawn(() -> Weft.<Object, RuntimeException>select(
                    Select.on(mailbox.receiving()), Select.on(other.receiving())));
            stepped.spawn(() -> mailbox.send("mail"));
            stepped.spawn(() -> other.send("other"));
            stepped.runUntilIdle();
            boolean isMail = chooser.join().equals("mail");
            assertEquals(isMail ? List.of() : List.of("mail"), rest(stepped, mailbox));
            assertEquals(isMail ? 1 : 0, other.size());
            mailbox.send("next");
            stepped.run(() -> mailbox.receive());
        });
    }

    @Test
    void theCapacityCountsMessagesThatAReceiveHasPassedOver() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Mailbox<Object> mailbox = stepped.run(() -> Mailbox.bounded(2, Overflow.FAIL));
            Greenlet<?> receiver = stepped.spawn(() -> mailbox.receive(Integer.class));
            stepped.runUntilIdle();
            mailbox.send("a");
            stepped.runUntilIdle();
            mailbox.send("b");
            stepped.runUntilIdle();
            assertThrows(MailboxFull.class, () -> mailbox.send("c"));
            assertFalse(mailbox.trySend("c"));
            mailbox.sendUrgent(1);
            stepped.runUntilIdle();
            assertSame(Greenlet.State.RETURNED, receiver.state());
            assertEquals(2, mailbox.size());
            assertEquals(2, mailbox.capacity());
        }
    }

    @Test
    void theOldestOrdinaryMessageIsDroppedAlsoWhileAReceiveWaits() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Mailbox<Object> mailbox = stepped.run(() -> Mailbox.bounded(2, Overflow.DROP_OLDEST));
            Greenlet<Integer> receiver = stepped.spawn(() -> mailbox.receive(Integer.class));
            for (Object message : List.of("a", "b", "c", "d")) {
                mailbox.send(message);
                stepped.runUntilIdle();
            }
            mailbox.send(1);
            stepped.runUntilIdle();
            assertEquals(1, receiver.join());
            assertEquals(List.of("d"), rest(stepped, mailbox));
            assertEquals(3, mailbox.statistics().dropped());
        }
    }

    @Test
    void aMessageBehindADroppedOneIsReceivedOnce() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Mailbox<Object> mailbox = stepped.run(() -> Mailbox.bounded(1, Overflow.DROP_OLDEST));
            Greenlet<Integer> receiver = stepped.spawn(() -> mailbox.receive(Integer.class));
            stepped.runUntilIdle();
            mailbox.send("a");
            stepped.runUntilIdle();
            mailbox.send(1);
            stepped.runUntilIdle();
            assertEquals(1, receiver.join());
            assertEquals(List.of(), rest(stepped, mailbox));
        }
    }

    @Test
    void aSenderWaitsForRoom() {
        SteppedLoop.underSeeds(50, stepped -> {
            Mailbox<Integer> mailbox = stepped.run(() -> Mailbox.bounded(2, Overflow.WAIT));
            Greenlet<?> sender = stepped.spawn(() -> {
                for (int i = 0; i < 6; i++) {
                    mailbox.send(i);
                }
            });
            stepped.runUntilIdle();
            assertSame(Greenlet.State.WAITING, sender.state());
            stepped.run(() -> {
                for (int i = 0; i < 6; i++) {
                    assertEquals(i, mailbox.receive());
                }
                return null;
            });
        });
    }

    @Test
    void aClosedOneIsReceivedFromToItsEnd() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Mailbox<Object> mailbox = unbounded(stepped, "a");
            Greenlet<?> waiting =
                    stepped.spawn(() -> assertThrows(MailboxClosed.class, () -> mailbox.receive(Integer.class)));
            stepped.runUntilIdle();
            mailbox.close();
            stepped.runUntilIdle();
            assertSame(Greenlet.State.RETURNED, waiting.state());
            assertThrows(MailboxClosed.class, () -> mailbox.send("b"));
            assertEquals("a", stepped.<Object>run(mailbox::receive));
            stepped.run(() -> {
                assertThrows(MailboxClosed.class, mailbox::receive);
                assertThrows(MailboxClosed.class, () -> Weft.await(mailbox.receiving()));
                return null;
            });
        }
    }

    @Test
    void messagesOfManyThreadsArriveOnceAndInTheOrderOfEach() throws Exception {
        int senders = 4;
        int each = 20_000;
        try (LoopGroup group = LoopGroup.open()) {
            Mailbox<int[]> mailbox = group.next().call(() -> Mailbox.bounded(64, Overflow.WAIT));
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < senders; i++) {
                int sender = i;
                threads.add(Thread.ofPlatform().daemon().start(() -> {
                    for (int number = 0; number < each; number++) {
                        mailbox.send(new int[] {sender, number});
                    }
                }));
            }
            group.next().call(() -> {
                int[] next = new int[senders];
                for (int i = 0; i < senders * each; i++) {
                    int[] message = mailbox.receive();
                    assertEquals(next[message[0]]++, message[1]);
                }
            });
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(0, mailbox.size());
        }
    }
}
