package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Busy;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
}
