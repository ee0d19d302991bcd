package dev.weft.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.flow.Component.State;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The promises of Kamaelia's carousel. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
final class CarouselTest {

    /** Sends arguments, each a pause after the other. */
    private static Stage<Integer, Integer> arguments(Duration pause, int... arguments) {
        return Stage.of("arguments", (inbox, outbox) -> {
            for (int argument : arguments) {
                outbox.send(argument);
                Weft.sleep(pause);
            }
        });
    }

    /** Sends its argument twice, with a second between. */
    private static Stage<Integer, Integer> twice(int argument) {
        return Stage.of("twice " + argument, (inbox, outbox) -> {
            outbox.send(argument);
            Weft.sleep(Duration.ofSeconds(1));
            outbox.send(argument);
        });
    }

    private static Graphline graph(
            Stage<Integer, Integer> arguments, Carousel<Integer, Integer, Integer> carousel, List<Integer> all) {
        Graphline graph = new Graphline("graph");
        graph.add(arguments);
        graph.add(carousel);
        graph.link(arguments.outbox, carousel.next);
        graph.link(carousel.outbox, graph.add(Stages.<Integer>into(all)).inbox);
        return graph;
    }

    @Test
    void argumentsMakeAChildAndItsOutputIsThatOfTheCarousel() {
        SteppedLoop.underSeeds(20, stepped -> {
            List<Integer> all = new ArrayList<>();
            Graphline graph =
                    graph(arguments(Duration.ofSeconds(5), 1, 2, 3), new Carousel<>(CarouselTest::twice), all);
            stepped.spawn(graph::run);
            stepped.advance(Duration.ofSeconds(20));
            assertEquals(List.of(1, 1, 2, 2, 3, 3), all);
            assertEquals(State.ENDED, graph.state());
        });
    }

    @Test
    void newArgumentsReplaceTheChildOnceItHasTerminated() {
        SteppedLoop.underSeeds(20, stepped -> {
            List<Integer> all = new ArrayList<>();
            List<String> order = new ArrayList<>();
            Carousel<Integer, Integer, Integer> carousel = new Carousel<>(argument -> {
                order.add("make " + argument);
                return Stage.of("stage", (inbox, outbox) -> {
                    try {
                        outbox.send(argument);
                        Weft.sleep(Duration.ofSeconds(1));
                    } finally {
                        Weft.shield(() -> Weft.sleep(Duration.ofMillis(1)));
                        order.add("end " + argument);
                    }
                });
            });
            Graphline graph = graph(arguments(Duration.ofMillis(100), 1, 2), carousel, all);
            stepped.spawn(graph::run);
            stepped.advance(Duration.ofSeconds(5));
            assertEquals(List.of("make 1", "end 1", "make 2", "end 2"), order);
            assertEquals(List.of(1, 2), all);
            assertEquals(State.ENDED, graph.state());
        });
    }

    @Test
    void whatAChildHasNotReceivedIsForTheNext() {
        SteppedLoop.underSeeds(20, stepped -> {
            List<String> received = new ArrayList<>();
            Carousel<Integer, Integer, Integer> carousel = new Carousel<>(argument ->
                    Stage.of("one", (inbox, outbox) -> received.add(argument + " gets " + inbox.receive())));
            Graphline graph = graph(arguments(Duration.ofSeconds(1), 7, 8, 9), carousel, new ArrayList<>());
            Stage<Void, Integer> numbers = Stage.of("numbers", (inbox, outbox) -> {
                for (int i = 0; i < 3; i++) {
                    outbox.send(i);
                    Weft.sleep(Duration.ofSeconds(1)); // the box stays open when a child has ended
                }
            });
            graph.link(graph.add(numbers).outbox, carousel.inbox);
            stepped.spawn(graph::run);
            stepped.advance(Duration.ofSeconds(5));
            assertEquals(List.of("7 gets 0", "8 gets 1", "9 gets 2"), received);
        });
    }

    @Test
    void itAsksForArgumentsWheneverItHasNoChild() {
        SteppedLoop.underSeeds(20, stepped -> {
            List<Integer> all = new ArrayList<>();
            List<Integer> asked = new ArrayList<>();
            Stage<Integer, Integer> chooser = Stage.of("chooser", (inbox, outbox) -> {
                for (int ended : inbox) {
                    asked.add(ended);
                    if (ended == 3) {
                        return;
                    }
                    outbox.send(10 * ended);
                }
            });
            Graphline graph = new Graphline("graph");
            Carousel<Integer, Integer, Integer> carousel = graph.add(new Carousel<>(CarouselTest::twice));
            graph.add(chooser);
            graph.link(carousel.requests, chooser.inbox);
            graph.link(chooser.outbox, carousel.next);
            graph.link(carousel.outbox, graph.add(Stages.<Integer>into(all)).inbox);
            stepped.spawn(graph::run);
            stepped.advance(Duration.ofSeconds(10));
            assertEquals(List.of(0, 1, 2, 3), asked);
            assertEquals(List.of(0, 0, 10, 10, 20, 20), all);
            assertEquals(State.ENDED, graph.state());
        });
    }

    @Test
    void itCountsTheChildrenThatWereReplacedToo() {
        SteppedLoop.underSeeds(20, stepped -> {
            List<Integer> asked = new ArrayList<>();
            Stage<Integer, Integer> impatient = Stage.of("impatient", (inbox, outbox) -> {
                asked.add(inbox.receive());
                outbox.send(1);
                Weft.sleep(Duration.ofMillis(100));
                outbox.send(2);
                asked.add(inbox.receive());
            });
            Carousel<Integer, Integer, Integer> carousel = new Carousel<>(CarouselTest::twice);
            Graphline graph = graph(impatient, carousel, new ArrayList<>());
            graph.link(carousel.requests, impatient.inbox);
            stepped.spawn(graph::run);
            stepped.advance(Duration.ofSeconds(5));
            assertEquals(List.of(0, 2), asked);
        });
    }

    @Test
    void argumentsArriveAlsoWhenNobodyListensToItsRequestsAnyMore() {
        SteppedLoop.underSeeds(20, stepped -> {
            List<Integer> all = new ArrayList<>();
            Carousel<Integer, Integer, Integer> carousel = new Carousel<>(CarouselTest::twice);
            Graphline graph = graph(arguments(Duration.ofSeconds(2), 1, 2), carousel, all);
            Stage<Integer, Void> once = graph.add(Stage.of("once", (inbox, outbox) -> inbox.receive()));
            graph.link(carousel.requests, once.inbox);
            stepped.spawn(graph::run);
            stepped.advance(Duration.ofSeconds(5));
            assertEquals(List.of(1, 1, 2, 2), all);
            assertEquals(State.ENDED, graph.state());
        });
    }

    @Test
    void pendingArgumentsAreHandledBeforeItEnds() {
        SteppedLoop.underSeeds(20, stepped -> {
            List<Integer> all = new ArrayList<>();
            Graphline graph = graph(arguments(Duration.ZERO, 1, 2, 3), new Carousel<>(CarouselTest::twice), all);
            stepped.spawn(graph::run);
            stepped.advance(Duration.ofSeconds(5));
            assertEquals(List.of(3, 3), all.subList(all.size() - 2, all.size()));
            assertEquals(State.ENDED, graph.state());
        });
    }

    @Test
    void theFailureOfAChildFailsIt() {
        SteppedLoop.underSeeds(20, stepped -> {
            Carousel<Integer, Integer, Integer> carousel =
                    new Carousel<>(argument -> Stage.of("failing", (inbox, outbox) -> {
                        throw new IllegalStateException("no " + argument);
                    }));
            Graphline graph = graph(arguments(Duration.ZERO, 0), carousel, new ArrayList<>());
            Throwable thrown = Stages.failureOf(graph, stepped);
            assertInstanceOf(IllegalStateException.class, thrown);
            assertEquals("no 0", thrown.getMessage());
            assertEquals(State.FAILED, carousel.state());
        });
    }

    @Test
    void aKillEndsItsChildToo() {
        SteppedLoop.underSeeds(20, stepped -> {
            Graphline graph =
                    graph(arguments(Duration.ofDays(1), 1), new Carousel<>(CarouselTest::twice), new ArrayList<>());
            Greenlet<?> running = stepped.run(graph::activate);
            stepped.runUntilIdle();
            running.kill();
            stepped.runUntilIdle();
            assertEquals(Greenlet.State.CANCELLED, running.state());
        });
    }
}
