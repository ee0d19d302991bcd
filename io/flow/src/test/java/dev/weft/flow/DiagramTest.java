package dev.weft.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
final class DiagramTest {

    private static Pipeline<Void, Void> pipeline() {
        Stage<Integer, Void> slow = Stage.of("slow", (inbox, outbox) -> {
            inbox.receive();
            Weft.sleep(Duration.ofSeconds(1));
            inbox.forEach(value -> {});
        });
        return Pipeline.from(Stages.numbers(5)).to(slow).build();
    }

    @Test
    void theTextShowsStatesCarriersLinksAndHowFullBoxesAre() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Pipeline<Void, Void> pipeline = pipeline();
            stepped.spawn(pipeline::run);
            stepped.runUntilIdle();
            assertEquals("""
                    Pipeline: RUNNING on greenlet
                      inbox -> numbers.inbox: the values to work on
                      outbox: the results
                      numbers: ENDED on greenlet
                        inbox (0 of 16): the values to work on
                        outbox -> slow.inbox: the results
                      slow: RUNNING on greenlet
                        inbox (4 of 16): the values to work on
                        outbox -> Pipeline.outbox: the results
                    """, Diagram.of(pipeline).text());
            stepped.advance(Duration.ofSeconds(1));
        }
    }

    @Test
    void dotShowsComponentsAsNodesAndLinksFromEndToEnd() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Pipeline<Void, Void> pipeline = pipeline();
            stepped.spawn(pipeline::run);
            stepped.runUntilIdle();
            assertEquals("""
                    digraph "Pipeline" {
                      rankdir=LR
                      node [shape=box]
                      subgraph cluster_n0 {
                        label="Pipeline\\nRUNNING on greenlet"
                        n0 [shape=point]
                        n1 [label="numbers\\nENDED on greenlet"]
                        n2 [label="slow\\nRUNNING on greenlet"]
                      }
                      n1 -> n2 [label="outbox > inbox (4 of 16)"]
                    }
                    """, Diagram.of(pipeline).dot());
            stepped.advance(Duration.ofSeconds(1));
        }
    }

    @Test
    void aStageInsideACarouselIsShown() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Carousel<Integer, Integer, Integer> carousel = new Carousel<>(
                    argument -> Stage.of("stage " + argument, (inbox, outbox) -> Weft.sleep(Duration.ofSeconds(1))));
            Graphline graph = new Graphline("a \"graph\"");
            graph.add(carousel);
            graph.link(graph.add(Stages.numbers(1)).outbox, carousel.next);
            graph.link(carousel.outbox, graph.add(Stages.<Integer>into(new ArrayList<>())).inbox);
            stepped.spawn(graph::run);
            stepped.runUntilIdle();
            String dot = Diagram.of(graph).dot();
            assertTrue(dot.startsWith("digraph \"a \\\"graph\\\"\" {"), dot);
            assertTrue(dot.contains("n2 [label=\"stage 0\\nRUNNING on greenlet\"]"), dot);
            assertTrue(dot.contains("n2 -> n4 [label=\"outbox > inbox (0 of 16)\"]"), dot);
            assertTrue(dot.contains("n1 -> n2 [label=\"inbox > inbox\"]"), dot);
            stepped.advance(Duration.ofSeconds(1));
        }
    }

    @Test
    void aGraphThatHasNotBeenStartedCanBeDescribed() {
        Pipeline<Void, Void> pipeline = pipeline();
        assertTrue(Diagram.of(pipeline).text().contains("numbers: NEW on greenlet"));
        assertTrue(Diagram.of(pipeline).dot().contains("n1 -> n2"));
    }
}
