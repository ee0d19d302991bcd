package dev.weft.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.flow.Component.State;
import dev.weft.sync.ChannelFailed;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** End and failure travel along the links, from every position of a graph. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
final class EndAndFailureTest {
    private static final int STAGES = 4;

    /** What the stage in a given position does once it has handled three values. */
    private enum Event {
        RETURNS,
        FAILS
    }

    /** A stage that makes or sends on numbers; in position {@code where} it returns or fails after some. */
    private static Stage<Integer, Integer> stage(int position, int where, Event event, List<Integer> arrived) {
        return Stage.of("stage " + position, (inbox, outbox) -> {
            for (int i = 0; ; i++) {
                if (position == where && i == 3) {
                    if (event == Event.FAILS) {
                        throw new IOException("failed at " + where);
                    }
                    return;
                }
                Integer value = position == 0
                        ? Integer.valueOf(i)
                        : inbox.receiveOrEnd().orElse(null);
                if (value == null) {
                    return;
                }
                if (position == STAGES - 1) {
                    arrived.add(value);
                } else {
                    outbox.send(value);
                }
            }
        });
    }

    private static Pipeline<Integer, Integer> pipeline(int where, Event event, List<Integer> arrived) {
        Pipeline.Builder<Integer, Integer> stages = Pipeline.from(stage(0, where, event, arrived));
        for (int position = 1; position < STAGES; position++) {
            stages = stages.to(stage(position, where, event, arrived));
        }
        return stages.build();
    }

    @Test
    void theEndOfAnyStageEndsThePipelineAndNothingSentBeforeIsLost() {
        for (int where = 0; where < STAGES; where++) {
            int position = where;
            SteppedLoop.underSeeds(40, stepped -> {
                List<Integer> arrived = new ArrayList<>();
                Pipeline<Integer, Integer> pipeline = pipeline(position, Event.RETURNS, arrived);
                stepped.spawn(pipeline::run);
                stepped.runUntilIdle();
                assertEquals(State.ENDED, pipeline.state());
                pipeline.children.forEach(
                        child -> assertEquals(State.ENDED, child.component().state()));
                assertEquals(List.of(0, 1, 2), arrived);
            });
        }
    }

    @Test
    void theFailureOfAnyStageReachesAllOthersAndIsThrownOnceAsItIs() {
        for (int where = 0; where < STAGES; where++) {
            int position = where;
            SteppedLoop.underSeeds(40, stepped -> {
                List<Integer> arrived = new ArrayList<>();
                Pipeline<Integer, Integer> pipeline = pipeline(position, Event.FAILS, arrived);
                Throwable thrown = Stages.failureOf(pipeline, stepped);
                assertInstanceOf(IOException.class, thrown);
                assertEquals("failed at " + position, thrown.getMessage());
                pipeline.children.forEach(child -> {
                    assertEquals(State.FAILED, child.component().state(), child.component()::name);
                    assertSame(thrown, child.component().failure());
                });
                assertEquals(List.of(0, 1, 2), arrived); // what was sent before the failure is received before it
            });
        }
    }

    @Test
    void aComponentMayHandleAFailureThatReachesIt() {
        SteppedLoop.underSeeds(20, stepped -> {
            List<String> notes = new ArrayList<>();
            Stage<Void, Integer> failing = Stage.of("failing", (inbox, outbox) -> {
                outbox.send(1);
                throw new IllegalStateException("no more");
            });
            Stage<Integer, Void> careful = Stage.of("careful", (inbox, outbox) -> {
                try {
                    inbox.forEach(value -> notes.add("got " + value));
                } catch (ChannelFailed e) {
                    notes.add(String.valueOf(e.getCause()));
                }
            });
            Pipeline<Void, Void> pipeline = Pipeline.from(failing).to(careful).build();
            Throwable thrown = Stages.failureOf(pipeline, stepped);
            assertEquals(List.of("got 1", "java.lang.IllegalStateException: no more"), notes);
            assertEquals(State.ENDED, careful.state());
            assertInstanceOf(IllegalStateException.class, thrown);
        });
    }

    @Test
    void componentsThatAFailureDoesNotReachGoOn() {
        SteppedLoop.underSeeds(20, stepped -> {
            List<Integer> all = new ArrayList<>();
            Graphline graph = new Graphline("graph");
            graph.add(Stage.of("failing", (inbox, outbox) -> {
                throw new IllegalStateException("alone");
            }));
            graph.link(graph.add(Stages.numbers(100)).outbox, graph.add(Stages.<Integer>into(all)).inbox);
            Throwable thrown = Stages.failureOf(graph, stepped);
            assertEquals(100, all.size());
            assertInstanceOf(IllegalStateException.class, thrown);
        });
    }

    @Test
    void failuresWithDifferentCausesAreSuppressedInTheFirst() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Graphline graph = new Graphline("graph");
            for (String name : List.of("a", "b")) {
                graph.add(Stage.of(name, (inbox, outbox) -> {
                    throw new IllegalStateException(name);
                }));
            }
            Throwable thrown = Stages.failureOf(graph, stepped);
            assertInstanceOf(IllegalStateException.class, thrown);
            assertEquals("a", thrown.getMessage());
            assertTrue(List.of(thrown.getSuppressed()).stream().anyMatch(other -> "b".equals(other.getMessage())));
        }
    }

    @Test
    void aFailureTravelsThroughCompositesAndIsReportedOnce() {
        SteppedLoop.underSeeds(20, stepped -> {
            Pipeline<Void, Integer> failing = Pipeline.from(Stages.numbers(5))
                    .to(Stage.<Integer, Integer>of("failing", (inbox, outbox) -> {
                        inbox.receive();
                        throw new IllegalStateException("inside");
                    }))
                    .build();
            Pipeline<Integer, Integer> after = Pipeline.from(Stages.<Integer>copy("a"))
                    .to(Stages.<Integer>copy("b"))
                    .build();
            Throwable thrown = Stages.failureOf(Pipeline.from(failing).to(after).build(), stepped);
            assertInstanceOf(IllegalStateException.class, thrown);
            assertEquals("inside", thrown.getMessage());
            assertEquals(State.FAILED, after.state());
            assertEquals(0, thrown.getSuppressed().length);
        });
    }

    @Test
    void aFailureOfMainKillsWhatIsInside() {
        SteppedLoop.underSeeds(20, stepped -> {
            Stage<Void, Void> asleep = Stage.of("asleep", (inbox, outbox) -> Weft.sleep(java.time.Duration.ofDays(1)));
            Component parent = new Component("parent") {
                @Nullable Greenlet<?> child;

                @Override
                protected void main() {
                    child = start(asleep);
                    Weft.yieldNow();
                    throw new IllegalStateException("broken");
                }
            };
            Throwable thrown = Stages.failureOf(parent, stepped);
            assertInstanceOf(IllegalStateException.class, thrown);
            assertEquals(State.CANCELLED, asleep.state());
        });
    }

    @Test
    void aKilledComponentHasFailedToItsNeighbours() {
        SteppedLoop.underSeeds(20, stepped -> {
            List<Greenlet<?>> victim = new ArrayList<>();
            Stage<Void, Integer> killed = Stage.of("killed", (inbox, outbox) -> {
                victim.add(Greenlet.current());
                outbox.send(1);
                Weft.sleep(java.time.Duration.ofDays(1));
            });
            List<Integer> all = new ArrayList<>();
            Stage<Integer, Void> into = Stages.into(all);
            Component pipeline = Pipeline.from(killed).to(into).build();
            Greenlet<?> running = stepped.spawn(() -> assertThrows(Cancelled.class, pipeline::run));
            stepped.runUntilIdle();
            victim.get(0).kill();
            stepped.runUntilIdle();
            assertEquals(State.CANCELLED, killed.state());
            assertEquals(State.FAILED, into.state());
            assertEquals(List.of(1), all);
            assertTrue(running.state().isDone());
        });
    }

    @Test
    void aComponentThatIsKilledBeforeItHasBegunHasFailedToItsNeighbours() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Backplane<Integer> data = new Backplane<Integer>("data").keepOpen();
            Pipeline<?, ?> reader = Pipeline.from(data.subscriber())
                    .to(Stages.into(new ArrayList<>()))
                    .build();
            Greenlet<?> failure = stepped.spawn(() -> assertThrows(Cancelled.class, reader::run));
            stepped.runUntilIdle();
            stepped.run(() -> {
                data.activate().kill();
                return 0;
            });
            stepped.runUntilIdle();
            assertEquals(State.CANCELLED, data.state());
            failure.join();
        }
    }
}
