package dev.weft.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Random trees whose greenlets are made to fail at random, in random order. */
@Timeout(120)
@ExtendWith(NoGreenletLeaks.class)
class RandomTreesTest {
    private static final int SEEDS = 150;
    private static final Duration SECOND = Duration.ofSeconds(1);

    /** A node of the tree: a supervisor if it has children. */
    private static final class Node {
        final String id;
        final List<Node> children = new ArrayList<>();
        boolean isOrdered; // those after a child are stopped before it is started

        @Nullable Node parent;

        @Nullable Greenlet<?> running;

        Node(String id) {
            this.id = id;
        }

        boolean isUp() {
            return children.isEmpty() ? running != null : children.stream().anyMatch(Node::isUp);
        }

        void addLeaves(List<Node> to) {
            if (children.isEmpty()) {
                to.add(this);
            }
            children.forEach(child -> child.addLeaves(to));
        }
    }

    /** One run under a seed. */
    private static final class Run {
        final SplittableRandom random;
        final SteppedLoop stepped;
        final List<Node> leaves = new ArrayList<>();
        final List<String> ended = new ArrayList<>();
        final Node root = new Node("top");
        boolean failing; // starts may fail

        Run(long seed, SteppedLoop stepped) {
            random = new SplittableRandom(seed);
            this.stepped = stepped;
        }

        Supervisor.Builder supervisor(Node node, int depth) {
            Supervisor.Builder builder = switch (random.nextInt(3)) {
                case 0 -> Supervisor.oneForOne();
                case 1 -> Supervisor.oneForAll();
                default -> Supervisor.restForOne();
            };
            node.isOrdered = builder.strategy != Strategy.ONE_FOR_ONE;
            builder.intensity(1_000_000, SECOND).reports(report -> {});
            if (random.nextInt(3) == 0) {
                builder.backOff(Duration.ofMillis(10), SECOND);
            }
            int children = random.nextInt(1, 4);
            for (int i = 0; i < children; i++) {
                Node child = new Node(node.id + "." + i);
                child.parent = node;
                node.children.add(child);
                builder.child(
                        depth > 0 && random.nextBoolean()
                                ? ChildSpec.supervisor(child.id, supervisor(child, depth - 1))
                                : ChildSpec.starting(child.id, ready -> live(child, ready))
                                        .grace(Duration.ofMillis(random.nextInt(100))));
            }
            return builder;
        }

        private void live(Node node, Runnable ready) throws Exception {
            assertTrue(node.running == null, () -> node.id + " runs twice");
            requireThatLaterSiblingsAreDown(node);
            if (failing && random.nextInt(10) == 0) {
                throw new Exception("start of " + node.id);
            }
            node.running = Greenlet.current();
            try {
                if (random.nextBoolean()) {
                    Weft.yieldNow();
                }
                ready.run();
                Weft.sleep(Duration.ofDays(1));
            } finally {
                try {
                    if (random.nextInt(3) == 0) {
                        int millis = random.nextInt(200);
                        Weft.shield(() -> Weft.sleep(Duration.ofMillis(millis)));
                    }
                } finally {
                    node.running = null;
                    ended.add(node.id);
                }
            }
        }

        private void requireThatLaterSiblingsAreDown(Node node) {
            Node above = Objects.requireNonNull(node.parent);
            if (above.isOrdered) {
                for (Node later : above.children.subList(above.children.indexOf(node) + 1, above.children.size())) {
                    assertFalse(later.isUp(), () -> later.id + " is up while " + node.id + " starts");
                }
            }
        }

        void makeOneFail() {
            Greenlet<?> victim = leaves.get(random.nextInt(leaves.size())).running;
            if (victim == null) {
                return;
            }
            switch (random.nextInt(3)) {
                case 0 -> victim.kill();
                case 1 -> victim.killForcibly("chaos");
                default -> victim.throwInto(new Exception("chaos"));
            }
        }

        void run() {
            Supervisor top = stepped.run(() -> supervisor(root, 3).start("top"));
            root.addLeaves(leaves);
            failing = true;
            for (int i = 0; i < 60; i++) {
                makeOneFail();
                if (random.nextBoolean()) {
                    stepped.advance(Duration.ofMillis(random.nextInt(300)));
                }
            }
            failing = false;
            stepped.advance(Duration.ofSeconds(30));
            leaves.forEach(leaf -> assertTrue(leaf.isUp(), () -> leaf.id + " was not restarted"));
            ended.clear();
            stepped.spawn(top::close);
            stepped.advance(Duration.ofSeconds(30));
            List<String> reversed =
                    new ArrayList<>(leaves.stream().map(leaf -> leaf.id).toList());
            Collections.reverse(reversed);
            assertEquals(reversed, ended);
            assertEquals(List.of(), stepped.loop().greenlets());
            assertEquals(0, stepped.loop().statistics().timers());
        }
    }

    @Test
    void everyTreeHealsRunsEachChildOnceAndStopsInReverseOrder() {
        for (long seed = 0; seed < SEEDS; seed++) {
            try (SteppedLoop stepped = SteppedLoop.shuffled(seed)) {
                new Run(seed, stepped).run();
            } catch (AssertionError e) {
                throw new AssertionError("failed under seed " + seed, e);
            }
        }
    }

    @Test
    void aTreeThatIsKilledAmidFailuresLeavesNothing() {
        for (long seed = 0; seed < SEEDS; seed++) {
            try (SteppedLoop stepped = SteppedLoop.shuffled(seed, (greenlet, failure) -> {})) {
                Run run = new Run(seed, stepped);
                Supervisor top = stepped.run(() -> run.supervisor(run.root, 3).start("top"));
                run.root.addLeaves(run.leaves);
                run.failing = true;
                for (int i = 0; i < 10; i++) {
                    run.makeOneFail();
                }
                for (int turns = run.random.nextInt(20); turns > 0; turns--) {
                    stepped.turn();
                }
                top.kill();
                stepped.advance(Duration.ofMillis(100)); // waits that are refused repeatedly are slowed down
                assertEquals(List.of(), stepped.loop().greenlets());
                assertEquals(0, stepped.loop().statistics().timers());
            } catch (AssertionError e) {
                throw new AssertionError("failed under seed " + seed, e);
            }
        }
    }

    @Test
    void theSupervisorGivesUpExactlyWhenTheIntensityIsExceeded() {
        for (long seed = 0; seed < SEEDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int most = random.nextInt(4);
            try (SteppedLoop stepped = SteppedLoop.shuffled(seed, (greenlet, failure) -> {})) {
                List<Greenlet<?>> children = new ArrayList<>();
                Supervisor top = stepped.run(() -> Supervisor.oneForOne()
                        .intensity(most, SECOND)
                        .reports(report -> {})
                        .child(ChildSpec.greenlet("a", () -> {
                            children.add(Greenlet.current());
                            Weft.sleep(Duration.ofDays(1));
                        }))
                        .start("top"));
                Deque<Long> model = new ArrayDeque<>();
                boolean expected = true;
                while (expected) {
                    stepped.advance(Duration.ofMillis(random.nextInt(800)));
                    long now = stepped.clock().nanos();
                    model.removeIf(then -> now - then > SECOND.toNanos());
                    expected = model.size() < most;
                    model.add(now);
                    children.get(children.size() - 1).throwInto(new Exception("crash"));
                    stepped.runUntilIdle();
                    assertEquals(
                            expected, !((Greenlet<?>) top.end()).state().isDone(), "most " + most + ", seed " + seed);
                }
                assertEquals(List.of(), stepped.loop().greenlets());
            }
        }
    }
}
