package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Random trees of scopes, timeouts, shields, kills and failures, in random orders, against what must hold for every one of
 * them: nobody outlives its scope, every {@code finally} runs, nothing is left.
 */
@Timeout(30)
@ExtendWith(NoGreenletLeaks.class)
class TaskTreeTest {
    private static final int DEPTH = 5;
    private static final List<Scope.Policy> POLICIES = List.of(Scope.Policy.values());

    /** One tree. Its random numbers are drawn in the order in which the loop runs it, which the seed gives. */
    private static final class Tree {
        final SplittableRandom random;
        final List<Greenlet<?>> all = new ArrayList<>();
        int entered;
        int left;

        Tree(long seed) {
            random = new SplittableRandom(seed);
        }

        void grow(int depth) throws Exception {
            entered++;
            try {
                for (int step = random.nextInt(3); step >= 0; step--) {
                    step(depth);
                }
            } finally {
                left++;
            }
        }

        private void step(int depth) throws Exception {
            switch (depth == 0 ? random.nextInt(4) : random.nextInt(12)) {
                case 0, 1 -> Weft.sleep(pause());
                case 2 -> Weft.yieldNow();
                case 3 -> waitInsideTheJdk();
                case 4 -> Weft.withTimeout(pause(), () -> grow(depth - 1));
                case 5 -> Weft.moveOnAfter(pause(), () -> grow(depth - 1));
                case 6 -> Weft.shield(() -> grow(depth - 1));
                case 7 -> disturb();
                default -> openScope(depth);
            }
        }

        private void waitInsideTheJdk() throws InterruptedException {
            LinkedBlockingQueue<String> queue = new LinkedBlockingQueue<>();
            Weft.spawn(() -> {
                Weft.sleep(pause());
                queue.add("value");
            });
            queue.take();
        }

        private void disturb() throws TaskFixture.Broken {
            Greenlet<?> victim = all.get(random.nextInt(all.size()));
            switch (random.nextInt(4)) {
                case 0 -> victim.kill();
                case 1 -> victim.throwInto(new TaskFixture.Broken("thrown into"));
                case 2 -> {
                    if (victim != Greenlet.current()) { // inside a shield it would wait for its own end
                        victim.killAndJoin(pause());
                    }
                }
                default -> TaskFixture.fail("of its own");
            }
        }

        private void openScope(int depth) throws Exception {
            List<Greenlet<?>> children = new ArrayList<>();
            Scope.Policy policy = POLICIES.get(random.nextInt(POLICIES.size()));
            try {
                Weft.scope(policy, scope -> {
                    for (int i = random.nextInt(4); i > 0; i--) {
                        children.add(scope.spawn(() -> grow(depth - 1)));
                    }
                    all.addAll(children);
                    switch (random.nextInt(4)) {
                        case 0 -> scope.cancel();
                        case 1 ->
                            scope.<String>start(started -> {
                                grow(depth - 1);
                                started.started("up");
                            });
                        default -> grow(depth - 1);
                    }
                });
            } finally {
                for (Greenlet<?> child : children) {
                    assertTrue(child.state().isDone(), () -> child + " has outlived its scope");
                }
            }
        }

        private Duration pause() {
            return Duration.ofMillis(10L * random.nextInt(4));
        }
    }

    @Test
    void whateverHappensNobodyOutlivesItsScopeAndNothingIsLeft() {
        for (long seed = 0; seed < 1_000; seed++) {
            try {
                grow(seed);
            } catch (Throwable t) {
                throw new AssertionError("failed under seed " + seed, t);
            }
        }
    }

    private static void grow(long seed) {
        List<Throwable> unheard = new ArrayList<>();
        Tree tree = new Tree(seed);
        int[] ends = {0};
        try (SteppedLoop stepped = SteppedLoop.shuffled(seed, (greenlet, failure) -> unheard.add(failure))) {
            for (int i = 0; i < 3; i++) {
                Greenlet<?> root = stepped.spawn(() -> tree.grow(DEPTH));
                root.onEnd(ended -> ends[0]++);
                tree.all.add(root);
            }
            stepped.advance(Duration.ofMinutes(1));
            assertEquals(List.of(), stepped.loop().greenlets());
            assertEquals(0, stepped.loop().statistics().timers());
        }
        assertEquals(3, ends[0]);
        assertEquals(tree.entered, tree.left);
        for (Throwable failure : unheard) {
            assertTrue(isExpected(failure), () -> "not thrown by the tree itself: " + failure);
        }
    }

    private static boolean isExpected(Throwable failure) {
        return failure instanceof TaskFixture.Broken
                || failure instanceof DeadlineExceeded
                || failure instanceof Cancelled
                || failure instanceof CancellationException;
    }
}
