package dev.weft.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The promises of Axon's linkages and boxes. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
final class LinkTest {

    @Test
    void anOutboxIsLinkedToOneBoxAtMost() {
        Graphline graph = new Graphline("graph");
        Stage<Void, Integer> numbers = graph.add(Stages.numbers(1));
        graph.link(numbers.outbox, graph.add(Stages.<Integer>copy("a")).inbox);
        Stage<Integer, Integer> b = graph.add(Stages.copy("b"));
        Exception e = assertThrows(IllegalStateException.class, () -> graph.link(numbers.outbox, b.inbox));
        assertEquals(
                "numbers.outbox is linked to a.inbox already, and so cannot be linked to b.inbox;"
                        + " to give each value to several readers, link it to a Backplane",
                e.getMessage());
    }

    @Test
    void severalOutboxesMayBeLinkedToAnInboxWhichEndsWithTheLast() {
        SteppedLoop.underSeeds(50, stepped -> {
            List<Integer> all = new ArrayList<>();
            Graphline graph = new Graphline("graph");
            Stage<Integer, Void> into = graph.add(Stages.into(all));
            for (int i = 0; i < 3; i++) {
                graph.link(graph.add(Stages.numbers(10 * (i + 1))).outbox, into.inbox);
            }
            stepped.spawn(graph::run);
            stepped.runUntilIdle();
            assertEquals(60, all.size());
            assertEquals(Component.State.ENDED, graph.state());
        });
    }

    /** A component that contains another, in as many layers as are asked for. */
    private static final class Shell extends Stage<Integer, Integer> {
        Shell(Stage<Integer, Integer> inner) {
            super("shell");
            add(inner);
            link(inbox, inner.inbox);
            link(inner.outbox, outbox);
        }

        static Stage<Integer, Integer> around(Stage<Integer, Integer> inner, int layers) {
            return layers == 0 ? inner : around(new Shell(inner), layers - 1);
        }

        @Override
        protected void main() {}
    }

    @Test
    void aChainOfPassThroughLinksDeliversStraightToTheInnermostInbox() {
        SteppedLoop.underSeeds(20, stepped -> {
            List<Integer> all = new ArrayList<>();
            Stage<Integer, Integer> inner = Stages.copy("inner");
            Stage<Integer, Integer> shell = Shell.around(inner, 10);
            Stage<Integer, Void> into = Stages.into(all);
            stepped.spawn(Pipeline.from(Stages.numbers(50)).to(shell).to(into).build()::run);
            stepped.runUntilIdle();
            assertEquals(50, all.size());
            assertSame(into.inbox, inner.outbox.destination());
        });
    }

    @Test
    void passThroughAddsNoBuffer() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            AtomicInteger sent = new AtomicInteger();
            Stage<Void, Integer> eager = Stage.of("eager", (inbox, outbox) -> {
                while (true) {
                    outbox.send(sent.getAndIncrement());
                }
            });
            Stage<Integer, Integer> inner =
                    Stage.of("inner", (inbox, outbox) -> Weft.sleep(java.time.Duration.ofSeconds(1)));
            inner.inbox.capacity(4);
            stepped.spawn(Pipeline.from(eager).to(Shell.around(inner, 5)).build()::run);
            stepped.runUntilIdle();
            assertEquals(5, sent.get()); // four in the box, one on its way
            stepped.advance(java.time.Duration.ofSeconds(1));
        }
    }

    @Test
    void aBoxThatPassesThroughCannotBeUsedByItsComponent() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Stage<Integer, Integer> reading = new Stage<>("reading") {
                {
                    Stage<Integer, Integer> inner = add(Stages.copy("inner"));
                    link(inbox, inner.inbox);
                    link(inner.outbox, outbox);
                }

                @Override
                protected void main() {
                    assertEquals(
                            "reading.inbox passes its values on to inner.inbox, and so cannot be read",
                            assertThrows(IllegalStateException.class, inbox::receive)
                                    .getMessage());
                    assertEquals(
                            "reading.outbox passes on the values of [inner.outbox], and so cannot be sent to",
                            assertThrows(IllegalStateException.class, () -> outbox.send(1))
                                    .getMessage());
                }
            };
            stepped.spawn(reading::run);
            stepped.runUntilIdle();
        }
    }

    @Test
    void aComponentPassesThroughItsOwnBoxesOnly() {
        Graphline graph = new Graphline("graph");
        Stage<Integer, Integer> a = graph.add(Stages.copy("a"));
        Stage<Integer, Integer> b = graph.add(Stages.copy("b"));
        Exception e = assertThrows(IllegalArgumentException.class, () -> graph.link(a.inbox, b.inbox));
        assertEquals("a.inbox is not a box of graph; a component passes values through its own boxes", e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> graph.link(a.outbox, b.outbox));
    }

    @Test
    void aLinkIsMadeBeforeTheComponentRuns() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Stage<Void, Integer> numbers = Stages.numbers(1);
            stepped.spawn(numbers::run);
            stepped.runUntilIdle();
            Graphline graph = new Graphline("graph");
            Stage<Integer, Integer> copy = graph.add(Stages.copy("copy"));
            assertThrows(IllegalStateException.class, () -> graph.link(numbers.outbox, copy.inbox));
            assertThrows(IllegalStateException.class, () -> graph.add(numbers));
            assertThrows(IllegalStateException.class, () -> numbers.inbox.capacity(1));
        }
    }

    @Test
    void dataFlowsAlongTheLinksAndNowhereElse() {
        SteppedLoop.underSeeds(20, stepped -> {
            List<Integer> even = new ArrayList<>();
            List<Integer> odd = new ArrayList<>();
            Graphline graph = new Graphline("graph");
            Splitter splitter = graph.add(new Splitter());
            graph.link(graph.add(Stages.numbers(10)).outbox, splitter.numbers);
            graph.link(splitter.even, graph.add(Stages.<Integer>into(even)).inbox);
            graph.link(splitter.odd, graph.add(Stages.<Integer>into(odd)).inbox);
            stepped.spawn(graph::run);
            stepped.runUntilIdle();
            assertEquals(List.of(0, 2, 4, 6, 8), even);
            assertEquals(List.of(1, 3, 5, 7, 9), odd);
        });
    }

    private static final class Splitter extends Component {
        final Inbox<Integer> numbers = inbox("numbers", "any numbers");
        final Outbox<Integer> even = outbox("even", "the even ones");
        final Outbox<Integer> odd = outbox("odd", "the odd ones");

        @Override
        protected void main() {
            for (int number : numbers) {
                (number % 2 == 0 ? even : odd).send(number);
            }
        }
    }

    @Test
    void aSubtypeMayBeSentToAnInboxOfItsSupertype() {
        SteppedLoop.underSeeds(5, stepped -> {
            List<Object> all = new ArrayList<>();
            Graphline graph = new Graphline("graph");
            Stage<Object, Void> into = graph.add(Stages.into(all));
            graph.link(graph.add(Stages.numbers(2)).outbox, into.inbox);
            graph.link(
                    graph.add(Stage.<Void, String>of("text", (inbox, outbox) -> outbox.send("x"))).outbox, into.inbox);
            stepped.spawn(graph::run);
            stepped.runUntilIdle();
            assertEquals(3, all.size());
        });
    }

    @Test
    void aFullBoxHoldsItsSendersBack() {
        SteppedLoop.underSeeds(50, stepped -> {
            AtomicInteger ahead = new AtomicInteger();
            Stage<Void, Integer> sender = Stage.of("sender", (inbox, outbox) -> {
                for (int i = 0; i < 100; i++) {
                    outbox.send(i);
                    int now = ahead.incrementAndGet();
                    assertTrue(now <= 4, () -> "ahead by " + now);
                }
            });
            Stage<Integer, Void> reader = Stage.of("reader", (inbox, outbox) -> {
                inbox.forEach(value -> {
                    ahead.decrementAndGet();
                    Weft.yieldNow();
                });
            });
            reader.inbox.capacity(3); // and one that has just been received
            stepped.spawn(Pipeline.from(sender).to(reader).build()::run);
            stepped.runUntilIdle();
            assertEquals(0, ahead.get());
        });
    }

    @Test
    void aCapacityIsNotNegative() {
        Exception e = assertThrows(
                IllegalArgumentException.class, () -> Stages.numbers(1).inbox.capacity(-1));
        assertEquals("the capacity of numbers.inbox must be at least 0: -1", e.getMessage());
    }
}
