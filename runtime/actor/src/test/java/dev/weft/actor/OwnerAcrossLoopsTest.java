package dev.weft.actor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Verdict;
import dev.weft.Weft;
import dev.weft.spi.LoopListener;
import dev.weft.sync.Channel;
import dev.weft.sync.Select;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import dev.weft.testing.SteppedLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** An owner that is asked and told from other loops and from threads. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class OwnerAcrossLoopsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private static void runUntilIdle(SteppedLoop one, SteppedLoop other) {
        while (one.turn() || other.turn()) {}
    }

    private static <T> FutureTask<T> onThread(Callable<T> body) {
        FutureTask<T> task = new FutureTask<>(body);
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    @Test
    void anotherLoopGetsAnswersAndFailures() {
        try (SteppedLoop home = SteppedLoop.open();
                SteppedLoop away = SteppedLoop.open()) {
            Owner<String> owner = home.run(() -> Owner.start("clerk", () -> "state"));
            Greenlet<String> asker = away.spawn(
                    () -> owner.ask(state -> state + " of " + Greenlet.current().name()));
            Greenlet<IOException> refused = away.spawn(() -> assertThrows(
                    IOException.class,
                    () -> owner.ask(state -> {
                        throw new IOException("refused");
                    })));
            runUntilIdle(home, away);
            assertEquals("state of clerk", asker.join());
            IOException failure = refused.join();
            assertInstanceOf(AskSite.class, failure.getSuppressed()[0]);
        }
    }

    @Test
    void aQuestionFromElsewhereThatIsWithdrawnBeforeItHasBegunNeverBegins() {
        try (SteppedLoop home = SteppedLoop.open();
                SteppedLoop away = SteppedLoop.open()) {
            Recorder happened = new Recorder();
            Owner<Recorder> owner = home.run(() -> Owner.start("clerk", () -> happened));
            Greenlet<?> killed = away.spawn(() -> owner.ask(state -> {
                state.add("begun");
                return true;
            }));
            Greenlet<?> late = away.spawn(() -> assertThrows(
                    DeadlineExceeded.class,
                    () -> owner.ask(
                            state -> {
                                state.add("begun");
                                return true;
                            },
                            SECOND)));
            away.runUntilIdle();
            killed.kill();
            away.advance(SECOND);
            assertSame(Greenlet.State.RETURNED, late.state());
            home.runUntilIdle();
            happened.assertHappened();
        }
    }

    @Test
    void aLateAnswerToElsewhereIsDropped() {
        try (SteppedLoop home = SteppedLoop.open();
                SteppedLoop away = SteppedLoop.open()) {
            Owner<String> owner = home.run(() -> Owner.start("clerk", () -> "state"));
            Greenlet<?> asker = away.spawn(() -> assertThrows(
                    DeadlineExceeded.class,
                    () -> owner.ask(
                            state -> {
                                Weft.sleep(SECOND);
                                return state;
                            },
                            SECOND)));
            runUntilIdle(home, away);
            away.advance(SECOND);
            assertSame(Greenlet.State.RETURNED, asker.state());
            home.advance(SECOND);
            runUntilIdle(home, away);
            assertEquals(1, owner.statistics().handled());
        }
    }

    @Test
    void aSelectElsewhereChoosesAnAnswerOrWithdrawsTheQuestion() {
        try (SteppedLoop home = SteppedLoop.open();
                SteppedLoop away = SteppedLoop.open()) {
            Recorder happened = new Recorder();
            Owner<Recorder> owner = home.run(() -> Owner.start("clerk", () -> happened));
            Channel<String> other = Channel.on(away.loop()).buffered(1);
            Greenlet<String> answered = away.spawn(
                    () -> Weft.select(Select.on(owner.asking(state -> "answer")), Select.on(other.receiving())));
            runUntilIdle(home, away);
            assertEquals("answer", answered.join());
            Greenlet<String> chosen = away.spawn(() -> Weft.select(
                    Select.on(owner.asking(state -> {
                        state.add("begun");
                        return "answer";
                    })),
                    Select.on(other.receiving())));
            away.runUntilIdle();
            other.trySend("other");
            away.runUntilIdle();
            runUntilIdle(home, away);
            assertEquals("other", chosen.join());
            happened.assertHappened();
        }
    }

    @Test
    void aTellerElsewhereWaitsForRoom() {
        try (SteppedLoop home = SteppedLoop.open();
                SteppedLoop away = SteppedLoop.open()) {
            Recorder happened = new Recorder();
            Owner<Recorder> owner =
                    home.run(() -> Owner.builder("clerk").capacity(2).start(() -> happened));
            Greenlet<?> teller = away.spawn(() -> {
                for (int i = 0; i < 5; i++) {
                    int number = i;
                    owner.tell(state -> state.add(number));
                }
            });
            away.runUntilIdle();
            assertSame(Greenlet.State.WAITING, teller.state());
            assertEquals(2, owner.size());
            runUntilIdle(home, away);
            happened.assertHappened(0, 1, 2, 3, 4);
        }
    }

    @Test
    void threadsAskTellAndAreToldOfFailures() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            Owner<List<String>> owner =
                    Owner.builder("names").on(group.next()).capacity(1).start(ArrayList::new);
            for (int i = 0; i < 100; i++) {
                owner.tell(names -> names.add("name"));
            }
            assertEquals(100, owner.<Integer, RuntimeException>ask(List::size));
            IOException failure = assertThrows(
                    IOException.class,
                    () -> owner.ask(names -> {
                        throw new IOException("refused");
                    }));
            assertTrue(
                    List.of(failure.getSuppressed()).stream().anyMatch(AskSite.class::isInstance), failure::toString);
            assertThrows(
                    DeadlineExceeded.class,
                    () -> owner.ask(names -> Weft.await(new CompletableFuture<>()), Duration.ofMillis(1)));
            assertTrue(owner.size() == 0 && !owner.greenlet().state().isDone());
            owner.kill("enough");
            OwnerEnded ended = assertThrows(OwnerEnded.class, () -> owner.ask(List::size));
            assertTrue(ended.getMessage().startsWith("owner \"names\""), ended::getMessage);
        }
    }

    @Test
    void anInterruptedThreadWithdrawsItsQuestion() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            Owner<String> owner = Owner.builder("clerk").on(group.next()).start(() -> "state");
            CountDownLatch begun = new CountDownLatch(1);
            Thread[] asking = new Thread[1];
            CountDownLatch known = new CountDownLatch(1);
            FutureTask<Cancelled> asker = onThread(() -> {
                asking[0] = Thread.currentThread();
                known.countDown();
                return assertThrows(
                        Cancelled.class,
                        () -> owner.ask(state -> {
                            begun.countDown();
                            return Weft.await(new CompletableFuture<>());
                        }));
            });
            known.await();
            begun.await();
            asking[0].interrupt();
            asker.get();
            assertTrue(owner.stop(Duration.ZERO) || owner.greenlet().state().isDone());
        }
    }

    @Test
    void closingTheLoopFailsTheAskersElsewhere() throws Exception {
        try (LoopGroup askers = LoopGroup.open()) {
            CountDownLatch begun = new CountDownLatch(2);
            Greenlet<OwnerEnded> greenlet;
            FutureTask<OwnerEnded> thread;
            try (LoopGroup group = LoopGroup.open()) {
                Owner<String> owner = Owner.builder("clerk").on(group.next()).start(() -> "state");
                owner.tell(state -> {
                    begun.countDown();
                    Weft.await(new CompletableFuture<>());
                });
                greenlet = askers.spawn(() -> assertThrows(
                        OwnerEnded.class,
                        () -> owner.ask(state -> {
                            begun.countDown();
                            return state;
                        })));
                thread = onThread(() -> assertThrows(OwnerEnded.class, () -> owner.ask(state -> state)));
                while (owner.size() < 2) {
                    Thread.onSpinWait();
                }
                assertEquals(1, begun.getCount());
            }
            assertTrue(greenlet.join().getMessage().contains("\"clerk\" was killed"));
            assertTrue(thread.get().getMessage().contains("\"clerk\" was killed"));
        }
    }

    @Test
    void ownersThatAskEachOtherInACircleAreAVerdict() throws Exception {
        BlockingQueue<Verdict> verdicts = new LinkedBlockingQueue<>();
        LoopListener listener = new LoopListener() {
            @Override
            public void onVerdict(LoopGroup group, Verdict verdict) {
                verdicts.add(verdict);
            }
        };
        try (LoopGroup group = LoopGroup.builder().loops(2).listener(listener).open()) {
            Owner<String> one = Owner.builder("one").on(group.loops().get(0)).start(() -> "state");
            Owner<String> other =
                    Owner.builder("other").on(group.loops().get(1)).start(() -> "state");
            one.tell(state -> other.ask(theirs -> one.ask(ours -> ours)));
            Verdict verdict = verdicts.take();
            assertTrue(verdict.greenlets().containsAll(List.of(one.greenlet(), other.greenlet())), verdict::toString);
        }
    }

    @Test
    void noRequestOfManyThreadsAndLoopsIsLostOrOvertaken() throws Exception {
        int senders = 4;
        int each = 20_000;
        try (LoopGroup group = LoopGroup.open(2)) {
            Loop home = group.loops().get(0);
            int[] next = new int[2 * senders];
            Owner<int[]> owner = Owner.builder("order").on(home).start(() -> next);
            List<FutureTask<Integer>> threads = new ArrayList<>();
            List<Greenlet<Integer>> greenlets = new ArrayList<>();
            for (int i = 0; i < senders; i++) {
                int thread = i;
                int greenlet = senders + i;
                threads.add(onThread(() -> tellInOrder(owner, thread, each)));
                greenlets.add(group.loops().get(i % 2).spawn(() -> tellInOrder(owner, greenlet, each)));
            }
            for (FutureTask<Integer> thread : threads) {
                assertEquals(each, thread.get());
            }
            for (Greenlet<Integer> greenlet : greenlets) {
                assertEquals(each, greenlet.join());
            }
            assertTrue(owner.stop(Duration.ofSeconds(30)));
        }
    }

    /** Tells {@code owner} to count from zero for {@code sender}, in order; returns what it has counted. */
    private static int tellInOrder(Owner<int[]> owner, int sender, int times) {
        for (int i = 0; i < times; i++) {
            int number = i;
            owner.tell(next -> {
                assertEquals(next[sender], number);
                next[sender]++;
            });
        }
        return owner.ask(next -> next[sender]);
    }
}
