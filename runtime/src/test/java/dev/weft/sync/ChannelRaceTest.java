package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Two loops and plain threads on the same channels: every value that was sent is received exactly once, and the values of
 * one producer arrive in order, whatever is killed, times out, selects or closes meanwhile.
 */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
class ChannelRaceTest {
    private static final int SHORT = 2_000;
    private static final int LONG = 250_000; // of each of four producers

    /** A value, and where it comes from. */
    private record Item(int producer, int number) {}

    @Test
    void nothingIsLostAndNothingComesTwice() throws Exception {
        for (int capacity : new int[] {0, 1, 8}) {
            conserve(capacity, SHORT);
        }
    }

    @Test
    @Tag("long")
    @Timeout(1800)
    void nothingIsLostAndNothingComesTwiceInALongRun() throws Exception {
        for (int capacity : new int[] {0, 1, 8}) {
            conserve(capacity, LONG);
        }
    }

    private static void conserve(int capacity, int items) throws Exception {
        try (LoopGroup group = LoopGroup.open(2)) {
            Loop home = group.loops().get(0);
            Loop away = group.loops().get(1);
            Channel<Item> channel = Channel.on(home).buffered(capacity);
            Channel<Item> silent = Channel.on(away).rendezvous();
            ConcurrentLinkedQueue<List<Item>> received = new ConcurrentLinkedQueue<>();
            List<Greenlet<?>> greenlets = new ArrayList<>();
            List<FutureTask<?>> threads = new ArrayList<>();
            List<Producer<Item>> producers = new ArrayList<>();
            for (int p = 0; p < 4; p++) {
                producers.add(channel.producer());
            }
            for (int i = 0; i < 4; i++) {
                SplittableRandom random = new SplittableRandom(capacity * 100L + i);
                Producer<Item> producer = producers.get(i);
                int number = i;
                if (i == 3) {
                    threads.add(inThread(() -> produce(producer, number, items, random, false)));
                    threads.add(inThread(() -> received.add(consume(channel, silent, random.split(), false))));
                } else {
                    Loop loop = i == 1 ? away : home;
                    greenlets.add(loop.spawn(() -> produce(producer, number, items, random, true)));
                    Loop other = i == 2 ? away : home;
                    greenlets.add(other.spawn(() -> received.add(consume(channel, silent, random.split(), true))));
                }
            }
            AtomicBoolean over = new AtomicBoolean();
            FutureTask<?> killer = inThread(() -> killReceivers(group, channel, received, over));
            for (Greenlet<?> greenlet : greenlets) {
                greenlet.join();
            }
            for (FutureTask<?> thread : threads) {
                thread.get();
            }
            over.set(true);
            killer.get();
            assertConserved(received, items);
        }
    }

    private static FutureTask<?> inThread(Runnable body) {
        FutureTask<?> task = new FutureTask<>(body, null);
        new Thread(task, "racer").start();
        return task;
    }

    private static void produce(
            Producer<Item> producer, int number, int items, SplittableRandom random, boolean onLoop) {
        try (producer) {
            for (int i = 0; i < items; i++) {
                Item item = new Item(number, i);
                while (!send(producer, item, random, onLoop)) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    private static boolean send(Producer<Item> producer, Item item, SplittableRandom random, boolean onLoop) {
        switch (random.nextInt(onLoop ? 8 : 7)) {
            case 0 -> {
                try {
                    producer.send(item, Duration.ofNanos(random.nextInt(2_000_000)));
                    return true;
                } catch (DeadlineExceeded e) {
                    return false;
                }
            }
            case 1 -> {
                boolean sent = producer.trySend(item);
                if (!sent && onLoop) {
                    Weft.yieldNow();
                }
                return sent;
            }
            case 7 -> {
                return Weft.select(
                        Select.on(producer.sending(item), () -> true),
                        Select.after(Duration.ofNanos(random.nextInt(2_000_000)), () -> false));
            }
            default -> {
                producer.send(item);
                return true;
            }
        }
    }

    private static List<Item> consume(
            Channel<Item> channel, Channel<Item> silent, SplittableRandom random, boolean onLoop) {
        List<Item> received = new ArrayList<>();
        try {
            while (true) {
                receive(channel, silent, random, onLoop).ifPresent(received::add);
            }
        } catch (EndOfChannel end) {
            return received;
        }
    }

    private static Optional<Item> receive(
            Channel<Item> channel, Channel<Item> silent, SplittableRandom random, boolean onLoop) {
        switch (random.nextInt(onLoop ? 8 : 7)) {
            case 0 -> {
                try {
                    return Optional.of(channel.receive(Duration.ofNanos(random.nextInt(2_000_000))));
                } catch (DeadlineExceeded e) {
                    return Optional.empty();
                }
            }
            case 1 -> {
                return channel.tryReceive();
            }
            case 7 -> {
                return Weft.select(
                        Select.on(channel.receiving(), Optional::of),
                        Select.on(silent.receiving(), Optional::of),
                        Select.after(Duration.ofNanos(random.nextInt(2_000_000)), Optional::empty));
            }
            default -> {
                return Optional.of(channel.receive());
            }
        }
    }

    /** Receivers that are killed at any moment: before, while or after they are given something. */
    private static void killReceivers(
            LoopGroup group, Channel<Item> channel, ConcurrentLinkedQueue<List<Item>> received, AtomicBoolean over) {
        SplittableRandom random = new SplittableRandom(1);
        while (!over.get()) {
            Greenlet<?> victim = group.spawn(() -> {
                try {
                    received.add(List.of(channel.receive()));
                } catch (EndOfChannel end) {
                    // It came too late.
                }
            });
            for (int i = random.nextInt(5_000); i > 0; i--) {
                Thread.onSpinWait();
            }
            victim.kill();
            try {
                victim.join();
            } catch (Cancelled e) {
                // It took nothing.
            }
        }
    }

    private static void assertConserved(ConcurrentLinkedQueue<List<Item>> received, int items) {
        boolean[][] seen = new boolean[4][items];
        for (List<Item> list : received) {
            int[] last = {-1, -1, -1, -1};
            for (Item item : list) {
                assertTrue(!seen[item.producer()][item.number()], () -> item + " came twice");
                seen[item.producer()][item.number()] = true;
                assertTrue(item.number() > last[item.producer()], () -> item + " came too late");
                last[item.producer()] = item.number();
            }
        }
        for (boolean[] ofOne : seen) {
            for (int i = 0; i < items; i++) {
                assertTrue(ofOne[i], "value " + i + " was lost");
            }
        }
    }

    @Test
    void aTimeoutThatRacesWithAHandOverHasOneOutcome() throws Exception {
        timeoutsAgainstHandOvers(5_000);
    }

    @Test
    @Tag("long")
    @Timeout(1800)
    void aTimeoutThatRacesWithAHandOverHasOneOutcomeInALongRun() throws Exception {
        timeoutsAgainstHandOvers(1_000_000);
    }

    /** Both sides are threads, whose timeouts are as short as a hand-over takes. */
    private static void timeoutsAgainstHandOvers(int rounds) throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            Channel<Integer> channel = Channel.on(group.next()).rendezvous();
            AtomicInteger sent = new AtomicInteger();
            FutureTask<?> sender = inThread(() -> {
                SplittableRandom random = new SplittableRandom(1);
                for (int i = 0; i < rounds; i++) {
                    try {
                        channel.send(i, Duration.ofNanos(random.nextInt(100_000)));
                        sent.incrementAndGet();
                    } catch (DeadlineExceeded e) {
                        // Not sent.
                    }
                }
                channel.close();
            });
            int received = 0;
            SplittableRandom random = new SplittableRandom(2);
            try {
                while (true) {
                    try {
                        channel.receive(Duration.ofNanos(random.nextInt(100_000)));
                        received++;
                    } catch (DeadlineExceeded e) {
                        // Not received.
                    }
                }
            } catch (EndOfChannel end) {
                sender.get();
            }
            assertEquals(sent.get(), received);
            assertTrue(sent.get() > 0);
        }
    }

    @Test
    void aCloseThatRacesWithSendsLosesNone() throws Exception {
        closeAgainstSends(500);
    }

    @Test
    @Tag("long")
    @Timeout(1800)
    void aCloseThatRacesWithSendsLosesNoneInALongRun() throws Exception {
        closeAgainstSends(100_000);
    }

    private static void closeAgainstSends(int rounds) throws Exception {
        try (LoopGroup group = LoopGroup.open(2)) {
            Loop home = group.loops().get(0);
            Loop away = group.loops().get(1);
            for (int round = 0; round < rounds; round++) {
                Channel<Integer> channel = Channel.on(home).buffered(round % 3);
                AtomicInteger sent = new AtomicInteger();
                List<Greenlet<?>> senders = List.of(
                        home.spawn(() -> sendUntilClosed(channel, sent)),
                        away.spawn(() -> sendUntilClosed(channel, sent)),
                        away.spawn(() -> trySendUntilClosed(channel, sent)));
                AtomicInteger received = new AtomicInteger();
                List<Greenlet<?>> receivers = List.of(
                        home.spawn(() -> channel.forEach(value -> received.incrementAndGet())),
                        away.spawn(() -> channel.forEach(value -> received.incrementAndGet())));
                for (int i = round % 50; i > 0; i--) {
                    Thread.onSpinWait();
                }
                channel.close();
                for (Greenlet<?> sender : senders) {
                    sender.join();
                }
                for (Greenlet<?> receiver : receivers) {
                    receiver.join();
                }
                assertEquals(sent.get(), received.get());
            }
        }
    }

    private static void sendUntilClosed(Channel<Integer> channel, AtomicInteger sent) {
        try {
            while (true) {
                channel.send(1);
                sent.incrementAndGet();
            }
        } catch (ChannelClosed e) {
            // The end.
        }
    }

    private static void trySendUntilClosed(Channel<Integer> channel, AtomicInteger sent) {
        try {
            while (true) {
                if (channel.trySend(1)) {
                    sent.incrementAndGet();
                }
                Weft.yieldNow();
            }
        } catch (ChannelClosed e) {
            // The end.
        }
    }

    @Test
    void twoSelectsWithOppositeRolesAgreeOnWhatHappened() {
        selectAgainstSelect(5_000);
    }

    @Test
    @Tag("long")
    @Timeout(1800)
    void twoSelectsWithOppositeRolesAgreeOnWhatHappenedInALongRun() {
        selectAgainstSelect(1_000_000);
    }

    /** One sends on a or receives on b, the other receives on a or sends on b; each channel lives on another loop. */
    private static void selectAgainstSelect(int rounds) {
        try (LoopGroup group = LoopGroup.open(2)) {
            Loop one = group.loops().get(0);
            Loop other = group.loops().get(1);
            Channel<Integer> a = Channel.on(one).rendezvous();
            Channel<Integer> b = Channel.on(other).rendezvous();
            int[] ofOne = new int[rounds];
            int[] ofOther = new int[rounds];
            Greenlet<?> first = one.spawn(() -> {
                for (int i = 0; i < rounds; i++) {
                    int value = 2 * i;
                    ofOne[i] = Weft.select(Select.on(a.sending(value), () -> value), Select.on(b.receiving()));
                }
            });
            Greenlet<?> second = other.spawn(() -> {
                for (int i = 0; i < rounds; i++) {
                    int value = 2 * i + 1;
                    ofOther[i] = Weft.select(Select.on(a.receiving()), Select.on(b.sending(value), () -> value));
                }
            });
            first.join();
            second.join();
            assertTrue(Arrays.equals(ofOne, ofOther), "they saw different exchanges");
        }
    }
}
