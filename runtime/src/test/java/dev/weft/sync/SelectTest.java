package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.lowlevel.Claim;
import dev.weft.lowlevel.Waiter;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import dev.weft.testing.SteppedLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class SelectTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private final Recorder happened = new Recorder();

    @Test
    void theReadyClauseIsChosen() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                Channel<String> silent = Channel.rendezvous();
                Channel<String> full = Channel.buffered(1);
                full.send("ready");
                String chosen = Weft.select(
                        Select.on(silent.receiving(), value -> "wrong"),
                        Select.on(full.receiving(), value -> value + "!"));
                assertEquals("ready!", chosen);
                return 0;
            });
        }
    }

    @Test
    void itWaitsUntilAClauseIsReady() {
        SteppedLoop.underSeeds(200, stepped -> {
            Channel<String> a = Channel.on(stepped.loop()).rendezvous();
            Channel<Integer> b = Channel.on(stepped.loop()).rendezvous();
            Greenlet<String> selecting = stepped.spawn(() ->
                    Weft.select(Select.on(a.receiving()), Select.on(b.receiving(), number -> "number " + number)));
            stepped.runUntilIdle();
            assertSame(Greenlet.State.WAITING, selecting.state());
            assertTrue(selecting.waitingOn().startsWith("select ["), selecting.waitingOn());
            stepped.spawn(() -> b.send(7));
            stepped.runUntilIdle();
            assertEquals("number 7", selecting.join());
        });
    }

    @Test
    void losingClausesDidNotHappenAndKeepNoPlace() {
        SteppedLoop.underSeeds(200, stepped -> {
            Channel<String> a = Channel.on(stepped.loop()).rendezvous();
            Channel<String> b = Channel.on(stepped.loop()).rendezvous();
            Channel<String> c = Channel.on(stepped.loop()).rendezvous();
            Greenlet<String> selecting = stepped.spawn(() -> Weft.select(
                    Select.on(a.receiving()),
                    Select.on(b.sending("unsent"), () -> "sent"),
                    Select.on(c.receiving()),
                    Select.after(SECOND, () -> "late")));
            stepped.runUntilIdle();
            stepped.spawn(() -> c.send("won"));
            stepped.runUntilIdle();
            assertEquals("won", selecting.join());
            assertEquals(0, stepped.loop().statistics().timers());
            Greenlet<String> receiver = stepped.spawn(() -> b.receive());
            Greenlet<?> sender = stepped.spawn(() -> a.send("kept"));
            stepped.runUntilIdle();
            assertSame(Greenlet.State.WAITING, receiver.state());
            assertSame(Greenlet.State.WAITING, sender.state());
            assertEquals("kept", stepped.run(() -> a.receive()));
        });
    }

    @Test
    void handlersRunAfterTheOthersHaveBeenWithdrawn() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                Channel<String> a = Channel.rendezvous();
                Channel<String> b = Channel.rendezvous();
                Greenlet<?> selecting = Weft.spawn(() -> Weft.select(
                        Select.run(a.receiving(), value -> {
                            Weft.yieldNow();
                            happened.add(b.trySend("nobody is there"));
                        }),
                        Select.run(b.receiving(), value -> happened.add("wrong"))));
                Weft.yieldNow();
                a.send("go");
                assertNull(selecting.join());
                return 0;
            });
            happened.assertHappened(false);
        }
    }

    @Test
    void severalReadyOnesAreChosenUniformlyAtRandom() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            int[] chosen = new int[4];
            stepped.run(() -> {
                List<Clause<Integer, RuntimeException>> clauses = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    Channel<Integer> channel = Channel.droppingNewest(1);
                    channel.send(i);
                    // The second one is never ready: its neighbours must not profit from that.
                    Channel<Integer> silent = Channel.rendezvous();
                    clauses.add(Select.on(i == 1 ? silent.receiving() : channel.receiving(), value -> {
                        channel.send(value);
                        return value;
                    }));
                }
                for (int i = 0; i < 12_000; i++) {
                    chosen[Weft.<Integer, RuntimeException>select(clauses)]++;
                }
                return 0;
            });
            assertEquals(0, chosen[1]);
            for (int ready : new int[] {0, 2, 3}) {
                // 4,000 expected, with a standard deviation of 52
                assertTrue(Math.abs(chosen[ready] - 4_000) < 500, () -> java.util.Arrays.toString(chosen));
            }
        }
    }

    @Test
    void selectFirstTakesThemInOrder() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                Channel<String> urgent = Channel.buffered(8);
                Channel<String> normal = Channel.buffered(8);
                for (int i = 0; i < 3; i++) {
                    normal.send("normal");
                    urgent.send("urgent");
                }
                for (int i = 0; i < 6; i++) {
                    happened.add(Weft.selectFirst(Select.on(urgent.receiving()), Select.on(normal.receiving())));
                }
                return 0;
            });
            happened.assertHappened("urgent", "urgent", "urgent", "normal", "normal", "normal");
        }
    }

    @Test
    void aDefaultMakesItNonBlocking() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                Channel<String> channel = Channel.buffered(1);
                assertEquals("nothing", Weft.select(Select.otherwise(() -> "nothing"), Select.on(channel.receiving())));
                channel.send("something");
                assertEquals(
                        "something", Weft.select(Select.otherwise(() -> "nothing"), Select.on(channel.receiving())));
                Greenlet<?> sender = Weft.spawn(() -> channel.send("kept"));
                sender.join();
                assertEquals("kept", channel.receive());
                assertThrows(
                        IllegalArgumentException.class,
                        () -> Weft.select(Select.otherwise(() -> 1), Select.otherwise(() -> 2)));
                return 0;
            });
        }
    }

    @Test
    void theReceiveClauseOfAClosedChannelIsReadyWithTheEnd() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Channel<String> channel = Channel.on(stepped.loop()).rendezvous();
            Channel<String> silent = Channel.on(stepped.loop()).rendezvous();
            Greenlet<Optional<String>> waiting = stepped.spawn(
                    () -> Weft.select(Select.on(silent.receivingOrEnd()), Select.on(channel.receivingOrEnd())));
            Greenlet<?> throwing = stepped.spawn(() -> assertThrows(
                    EndOfChannel.class,
                    () -> Weft.select(Select.on(silent.receiving()), Select.on(channel.receiving()))));
            stepped.runUntilIdle();
            channel.close();
            stepped.runUntilIdle();
            assertEquals(Optional.empty(), waiting.join());
            assertSame(Greenlet.State.RETURNED, throwing.state());
            assertEquals(
                    Optional.empty(),
                    stepped.run(() ->
                            Weft.select(Select.on(silent.receivingOrEnd()), Select.on(channel.receivingOrEnd()))));
        }
    }

    @Test
    void theSendClauseOfAClosedChannelFails() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                Channel<String> closed = Channel.rendezvous();
                closed.close();
                Channel<String> silent = Channel.rendezvous();
                assertThrows(
                        ChannelClosed.class,
                        () -> Weft.select(Select.on(silent.receiving()), Select.on(closed.sending("x"), () -> "sent")));
                return 0;
            });
        }
    }

    @Test
    void everythingThatCanBeAwaitedCanBeAClause() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Greenlet<String> worker = stepped.spawn(() -> {
                Weft.sleep(SECOND);
                return "worker";
            });
            CompletableFuture<String> stage = new CompletableFuture<>();
            Greenlet<List<String>> selecting = stepped.spawn(() -> {
                List<String> order = new ArrayList<>();
                order.add(Weft.select(
                        Select.on(worker),
                        Select.on(Weft.completion(stage)),
                        Select.after(Duration.ofMillis(5), () -> "timer")));
                order.add(Weft.select(Select.on(worker), Select.on(Weft.completion(stage))));
                stage.complete("stage");
                order.add(Weft.select(Select.on(Weft.completion(stage))));
                return order;
            });
            stepped.advance(SECOND);
            assertEquals(List.of("timer", "worker", "stage"), selecting.join());
            assertEquals(0, stepped.loop().statistics().timers());
        }
    }

    @Test
    void aFailureOfTheChosenClauseIsThrown() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                assertThrows(
                        IOException.class,
                        () -> Weft.select(
                                Select.on(Weft.completion(CompletableFuture.failedFuture(new IOException("broken"))))));
                Channel<String> channel = Channel.buffered(1);
                channel.send("value");
                assertThrows(
                        IOException.class,
                        () -> Weft.select(Select.on(channel.receiving(), value -> {
                            throw new IOException("the handler's own");
                        })));
                return 0;
            });
        }
    }

    @Test
    void aSelectDoesNotMatchItself() {
        SteppedLoop.underSeeds(200, stepped -> {
            Channel<String> channel = Channel.on(stepped.loop()).rendezvous();
            Greenlet<String> selecting = stepped.spawn(() -> sendOrReceive(channel, "own"));
            stepped.runUntilIdle();
            assertSame(Greenlet.State.WAITING, selecting.state());
            Greenlet<String> other = stepped.spawn(() -> sendOrReceive(channel, "other's"));
            stepped.runUntilIdle();
            assertTrue((selecting.join().equals("sent") && other.join().equals("own"))
                    || (selecting.join().equals("other's") && other.join().equals("sent")));
        });
    }

    private static String sendOrReceive(Channel<String> channel, String value) {
        return Weft.select(Select.on(channel.sending(value), () -> "sent"), Select.on(channel.receiving()));
    }

    @Test
    void aSelectThatSendsAndReceivesSeesTheEnd() {
        SteppedLoop.underSeeds(20, stepped -> {
            Channel<String> channel = Channel.on(stepped.loop()).rendezvous();
            Greenlet<Optional<String>> selecting = stepped.spawn(() -> Weft.select(
                    Select.on(channel.sending("own"), () -> Optional.of("sent")), Select.on(channel.receivingOrEnd())));
            stepped.runUntilIdle();
            channel.close();
            stepped.runUntilIdle();
            assertEquals(Optional.empty(), selecting.join());
        });
    }

    @Test
    void aKilledSelectLeavesNothing() {
        SteppedLoop.underSeeds(200, stepped -> {
            Channel<String> a = Channel.on(stepped.loop()).rendezvous();
            Channel<String> b = Channel.on(stepped.loop()).rendezvous();
            Greenlet<String> killed = stepped.spawn(() -> Weft.select(
                    Select.on(a.receiving()),
                    Select.on(b.sending("x"), () -> "sent"),
                    Select.after(SECOND, () -> "late")));
            stepped.runUntilIdle();
            killed.kill();
            stepped.runUntilIdle();
            assertThrows(Cancelled.class, killed::join);
            assertEquals(0, stepped.loop().statistics().timers());
            stepped.run(() -> {
                assertEquals(Optional.empty(), b.tryReceive());
                assertEquals(false, a.trySend("y"));
                return 0;
            });
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 8, 64})
    void anyNumberOfClausesWillDo(int count) {
        SteppedLoop.underSeeds(20, stepped -> {
            List<Channel<Integer>> channels = new ArrayList<>();
            List<Clause<Integer, RuntimeException>> clauses = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                channels.add(Channel.on(stepped.loop()).rendezvous());
                clauses.add(Select.on(channels.get(i).receiving()));
            }
            Greenlet<List<Integer>> selecting = stepped.spawn(() -> {
                List<Integer> received = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    received.add(Weft.<Integer, RuntimeException>select(clauses)); // the same ones each time
                }
                return received;
            });
            for (int i = 0; i < count; i++) {
                int value = i;
                stepped.spawn(() -> channels.get(value).send(value));
            }
            stepped.runUntilIdle();
            assertEquals(count, selecting.join().stream().distinct().count());
        });
    }

    @Test
    void aSelectWithoutClausesWaitsUntilItIsKilled() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Greenlet<?> forever = stepped.spawn(() -> Weft.select(List.<Clause<String, RuntimeException>>of()));
            stepped.runUntilIdle();
            assertSame(Greenlet.State.WAITING, forever.state());
            forever.kill();
            stepped.runUntilIdle();
            assertSame(Greenlet.State.CANCELLED, forever.state());
        }
    }

    @Test
    void theSameThingInTwoClausesWorksOrIsBusy() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                Channel<String> channel = Channel.rendezvous();
                var receiving = channel.receiving();
                Greenlet<String> twice = Weft.spawn(() -> Weft.select(Select.on(receiving), Select.on(receiving)));
                Weft.yieldNow();
                channel.send("once");
                assertEquals("once", twice.join());
                var sending = channel.sending("x");
                assertThrows(Busy.class, () -> Weft.select(Select.on(sending, () -> 1), Select.on(sending, () -> 2)));
                assertEquals(Optional.empty(), channel.tryReceive());
                Clause<String, RuntimeException> clause = Select.on(receiving);
                assertThrows(Busy.class, () -> Weft.select(clause, clause));
                assertEquals(false, channel.trySend("nobody"));
                return 0;
            });
        }
    }

    @Test
    void aSelectIsACheckpoint() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Channel<String> channel = Channel.on(stepped.loop()).buffered(1);
            Greenlet<?> killed = stepped.spawn(() -> {
                channel.send("stays");
                Greenlet.current().kill();
                Weft.select(Select.on(channel.receiving()), Select.otherwise(() -> "nothing"));
            });
            stepped.runUntilIdle();
            assertSame(Greenlet.State.CANCELLED, killed.state());
            assertEquals("stays", stepped.run(() -> channel.receive()));
        }
    }

    /** What another thread has won a moment ago: its completion is on the way. */
    private static final class Elsewhere implements Awaitable<String> {
        private @Nullable Waiter<? super String> waiter;
        private Claim claim = new Claim();

        @Override
        public void subscribe(Waiter<? super String> subscriber) {
            waiter = subscriber;
            claim = subscriber.share();
        }

        @Override
        public boolean unsubscribe(Waiter<? super String> subscriber) {
            return claim.tryTake(this) || !claim.isTakenBy(subscriber.claimant());
        }

        boolean take() {
            return claim.tryTake(Objects.requireNonNull(waiter).claimant());
        }

        void arrive() {
            Objects.requireNonNull(waiter).succeed("won elsewhere");
        }
    }

    @Test
    void whatHappensAfterAClauseWasWonElsewhereComesTooLate() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Elsewhere far = new Elsewhere();
            Channel<String> near = Channel.on(stepped.loop()).rendezvous();
            Greenlet<String> selecting = stepped.spawn(
                    () -> Weft.select(Select.on(near.receiving()), Select.on(far), Select.after(SECOND, () -> "late")));
            stepped.runUntilIdle();
            assertTrue(far.take());
            stepped.advance(SECOND);
            assertEquals(false, stepped.run(() -> near.trySend("kept")));
            selecting.kill();
            stepped.runUntilIdle();
            assertSame(Greenlet.State.WAITING, selecting.state());
            stepped.loop().execute(far::arrive);
            stepped.runUntilIdle();
            assertEquals("won elsewhere", selecting.join());
        }
    }

    // ---- across loops
    // ------------------------------------------------------------------------------------------------

    @Test
    void clausesOfOtherLoopsAreClauses() {
        try (LoopGroup group = LoopGroup.open(2)) {
            Loop home = group.loops().get(0);
            Loop away = group.loops().get(1);
            Channel<String> far = Channel.on(home).rendezvous();
            Channel<String> near = Channel.on(away).rendezvous();
            for (int i = 0; i < 100; i++) {
                Greenlet<String> selecting =
                        away.spawn(() -> Weft.select(Select.on(near.receiving()), Select.on(far.receiving())));
                Channel<String> used = i % 2 == 0 ? far : near;
                (i % 4 < 2 ? home : away).spawn(() -> used.send("value"));
                assertEquals("value", selecting.join());
            }
            assertEquals(Optional.empty(), far.tryReceive());
        }
    }

    @Test
    void theEndOfAGreenletOfAnotherLoopIsAClause() {
        try (LoopGroup group = LoopGroup.open(2)) {
            Greenlet<String> far = group.loops().get(0).spawn(() -> "far");
            Greenlet<String> selecting = group.loops()
                    .get(1)
                    .spawn(() -> Weft.select(Select.on(far), Select.after(Duration.ofMinutes(1), () -> "late")));
            assertEquals("far", selecting.join());
        }
    }

    @Test
    void aKilledSelectOverAnotherLoopTakesNothingThere() {
        try (LoopGroup group = LoopGroup.open(2)) {
            Loop home = group.loops().get(0);
            Channel<String> far = Channel.on(home).rendezvous();
            Greenlet<String> killed = group.loops()
                    .get(1)
                    .spawn(() ->
                            Weft.select(Select.on(far.receiving()), Select.after(Duration.ofMinutes(1), () -> "late")));
            while (home.greenlets().isEmpty()) {
                Thread.onSpinWait(); // until its visit has come
            }
            killed.kill();
            assertThrows(Cancelled.class, killed::join);
            while (!home.greenlets().isEmpty()) {
                Thread.onSpinWait(); // until its visit has gone
            }
            Greenlet<?> sender = home.spawn(() -> far.send("kept"));
            assertEquals("kept", far.receive());
            sender.join();
        }
    }

    @Test
    void aDefaultGoesBeforeWhatIsOnAnotherLoop() {
        try (LoopGroup group = LoopGroup.open(2)) {
            Channel<String> far = Channel.on(group.loops().get(0)).buffered(1);
            far.send("kept");
            for (int i = 0; i < 1_000; i++) {
                String chosen = group.loops()
                        .get(1)
                        .spawn(() -> Weft.select(Select.on(far.receiving()), Select.otherwise(() -> "nothing")))
                        .join();
                if (chosen.equals("kept")) {
                    far.send("kept"); // it was as quick as that
                }
            }
            assertEquals("kept", far.receive());
        }
    }
}
