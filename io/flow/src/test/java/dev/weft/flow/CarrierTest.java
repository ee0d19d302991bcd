package dev.weft.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.flow.Component.State;
import dev.weft.testing.NoGreenletLeaks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The same components on greenlets, threads and other loops, mixed in every way. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
final class CarrierTest {
    private static final int NUMBERS = 2_000;

    private LoopGroup group;
    private Loop home;
    private List<Carrier> carriers;

    @BeforeEach
    void open() {
        group = LoopGroup.open(2);
        home = group.loops().get(0);
        carriers = List.of(
                Carrier.greenlet(), Carrier.thread(), Carrier.on(group.loops().get(1)));
    }

    @AfterEach
    void close() {
        group.close();
    }

    @Test
    void theSameComponentsRunOnEachCarrier() {
        for (Carrier source : carriers) {
            for (Carrier middle : carriers) {
                for (Carrier sink : carriers) {
                    List<Integer> all = new ArrayList<>();
                    home.call(Pipeline.from(Stages.numbers(NUMBERS), source)
                            .to(Stages.<Integer>copy("copy"), middle)
                            .to(Stages.into(all), sink)
                            .build()::run);
                    assertEquals(IntStream.range(0, NUMBERS).boxed().toList(), all);
                }
            }
        }
    }

    @Test
    void aFailureTravelsAcrossCarriers() {
        for (Carrier source : carriers) {
            for (Carrier middle : carriers) {
                for (Carrier sink : carriers) {
                    Stage<Integer, Integer> failing = Stage.of("failing", (inbox, outbox) -> {
                        inbox.receive();
                        throw new IllegalStateException("broken");
                    });
                    Stage<Void, Integer> numbers = Stages.numbers(NUMBERS);
                    Stage<Integer, Void> into = Stages.into(new ArrayList<>());
                    Pipeline<Void, Void> pipeline = Pipeline.from(numbers, source)
                            .to(failing, middle)
                            .to(into, sink)
                            .build();
                    Exception e = assertThrows(IllegalStateException.class, () -> home.call(pipeline::run));
                    assertEquals("broken", e.getMessage());
                    assertEquals(State.FAILED, numbers.state());
                    assertEquals(State.FAILED, into.state());
                }
            }
        }
    }

    @Test
    void theEndOfAReaderEndsTheSenderAcrossCarriers() {
        for (Carrier source : carriers) {
            for (Carrier sink : carriers) {
                Stage<Void, Integer> numbers = Stages.numbers(NUMBERS);
                Stage<Integer, Void> one = Stage.of("one", (inbox, outbox) -> inbox.receive());
                home.call(Pipeline.from(numbers, source).to(one, sink).build()::run);
                assertEquals(State.ENDED, numbers.state());
            }
        }
    }

    @Test
    void aKillReachesComponentsOnAllCarriers() throws Exception {
        for (Carrier carrier : carriers) {
            CountDownLatch waiting = new CountDownLatch(1);
            CompletableFuture<Boolean> ended = new CompletableFuture<>();
            Stage<Void, Integer> endless = Stage.of("endless", (inbox, outbox) -> {
                outbox.send(0);
                waiting.countDown();
                try {
                    Thread.sleep(Duration.ofDays(1));
                } finally {
                    ended.complete(true);
                }
            });
            Greenlet<?> running = home.call(Pipeline.from(endless, carrier)
                    .to(Stages.copy("copy"), carrier)
                    .build()::activate);
            waiting.await();
            assertTrue(running.killAndJoin(Duration.ofSeconds(60)));
            assertEquals(State.CANCELLED, endless.state());
            assertTrue(ended.isDone(), () -> "the component on a " + carrier + " has ended before its graph");
        }
    }

    @Test
    void aThreadThatSwallowsAnInterruptIsInterruptedAgain() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        CompletableFuture<Thread> ended = new CompletableFuture<>();
        Stage<Void, Void> stubborn = Stage.of("stubborn", (inbox, outbox) -> {
            waiting.countDown();
            for (int i = 0; i < 3; i++) {
                assertThrows(InterruptedException.class, () -> Thread.sleep(Duration.ofDays(1)));
            }
            ended.complete(Thread.currentThread());
        });
        Greenlet<?> running =
                home.call(Pipeline.from(stubborn, Carrier.thread()).build()::activate);
        waiting.await();
        assertTrue(running.killAndJoin(Duration.ofSeconds(60)));
        assertTrue(ended.isDone(), "the component has ended before its graph");
        ended.join().join(60_000);
        assertFalse(ended.join().isAlive());
    }

    @Test
    void aComponentOnAThreadHasAThreadOfItsOwn() {
        InheritableThreadLocal<String> ofTheCaller = new InheritableThreadLocal<>();
        CompletableFuture<Thread> seen = new CompletableFuture<>();
        CompletableFuture<Optional<String>> inherited = new CompletableFuture<>();
        Stage<Void, Void> look = Stage.of("look", (inbox, outbox) -> {
            seen.complete(Thread.currentThread());
            inherited.complete(Optional.ofNullable(ofTheCaller.get()));
        });
        home.call(() -> {
            ofTheCaller.set("a value");
            Pipeline.from(look, Carrier.thread()).build().run();
        });
        assertEquals(Optional.empty(), inherited.join());
        assertEquals("look", seen.join().getName());
        assertFalse(seen.join().isVirtual());
        assertTrue(seen.join().isDaemon());
    }

    @Test
    void aComponentOnAnotherLoopTakesWhatItContainsAlong() {
        Loop other = group.loops().get(1);
        List<Loop> seen = new ArrayList<>();
        Pipeline<Void, Void> inner = Pipeline.from(
                        Stage.<Void, Void>of("look", (inbox, outbox) -> seen.add(Loop.current())))
                .build();
        home.call(Pipeline.from(inner, Carrier.on(other)).build()::run);
        assertEquals(List.of(other), seen);
    }

    @Test
    void aComponentThatContainsOthersIsRefusedByAThread() {
        Pipeline<Void, Integer> inner = Pipeline.from(Stages.numbers(1)).build();
        Pipeline<Void, Integer> outer = Pipeline.from(inner, Carrier.thread()).build();
        Exception e = assertThrows(IllegalArgumentException.class, () -> home.call(outer::run));
        assertEquals(
                "Pipeline contains other components, and cannot run on a thread; put numbers there instead",
                e.getMessage());
    }

    @Test
    void manySendersOnThreadsAndLoopsShareAnInbox() {
        List<Integer> all = new ArrayList<>();
        Graphline graph = new Graphline("graph");
        Stage<Integer, Void> into = graph.add(Stages.into(all));
        for (int i = 0; i < 12; i++) {
            graph.link(graph.add(Stages.numbers(NUMBERS), carriers.get(i % 3)).outbox, into.inbox);
        }
        home.call(graph::run);
        assertEquals(12 * NUMBERS, all.size());
    }

    @Test
    void aBackplaneConnectsGraphsOfDifferentLoops() {
        Backplane<Integer> data = new Backplane<>("data");
        Pipeline<Void, Void> writer = Pipeline.from(Stages.numbers(NUMBERS), Carrier.thread())
                .to(data.publisher())
                .build();
        List<List<Integer>> all = new ArrayList<>();
        List<Greenlet<?>> readers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            List<Integer> one = new ArrayList<>();
            all.add(one);
            Pipeline<?, Void> reader = Pipeline.from(data.subscriber())
                    .to(Stages.<Integer>into(one), carriers.get(i % 3))
                    .build();
            readers.add(group.loops().get(i % 2).call(reader::activate));
        }
        Greenlet<?> hub = home.call(data::activate);
        group.loops().get(1).call(writer::run);
        hub.join();
        readers.forEach(Greenlet::join);
        all.forEach(one -> assertEquals(NUMBERS, one.size()));
    }

    @Test
    void componentsThatStartAndEndWhileOthersPublishMissNothingInBetween() {
        Backplane<Integer> data = new Backplane<Integer>("data").keepOpen();
        Greenlet<?> hub = home.call(data::activate);
        Greenlet<?> writer = group.loops()
                .get(1)
                .call(Pipeline.from(Stages.numbers(NUMBERS))
                        .to(data.publisher())
                        .build()::activate);
        writer.onEnd(ended -> data.close());
        for (int i = 0; i < 50; i++) {
            List<Integer> some = new ArrayList<>();
            Stage<Integer, Void> ten = Stage.of("ten", (inbox, outbox) -> {
                for (int n = 0; n < 10; n++) {
                    inbox.receiveOrEnd().ifPresent(some::add);
                }
            });
            Pipeline<?, Void> reader = Pipeline.from(data.subscriber())
                    .to(ten, carriers.get(i % 3))
                    .build();
            Greenlet<?> running = group.loops().get(i % 2).call(reader::activate);
            running.join();
            for (int n = 1; n < some.size(); n++) {
                assertEquals(some.get(n - 1) + 1, some.get(n));
            }
        }
        writer.join();
        hub.join();
    }
}
