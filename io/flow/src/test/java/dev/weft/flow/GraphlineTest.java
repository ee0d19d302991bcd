package dev.weft.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;

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

/** The promises of Kamaelia's graphline. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
final class GraphlineTest {

    @Test
    void terminatesWhenAllChildrenHaveTerminatedAndNotBefore() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Graphline graph = new Graphline("graph");
            for (int i = 1; i <= 3; i++) {
                Duration nap = Duration.ofSeconds(i);
                graph.add(Stage.of("child", (inbox, outbox) -> Weft.sleep(nap)));
            }
            stepped.spawn(graph::run);
            stepped.advance(Duration.ofMillis(2_500));
            assertEquals(State.RUNNING, graph.state());
            stepped.advance(Duration.ofSeconds(1));
            assertEquals(State.ENDED, graph.state());
        }
    }

    @Test
    void childrenRunWithoutAnyLinks() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Graphline graph = new Graphline("graph");
            Component child = graph.add(Stages.numbers(3));
            stepped.spawn(graph::run);
            stepped.runUntilIdle();
            assertEquals(State.ENDED, child.state());
        }
    }

    @Test
    void withoutChildrenItEnds() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Graphline graph = new Graphline("empty");
            stepped.spawn(graph::run);
            stepped.runUntilIdle();
            assertEquals(State.ENDED, graph.state());
        }
    }

    @Test
    void itsOwnBoxesPassThrough() {
        SteppedLoop.underSeeds(20, stepped -> {
            List<Integer> all = new ArrayList<>();
            Graphline inner = new Graphline("inner");
            Inbox<Integer> left = inner.inbox("left", "numbers");
            Inbox<Integer> right = inner.inbox("right", "more numbers");
            Outbox<Integer> both = inner.outbox("both", "all of them");
            Stage<Integer, Integer> copy = inner.add(Stages.copy("copy"));
            inner.link(left, copy.inbox);
            inner.link(right, copy.inbox);
            inner.link(copy.outbox, both);

            Graphline outer = new Graphline("outer");
            outer.add(inner);
            outer.link(outer.add(Stages.numbers(20)).outbox, left);
            outer.link(outer.add(Stages.numbers(30)).outbox, right);
            outer.link(both, outer.add(Stages.<Integer>into(all)).inbox);
            stepped.spawn(outer::run);
            stepped.runUntilIdle();
            assertEquals(50, all.size());
            assertEquals(State.ENDED, outer.state());
        });
    }

    @Test
    void aCycleOfLinksEndsWhenItsComponentsDo() {
        SteppedLoop.underSeeds(20, stepped -> {
            List<Integer> seen = new ArrayList<>();
            Graphline graph = new Graphline("ring");
            Stage<Integer, Integer> first = graph.add(Stage.of("first", (inbox, outbox) -> {
                outbox.send(0);
                for (int value : inbox) {
                    seen.add(value);
                    if (value == 5) {
                        return;
                    }
                    outbox.send(value);
                }
            }));
            Stage<Integer, Integer> second = graph.add(Stage.of("second", (inbox, outbox) -> {
                for (int value : inbox) {
                    outbox.send(value + 1);
                }
            }));
            graph.link(first.outbox, second.inbox);
            graph.link(second.outbox, first.inbox);
            stepped.spawn(graph::run);
            stepped.runUntilIdle();
            assertEquals(List.of(1, 2, 3, 4, 5), seen);
            assertEquals(State.ENDED, graph.state());
        });
    }
}
