package dev.weft.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.flow.Component.State;
import dev.weft.serial.NotSerializable;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.workers.WorkerDied;
import dev.weft.workers.internal.SocketDirectory;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Components in real worker processes. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
final class ProcessTest {
    private LoopGroup group;
    private Loop loop;

    @BeforeEach
    void open() {
        group = LoopGroup.open();
        loop = group.next();
    }

    /** Nothing is left: no child process and no socket, once the graph has ended. */
    @AfterEach
    void close() throws IOException {
        group.close();
        assertEquals(List.of(), directories());
        assertEquals(
                List.of(),
                ProcessHandle.current()
                        .children()
                        .filter(ProcessHandle::isAlive)
                        .toList());
    }

    private static List<Path> directories() throws IOException {
        String prefix = SocketDirectory.prefix(ProcessHandle.current().pid());
        try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return all.filter(path -> path.getFileName().toString().startsWith(prefix))
                    .toList();
        }
    }

    @Test
    void whileItRunsThereIsNothingThatAKillWouldLeaveBehind() {
        List<Object> seen = new ArrayList<>();
        Stage<Void, Integer> one = Stage.of("one", (inbox, outbox) -> outbox.send(1));
        Stage<Integer, Void> look = Stage.of("look", (inbox, outbox) -> {
            for (int number : inbox) {
                seen.add(number);
                seen.add(directories());
            }
        });
        loop.call(Pipeline.from(one, Carrier.process()).to(look).build()::run);
        assertEquals(List.of(1, List.of()), seen);
    }

    /** Splits numbers by a predicate's result, with boxes of its own. */
    private static final class Splitter extends Component implements Serializable {
        private static final long serialVersionUID = 1L;

        final Inbox<Integer> numbers = inbox("numbers", "any numbers");
        final Outbox<Integer> multiples = outbox("multiples", "those that the divisor divides");
        final Outbox<Integer> others = outbox("others", "the others");
        private final int divisor;

        Splitter(int divisor) {
            this.divisor = divisor;
        }

        @Override
        protected void main() {
            for (int number : numbers) {
                (number % divisor == 0 ? multiples : others).send(number);
            }
        }
    }

    @Test
    void theSameComponentRunsInAProcess() {
        List<Integer> multiples = new ArrayList<>();
        List<Integer> others = new ArrayList<>();
        Graphline graph = new Graphline("graph");
        Splitter splitter = graph.add(new Splitter(3), Carrier.process());
        graph.link(graph.add(Stages.numbers(100)).outbox, splitter.numbers);
        graph.link(splitter.multiples, graph.add(Stages.<Integer>into(multiples)).inbox);
        graph.link(splitter.others, graph.add(Stages.<Integer>into(others)).inbox);
        loop.call(graph::run);
        assertEquals(IntStream.range(0, 100).filter(i -> i % 3 == 0).boxed().toList(), multiples);
        assertEquals(IntStream.range(0, 100).filter(i -> i % 3 != 0).boxed().toList(), others);
    }

    @Test
    void itIsAnotherProcessAndHasTheNameOfTheComponent() {
        List<Object> seen = new ArrayList<>();
        Stage<Void, Object> look = Stage.of("look", (inbox, outbox) -> {
            outbox.send(ProcessHandle.current().pid());
            outbox.send(Greenlet.current().name());
        });
        loop.call(Pipeline.from(look, Carrier.process()).to(Stages.into(seen)).build()::run);
        assertFalse(seen.get(0).equals(ProcessHandle.current().pid()));
        assertEquals("look", seen.get(1));
    }

    @Test
    void aFullBoxHoldsAProcessBack() throws Exception {
        AtomicInteger last = new AtomicInteger();
        CompletableFuture<Integer> whenFull = new CompletableFuture<>();
        Stage<Void, Integer> eager = Stage.of("eager", (inbox, outbox) -> {
            for (int i = 0; i < 1_000; i++) {
                if (Weft.moveOnAfter(Duration.ofMillis(500), send(outbox, i))) {
                    continue;
                }
                outbox.send(-i); // the first that found no room
                return;
            }
        });
        Stage<Integer, Void> reader = Stage.of("reader", (inbox, outbox) -> {
            Weft.sleep(Duration.ofSeconds(3));
            inbox.forEach(last::set);
            whenFull.complete(last.get());
        });
        loop.call(Pipeline.from(eager, Carrier.process()).to(reader).build()::run);
        int sent = -whenFull.get();
        assertTrue(sent > 16 && sent < 64, () -> sent + " values were sent before the sender was held back");
    }

    private static dev.weft.CheckedAction<RuntimeException> send(Outbox<Integer> outbox, int value) {
        return () -> outbox.send(value);
    }

    @Test
    void aFailureArrivesWhole() {
        Stage<Integer, Integer> failing = Stage.of("failing", (inbox, outbox) -> {
            outbox.send(inbox.receive());
            throw new IOException("broken", new IllegalStateException("why"));
        });
        Stage<Void, Integer> numbers = Stages.numbers(1_000);
        List<Integer> all = new ArrayList<>();
        Stage<Integer, Void> into = Stages.into(all);
        Pipeline<Void, Void> pipeline =
                Pipeline.from(numbers).to(failing, Carrier.process()).to(into).build();
        Exception e = assertThrows(
                IOException.class,
                () -> loop.call(() -> {
                    pipeline.run();
                    return 0;
                }));
        assertEquals("broken", e.getMessage());
        assertInstanceOf(IllegalStateException.class, e.getCause());
        assertTrue(List.of(e.getStackTrace()).stream()
                .anyMatch(frame -> frame.getClassName().contains("ProcessTest")));
        assertEquals(List.of(0), all);
        assertEquals(State.FAILED, numbers.state());
        assertEquals(State.FAILED, into.state());
    }

    @Test
    void aFailureThatTravelsThroughAProcessIsReportedOnceAndAsItIs() {
        for (boolean upstream : List.of(true, false)) {
            IllegalStateException failure = new IllegalStateException("outside");
            Stage<Void, Integer> source = upstream ? failing(failure) : Stages.numbers(1_000);
            Stage<Integer, Integer> copy = Stages.copy("copy");
            Stage<Integer, Void> sink = upstream ? Stages.into(new ArrayList<>()) : failing(failure);
            Pipeline<Void, Void> pipeline =
                    Pipeline.from(source).to(copy, Carrier.process()).to(sink).build();
            Exception e = assertThrows(IllegalStateException.class, () -> loop.call(pipeline::run));
            assertSame(failure, e);
            assertEquals(State.FAILED, copy.state());
            assertSame(failure, copy.failure());
        }
    }

    private static <I, O> Stage<I, O> failing(RuntimeException failure) {
        return Stage.of("failing", (inbox, outbox) -> {
            throw failure;
        });
    }

    @Test
    void theEndOfAReaderEndsASenderInAProcessAndTheOtherWayRound() {
        Stage<Integer, Void> one = Stage.of("one", (inbox, outbox) -> inbox.receive());
        Stage<Void, Integer> numbers = Stages.numbers(100_000);
        loop.call(Pipeline.from(numbers, Carrier.process()).to(one).build()::run);
        assertEquals(State.ENDED, numbers.state());

        Stage<Void, Integer> outside = Stages.numbers(100_000);
        Stage<Integer, Void> inside = Stage.of("inside", (inbox, outbox) -> inbox.receive());
        loop.call(Pipeline.from(outside).to(inside, Carrier.process()).build()::run);
        assertEquals(State.ENDED, outside.state());
    }

    @Test
    void aProcessThatDiesFailsItsComponent() {
        Stage<Integer, Integer> dying = Stage.of("dying", (inbox, outbox) -> {
            outbox.send(inbox.receive());
            inbox.receive();
            Runtime.getRuntime().halt(3);
        });
        Stage<Void, Integer> numbers = Stages.numbers(1_000);
        Pipeline<Void, Void> pipeline = Pipeline.from(numbers)
                .to(dying, Carrier.process())
                .to(Stages.into(new ArrayList<>()))
                .build();
        assertThrows(WorkerDied.class, () -> loop.call(pipeline::run));
        assertEquals(State.FAILED, numbers.state());
    }

    @Test
    void aKillEndsTheProcess() throws Exception {
        CompletableFuture<Long> started = new CompletableFuture<>();
        Stage<Void, Long> stuck = Stage.of("stuck", (inbox, outbox) -> {
            outbox.send(ProcessHandle.current().pid());
            Weft.sleep(Duration.ofDays(1));
        });
        Stage<Long, Void> watch = Stage.of("watch", (inbox, outbox) -> inbox.forEach(started::complete));
        Greenlet<?> running =
                loop.call(Pipeline.from(stuck, Carrier.process()).to(watch).build()::activate);
        long pid = started.get();
        assertTrue(running.killAndJoin(Duration.ofSeconds(60)));
        assertEquals(State.CANCELLED, stuck.state());
        assertFalse(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false));
    }

    @Test
    void aComponentThatCannotBeCopiedIsRefusedWithTheCure() {
        Object notSerializable = new Object();
        Stage<Void, Integer> stage = Stage.of("stage", (inbox, outbox) -> outbox.send(notSerializable.hashCode()));
        Pipeline<Void, Integer> pipeline =
                Pipeline.from(stage, Carrier.process()).build();
        Exception e = assertThrows(NotSerializable.class, () -> loop.call(pipeline::run));
        assertTrue(String.valueOf(e.getMessage()).contains("java.io.Serializable"), e::toString);
    }

    @Test
    void aComponentThatContainsOthersIsRefused() {
        Pipeline<Void, Integer> inner = Pipeline.from(Stages.numbers(1)).build();
        Pipeline<Void, Integer> outer = Pipeline.from(inner, Carrier.process()).build();
        Exception e = assertThrows(IllegalArgumentException.class, () -> loop.call(outer::run));
        assertEquals(
                "Pipeline contains other components, and cannot run on a process; put numbers there instead",
                e.getMessage());
    }

    @Test
    void aValueThatCannotBeCopiedFailsTheComponentThoughItWaitsForSomethingElse() {
        Stage<Void, Object> source = Stage.of("source", (inbox, outbox) -> outbox.send(new Object()));
        Stage<Object, Object> asleep = Stage.of("asleep", (inbox, outbox) -> Weft.sleep(Duration.ofDays(1)));
        Pipeline<Void, Object> pipeline =
                Pipeline.from(source).to(asleep, Carrier.process()).build();
        assertThrows(NotSerializable.class, () -> loop.call(pipeline::run));
    }

    @Test
    void manyProcessesShareAPipeline() {
        List<Integer> all = new ArrayList<>();
        loop.call(Pipeline.from(Stages.numbers(500), Carrier.process())
                .to(Stages.<Integer>copy("copy"), Carrier.process())
                .to(Stages.into(all))
                .build()::run);
        assertEquals(IntStream.range(0, 500).boxed().toList(), all);
    }
}
