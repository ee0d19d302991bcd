package dev.weft.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Weft;
import dev.weft.flow.Component.State;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The promises of Kamaelia's backplane. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
final class BackplaneTest {

    private static Pipeline<?, ?> reader(Backplane<Integer> data, List<Integer> all) {
        return Pipeline.from(data.subscriber()).to(Stages.into(all)).build();
    }

    private static Pipeline<?, ?> writer(Backplane<Integer> data, int end) {
        return Pipeline.from(Stages.numbers(end)).to(data.publisher()).build();
    }

    /** Returns a graph in which numbers below {@code end} are published to {@code all}. */
    private static Graphline graph(Backplane<Integer> data, int end, List<Integer> all) {
        Graphline graph = new Graphline("graph");
        graph.add(data);
        graph.add(reader(data, all));
        graph.add(writer(data, end));
        return graph;
    }

    @Test
    void everySubscriberGetsEveryValueInOneOrder() {
        SteppedLoop.underSeeds(50, stepped -> {
            Backplane<Integer> data = new Backplane<>("data");
            Graphline graph = new Graphline("graph");
            graph.add(data);
            graph.add(writer(data, 50));
            graph.add(writer(data, 70));
            List<List<Integer>> all = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            all.forEach(one -> graph.add(reader(data, one)));
            stepped.spawn(graph::run);
            stepped.runUntilIdle();
            assertEquals(120, all.get(0).size());
            assertEquals(all.get(0), all.get(1));
            assertEquals(all.get(0), all.get(2));
            assertEquals(State.ENDED, graph.state());
        });
    }

    @Test
    void publishersAndSubscribersComeAndGo() {
        SteppedLoop.underSeeds(20, stepped -> {
            Backplane<Integer> data = new Backplane<Integer>("data").keepOpen();
            stepped.spawn(data::run);
            stepped.runUntilIdle();
            List<Integer> first = new ArrayList<>();
            stepped.spawn(reader(data, first)::run);
            stepped.runUntilIdle();
            stepped.spawn(writer(data, 3)::run);
            stepped.runUntilIdle();
            assertEquals(List.of(0, 1, 2), first);
            List<Integer> second = new ArrayList<>();
            stepped.spawn(reader(data, second)::run);
            stepped.runUntilIdle();
            stepped.spawn(writer(data, 2)::run);
            stepped.runUntilIdle();
            assertEquals(List.of(0, 1, 2, 0, 1), first);
            assertEquals(List.of(0, 1), second);
            assertEquals(State.RUNNING, data.state());
            data.close();
            stepped.runUntilIdle();
            assertEquals(State.ENDED, data.state());
        });
    }

    @Test
    void itsEndEndsTheSubscribersAndTheirReaders() {
        SteppedLoop.underSeeds(20, stepped -> {
            Backplane<Integer> data = new Backplane<Integer>("data").keepOpen();
            Pipeline<?, ?> reader = reader(data, new ArrayList<>());
            stepped.spawn(data::run);
            stepped.spawn(reader::run);
            stepped.runUntilIdle();
            assertEquals(State.RUNNING, reader.state());
            data.close();
            stepped.runUntilIdle();
            assertEquals(State.ENDED, reader.state());
            Pipeline<?, ?> late = reader(data, new ArrayList<>());
            stepped.spawn(late::run);
            stepped.runUntilIdle();
            assertEquals(State.ENDED, late.state());
        });
    }

    @Test
    void aBackplaneClosedBeforeItsStartEndsAtOnce() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Backplane<Integer> data = new Backplane<Integer>("data").keepOpen();
            data.close();
            stepped.spawn(data::run);
            stepped.runUntilIdle();
            assertEquals(State.ENDED, data.state());
        }
    }

    @Test
    void theFailureOfAPublisherDoesNotPropagate() {
        SteppedLoop.underSeeds(20, stepped -> {
            Backplane<Integer> data = new Backplane<>("data");
            List<Integer> all = new ArrayList<>();
            Graphline graph = graph(data, 20, all);
            Stage<Void, Integer> failing = Stage.of("failing", (inbox, outbox) -> {
                outbox.send(-1);
                throw new IllegalStateException("broken");
            });
            graph.add(Pipeline.from(failing).to(data.publisher()).build());
            Throwable thrown = Stages.failureOf(graph, stepped);
            assertEquals(State.ENDED, data.state());
            assertEquals(21, all.size());
            assertInstanceOf(IllegalStateException.class, thrown);
        });
    }

    @Test
    void theEndOfASubscriberDoesNotPropagate() {
        SteppedLoop.underSeeds(20, stepped -> {
            Backplane<Integer> data = new Backplane<>("data");
            List<Integer> all = new ArrayList<>();
            Graphline graph = graph(data, 200, all);
            Stage<Integer, Void> one = Stage.of("one", (inbox, outbox) -> inbox.receive());
            graph.add(Pipeline.from(data.subscriber()).to(one).build());
            stepped.spawn(graph::run);
            stepped.runUntilIdle();
            assertEquals(IntStream.range(0, 200).boxed().toList(), all);
            assertEquals(1, data.outboxes().size()); // that of the subscriber that has ended is gone
            assertEquals(State.ENDED, graph.state());
        });
    }

    @Test
    void theFailureOfAComponentLinkedToItFailsItAndItsSubscribers() {
        SteppedLoop.underSeeds(20, stepped -> {
            Backplane<Integer> data = new Backplane<>("data");
            Graphline graph = new Graphline("graph");
            graph.add(data);
            Pipeline<?, ?> reader = graph.add(reader(data, new ArrayList<>()));
            Stage<Void, Integer> failing = graph.add(Stage.of("failing", (inbox, outbox) -> {
                throw new IllegalStateException("broken");
            }));
            graph.link(failing.outbox, data.inbox);
            Throwable thrown = Stages.failureOf(graph, stepped);
            assertEquals(State.FAILED, data.state());
            assertEquals(State.FAILED, reader.state());
            assertInstanceOf(IllegalStateException.class, thrown);
        });
    }

    @Test
    void aSlowSubscriberHoldsThePublishersBackAndMissesNothing() {
        SteppedLoop.underSeeds(10, stepped -> {
            Backplane<Integer> data = new Backplane<>("data");
            AtomicInteger sent = new AtomicInteger();
            Stage<Void, Integer> eager = Stage.of("eager", (inbox, outbox) -> {
                for (int i = 0; i < 500; i++) {
                    outbox.send(i);
                    sent.incrementAndGet();
                }
            });
            List<Integer> all = new ArrayList<>();
            Stage<Integer, Void> slow = Stage.of("slow", (inbox, outbox) -> {
                Weft.sleep(Duration.ofSeconds(1));
                inbox.forEach(all::add);
            });
            Graphline graph = new Graphline("graph");
            graph.add(data);
            graph.add(Pipeline.from(eager).to(data.publisher()).build());
            graph.add(Pipeline.from(data.subscriber()).to(slow).build());
            stepped.spawn(graph::run);
            stepped.runUntilIdle();
            assertTrue(sent.get() < 100, sent::toString);
            stepped.advance(Duration.ofSeconds(1));
            assertEquals(500, all.size());
        });
    }
}
