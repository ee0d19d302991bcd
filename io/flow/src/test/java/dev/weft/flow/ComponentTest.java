package dev.weft.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.flow.Component.State;
import dev.weft.sync.Select;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import dev.weft.testing.SteppedLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The promises of Axon's components: declared boxes, and what wakes a component that waits. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
final class ComponentTest {

    private static final class Upper extends Component {
        final Inbox<String> lines = inbox("lines", "text in any case");
        final Outbox<String> capitals = outbox("capitals", "the same text in capitals");

        @Override
        protected void main() {
            for (String line : lines) {
                capitals.send(line.toUpperCase(java.util.Locale.ROOT));
            }
        }
    }

    @Test
    void boxesAreDeclaredWithNameAndPurpose() {
        Upper upper = new Upper();
        assertEquals("Upper", upper.name());
        assertEquals(List.of(upper.lines), upper.inboxes());
        assertEquals(List.of(upper.capitals), upper.outboxes());
        assertEquals("text in any case", upper.lines.purpose());
        assertEquals("Upper.capitals", upper.capitals.toString());
        assertSame(upper, upper.lines.component());
    }

    @Test
    void aNameIsDeclaredOnce() {
        Graphline twice = new Graphline("twice");
        twice.inbox("a", "first");
        Exception e = assertThrows(IllegalArgumentException.class, () -> twice.outbox("a", "second"));
        assertEquals("twice has a box called a already", e.getMessage());
    }

    @Test
    void componentsRunWhenTheOuterOneIsStartedAndNoSooner() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Graphline graph = new Graphline("graph");
            Upper upper = graph.add(new Upper());
            stepped.runUntilIdle();
            assertEquals(State.NEW, upper.state());
            Greenlet<?> running = stepped.run(graph::activate);
            stepped.runUntilIdle();
            assertEquals(State.ENDED, upper.state());
            running.join();
        }
    }

    @Test
    void aComponentRunsOnce() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Upper upper = new Upper();
            stepped.spawn(upper::run);
            stepped.runUntilIdle();
            Exception e = assertThrows(IllegalStateException.class, () -> stepped.run(upper::activate));
            assertEquals("Upper has been started; create a new one", e.getMessage());
        }
    }

    @Test
    void aBoxIsUsedByARunningComponentOnly() {
        Upper upper = new Upper();
        assertThrows(IllegalStateException.class, () -> upper.capitals.send("early"));
        assertThrows(IllegalStateException.class, upper.lines::receive);
    }

    @Test
    void anInboxWithoutLinksHasEndedAndAnOutboxWithoutLinksDrops() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Stage<Void, Integer> alone = Stage.of("alone", (inbox, outbox) -> {
                assertTrue(inbox.receiveOrEnd().isEmpty());
                for (int i = 0; i < 100; i++) {
                    outbox.send(i);
                }
                Weft.await(outbox.sending(100));
            });
            stepped.spawn(alone::run);
            stepped.runUntilIdle();
            assertEquals(State.ENDED, alone.state());
        }
    }

    @Test
    void aWaitingComponentIsWokenByArrival() {
        SteppedLoop.underSeeds(20, stepped -> {
            Recorder recorder = new Recorder();
            Stage<Void, String> late = Stage.of("late", (inbox, outbox) -> {
                Weft.sleep(java.time.Duration.ofSeconds(1));
                recorder.add("sends");
                outbox.send("value");
            });
            Stage<String, Void> waiting = Stage.of("waiting", (inbox, outbox) -> {
                recorder.add(inbox.receive());
                recorder.add(inbox.receiveOrEnd().isPresent());
            });
            stepped.spawn(Pipeline.from(late).to(waiting).build()::run);
            stepped.runUntilIdle();
            assertEquals(List.of(), recorder.events());
            stepped.advance(java.time.Duration.ofSeconds(1));
            recorder.assertHappened("sends", "value", false);
        });
    }

    @Test
    void aWaitingComponentIsWokenByCollection() {
        SteppedLoop.underSeeds(20, stepped -> {
            Recorder recorder = new Recorder();
            Stage<Void, Integer> sender = Stage.of("sender", (inbox, outbox) -> {
                outbox.send(0);
                String chosen = Weft.select(
                        Select.on(outbox.sending(1), () -> "room"),
                        Select.after(java.time.Duration.ofSeconds(9), () -> "time"));
                recorder.add(chosen);
            });
            Stage<Integer, Void> reader = Stage.of("reader", (inbox, outbox) -> {
                Weft.sleep(java.time.Duration.ofSeconds(1));
                recorder.add("collects " + inbox.receive());
                Weft.sleep(java.time.Duration.ofSeconds(1));
                recorder.add("collects " + inbox.receive());
            });
            reader.inbox.capacity(1);
            stepped.spawn(Pipeline.from(sender).to(reader).build()::run);
            stepped.runUntilIdle();
            assertEquals(List.of(), recorder.events());
            stepped.advance(java.time.Duration.ofSeconds(1));
            recorder.assertHappened("collects 0", "room");
            stepped.advance(java.time.Duration.ofSeconds(1));
        });
    }

    @Test
    void aSendIntoABoxOfZeroReturnsWhenItsValueHasBeenCollected() {
        SteppedLoop.underSeeds(20, stepped -> {
            Recorder recorder = new Recorder();
            Stage<Void, Integer> sender = Stage.of("sender", (inbox, outbox) -> {
                outbox.send(0);
                recorder.add("sent");
            });
            Stage<Integer, Void> reader = Stage.of("reader", (inbox, outbox) -> {
                Weft.sleep(java.time.Duration.ofSeconds(1));
                inbox.receive();
            });
            reader.inbox.capacity(0);
            stepped.spawn(Pipeline.from(sender).to(reader).build()::run);
            stepped.runUntilIdle();
            assertEquals(List.of(), recorder.events());
            stepped.advance(java.time.Duration.ofSeconds(1));
            recorder.assertHappened("sent");
        });
    }

    /** Starts a component while it runs, and waits for its end and for values at the same time. */
    private static final class Parent extends Component {
        final Recorder recorder;
        final Inbox<Integer> values = inbox("values", "what the child sends");

        Parent(Recorder recorder) {
            this.recorder = recorder;
        }

        @Override
        protected void main() {
            Stage<Void, Integer> child = Stages.numbers(3);
            link(child.outbox, values);
            Greenlet<@Nullable Void> running = start(child);
            boolean alive = true;
            while (alive) {
                alive = Weft.select(
                        Select.on(values.receiving(), value -> {
                            recorder.add(value);
                            return true;
                        }),
                        Select.on(running, () -> false));
            }
            recorder.add("child has ended");
        }
    }

    @Test
    void aWaitingComponentIsWokenByTheEndOfItsChild() {
        SteppedLoop.underSeeds(50, stepped -> {
            Recorder recorder = new Recorder();
            Parent parent = new Parent(recorder);
            parent.values.keepOpen();
            stepped.spawn(parent::run);
            stepped.runUntilIdle();
            List<Object> events = recorder.events();
            assertEquals("child has ended", events.get(events.size() - 1));
            assertEquals(State.ENDED, parent.state());
        });
    }

    @Test
    void theFailureOfAStartedComponentIsForWhoeverJoinsIt() {
        SteppedLoop.underSeeds(20, stepped -> {
            Component parent = new Component("parent") {
                @Override
                protected void main() {
                    Greenlet<?> child = start(Stage.of("child", (inbox, outbox) -> {
                        throw new IllegalStateException("broken");
                    }));
                    assertThrows(IllegalStateException.class, child::join);
                }
            };
            stepped.spawn(parent::run);
            stepped.runUntilIdle();
            assertEquals(State.ENDED, parent.state());
        });
    }

    @Test
    void aComponentIsStartedFromInsideOnly() {
        Component parent = new Component("parent") {
            @Override
            protected void main() {}
        };
        Exception e = assertThrows(IllegalStateException.class, () -> parent.start(Stages.numbers(1)));
        assertEquals(
                "parent can start numbers only in its main method, and on a greenlet; or add it in the constructor",
                e.getMessage());
    }

    @Test
    void aKillEndsAComponentAndAllInsideIt() {
        SteppedLoop.underSeeds(20, stepped -> {
            List<Integer> all = new ArrayList<>();
            Stage<Integer, Integer> stuck =
                    Stage.of("stuck", (inbox, outbox) -> Weft.sleep(java.time.Duration.ofDays(1)));
            Pipeline<Void, Void> pipeline = Pipeline.from(Stages.numbers(1_000))
                    .to(stuck)
                    .to(Stages.into(all))
                    .build();
            Greenlet<?> running = stepped.run(pipeline::activate);
            stepped.runUntilIdle();
            running.kill();
            stepped.runUntilIdle();
            assertEquals(Greenlet.State.CANCELLED, running.state());
            assertEquals(State.CANCELLED, pipeline.state());
            assertEquals(State.CANCELLED, stuck.state());
            assertEquals(List.of(), all);
        });
    }

    @Test
    void dataReachesTheReaderInOrder() {
        SteppedLoop.underSeeds(50, stepped -> {
            List<Integer> all = new ArrayList<>();
            stepped.spawn(
                    Pipeline.from(Stages.numbers(100)).to(Stages.into(all)).build()::run);
            stepped.runUntilIdle();
            assertEquals(IntStream.range(0, 100).boxed().toList(), all);
        });
    }
}
