package dev.weft.sync;

import static dev.weft.sync.ChannelTest.take;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Busy;
import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Channels used by greenlets of other loops than their home, and by threads of none. */
class ChannelAcrossLoopsTest extends AcrossLoopsFixture {
    @Test
    void valuesGoBothWaysInOrder() {
        for (Channel<Integer> channel : List.<Channel<Integer>>of(
                Channel.on(home).rendezvous(),
                Channel.on(home).buffered(3),
                Channel.on(home).unbounded())) {
            for (Loop sender : group.loops()) {
                for (Loop receiver : group.loops()) {
                    sender.spawn(() -> IntStream.range(0, 100).forEach(channel::send));
                    assertEquals(
                            IntStream.range(0, 100).boxed().toList(),
                            receiver.spawn(() -> take(channel, 100)).join());
                }
            }
        }
    }

    @Test
    void threadsBlockOnBothSides() throws Exception {
        Channel<Integer> channel = Channel.on(home).rendezvous();
        FutureTask<List<Integer>> receiver = inThread(() -> take(channel, 100));
        IntStream.range(0, 50).forEach(channel::send);
        away.spawn(() -> IntStream.range(50, 100).forEach(channel::send)).join();
        assertEquals(IntStream.range(0, 100).boxed().toList(), receiver.get());
    }

    @Test
    void aVirtualThreadOfTheJdkIsAThread() {
        Channel<String> channel = Channel.on(home).rendezvous();
        Thread.ofVirtual().start(() -> channel.send("from a virtual thread"));
        assertEquals(
                "from a virtual thread", home.spawn(() -> channel.receive()).join());
    }

    @Test
    void aThreadIteratesUntilTheClose() throws Exception {
        Channel<Integer> channel = Channel.on(home).buffered(2);
        FutureTask<List<Integer>> receiver = inThread(() -> {
            List<Integer> all = new ArrayList<>();
            channel.forEach(all::add);
            return all;
        });
        away.spawn(() -> {
            channel.send(1);
            channel.send(2);
            channel.close();
        });
        assertEquals(List.of(1, 2), receiver.get());
    }

    @Test
    void aCloseFromElsewhereReachesThoseWhoWait() throws Exception {
        Channel<String> channel = Channel.on(home).rendezvous();
        FutureTask<Optional<String>> thread = inThread(channel::receiveOrEnd);
        Greenlet<Optional<String>> far = away.spawn(channel::receiveOrEnd);
        Greenlet<Optional<String>> near = home.spawn(channel::receiveOrEnd);
        untilVisited(1);
        channel.close();
        assertEquals(Optional.empty(), thread.get());
        assertEquals(Optional.empty(), far.join());
        assertEquals(Optional.empty(), near.join());
        String said =
                assertThrows(ChannelClosed.class, () -> channel.send("late")).toString();
        assertTrue(said.contains("closed by"), said);
        assertThrows(ChannelClosed.class, () -> channel.trySend("late"));
        assertThrows(
                ChannelClosed.class,
                () -> away.spawn(() -> channel.send("late")).join());
    }

    @Test
    void aFailureFromElsewhereReachesThoseWhoWait() throws Exception {
        Channel<String> channel = Channel.on(home).rendezvous();
        FutureTask<String> thread = inThread(() -> channel.receive());
        untilVisited(1);
        channel.fail(new IllegalStateException("broken"));
        assertTrue(assertThrows(ExecutionException.class, thread::get).getCause() instanceof ChannelFailed);
    }

    @Test
    void aTrySendFromElsewhereNeverWaitsAndWakesTheLoop() {
        Channel<String> channel = Channel.on(home).buffered(1);
        Greenlet<String> receiver = home.spawn(() -> channel.receive());
        while (receiver.state() != Greenlet.State.WAITING) {
            Thread.onSpinWait();
        }
        assertTrue(channel.trySend("one"));
        assertEquals("one", receiver.join());
        assertTrue(channel.trySend("two"));
        home.spawn(() -> {}).join();
        assertFalse(channel.trySend("three"));
        assertEquals(Optional.of("two"), channel.tryReceive());
        assertEquals(Optional.empty(), away.spawn(channel::tryReceive).join());
    }

    @Test
    void aTrySendIsNotOvertakenByTheCloseOfItsThread() {
        for (int round = 0; round < 1_000; round++) {
            Channel<Integer> channel = Channel.on(home).rendezvous();
            Greenlet<Integer> receiver = away.spawn(() -> channel.receive());
            while (!channel.trySend(round)) {
                Thread.onSpinWait();
            }
            channel.close();
            assertEquals(round, (int) receiver.join());
        }
    }

    @Test
    void aTrySendThatIsOnItsWayIsNotOvertakenByAClose() {
        home.spawn(() -> {
                    Channel<String> channel = Channel.buffered(1);
                    Thread thread = new Thread(() -> channel.trySend("on its way"));
                    thread.start();
                    while (thread.isAlive()) {
                        Thread.onSpinWait(); // holds the loop, so that it has not arrived
                    }
                    channel.close();
                    assertEquals("on its way", channel.receive());
                    assertThrows(EndOfChannel.class, () -> channel.receive());
                })
                .join();
    }

    @Test
    void aThreadThatTimesOutHasReceivedNothing() {
        Channel<String> channel = Channel.on(home).rendezvous();
        assertThrows(DeadlineExceeded.class, () -> channel.receive(SOON));
        assertThrows(DeadlineExceeded.class, () -> channel.send("withdrawn", SOON));
        away.spawn(() -> assertThrows(DeadlineExceeded.class, () -> channel.receive(SOON)))
                .join();
        away.spawn(() -> assertThrows(DeadlineExceeded.class, () -> channel.send("withdrawn", SOON)))
                .join();
        home.spawn(() -> channel.send("value"));
        assertEquals("value", channel.receive());
    }

    @Test
    void anInterruptedThreadHasReceivedNothing() throws Exception {
        Channel<String> channel = Channel.on(home).rendezvous();
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            assertThrows(Cancelled.class, () -> channel.receive());
            flag.complete(Thread.currentThread().isInterrupted());
        });
        thread.start();
        untilVisited(1);
        thread.interrupt();
        assertTrue(flag.get());
        home.spawn(() -> channel.send("value"));
        assertEquals("value", channel.receive());
    }

    @Test
    void aKilledGreenletOfAnotherLoopHasReceivedNothing() {
        Channel<String> channel = Channel.on(home).rendezvous();
        Greenlet<String> killed = away.spawn(() -> channel.receive());
        untilVisited(1);
        killed.kill();
        assertThrows(Cancelled.class, killed::join);
        home.spawn(() -> channel.send("value"));
        assertEquals("value", away.spawn(() -> channel.receive()).join());
    }

    @Test
    void oneAwaitableIsForOneWaitFromElsewhereAtATime() {
        Channel<String> channel = Channel.on(home).rendezvous();
        var receiving = channel.receiving();
        Greenlet<String> first = away.spawn(() -> Weft.await(receiving));
        Greenlet<?> second = away.spawn(() -> assertThrows(Busy.class, () -> Weft.await(receiving)));
        second.join();
        home.spawn(() -> channel.send("value"));
        assertEquals("value", first.join());
    }

    @Test
    void aCallbackCannotWait() throws Exception {
        Channel<String> channel = Channel.on(home).rendezvous();
        for (Loop loop : group.loops()) {
            CompletableFuture<Throwable> thrown = new CompletableFuture<>();
            Suspension.post(
                    loop, () -> thrown.complete(assertThrows(IllegalStateException.class, () -> channel.receive())));
            assertTrue(thrown.get().toString().contains("loop.spawn"), thrown::toString);
        }
    }

    @Test
    void producersOfSeveralThreadsCloseTheChannelTogether() throws Exception {
        Channel<Integer> channel = Channel.on(home).buffered(4);
        List<FutureTask<?>> threads = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            Producer<Integer> producer = channel.producer();
            threads.add(inThread(() -> {
                try (producer) {
                    for (int i = 0; i < 100; i++) {
                        producer.send(1);
                        while (!producer.trySend(1)) {
                            Thread.onSpinWait();
                        }
                    }
                }
                return 0;
            }));
        }
        int sum = home.spawn(() -> {
                    int total = 0;
                    for (int value : channel) {
                        total += value;
                    }
                    return total;
                })
                .join();
        assertEquals(600, sum);
        for (FutureTask<?> thread : threads) {
            thread.get();
        }
    }
}
