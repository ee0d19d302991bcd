package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Off-loaded calls whose greenlets off-load again: the thread that waits for them runs what they wait for. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class OffloadReentryTest {
    private static final ScopedValue<String> USER = ScopedValue.newInstance();
    private final Recorder happened = new Recorder();

    private interface Door {
        <T> T call(Callable<T> body);
    }

    private static int nested(Door door, int depth) {
        return door.call(() -> depth == 0 ? 0 : Weft.fromThread(() -> nested(door, depth - 1)) + 1);
    }

    private static void assertAllComeThrough(int callers, Door door) {
        try (LoopGroup group = LoopGroup.builder().offloadThreads(2).open()) {
            List<Greenlet<Integer>> all = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                all.add(group.spawn(() -> nested(door, 5)));
            }
            for (Greenlet<Integer> one : all) {
                assertEquals(5, one.join());
            }
        }
    }

    @Test
    void moreNestedCallsThanThreadsComeThrough() {
        assertAllComeThrough(100, Weft::offload);
        assertAllComeThrough(100, Weft::compute);
        assertAllComeThrough(100, Offload.abandoning()::call);
    }

    @Test
    void allThreadsTakenByCallsThatCallBackComeThrough() {
        CyclicBarrier allThreadsTaken = new CyclicBarrier(2);
        assertAllComeThrough(2, new Door() {
            @Override
            public <T> T call(Callable<T> body) {
                return Weft.offload(() -> {
                    allThreadsTaken.await();
                    return body.call();
                });
            }
        });
    }

    @Test
    void childrenOfTheGreenletAndACallOfAnotherPoolInBetweenAreServedToo() {
        try (LoopGroup group = LoopGroup.builder().offloadThreads(1).open()) {
            Greenlet<Integer> sum = group.spawn(() -> Weft.offload(() -> Weft.fromThread(() -> {
                List<Integer> three = Weft.all(List.of(
                        () -> Weft.offload(() -> 1),
                        () -> Weft.compute(() -> Weft.fromThread(() -> Weft.offload(() -> 2))),
                        () -> Weft.offload(() -> Weft.fromThread(() -> 3))));
                return three.stream().mapToInt(Integer::intValue).sum();
            })));
            assertEquals(6, sum.join());
        }
    }

    @Test
    void theThreadIsTheOuterCallsAgainAfterTheInnerOne() {
        try (LoopGroup group = LoopGroup.builder().offloadThreads(1).open()) {
            group.spawn(() -> ScopedValue.where(USER, "outer")
                            .call(() -> Weft.offload(() -> {
                                Thread thread = Thread.currentThread();
                                String inner = Weft.fromThread(() -> ScopedValue.where(USER, "inner")
                                        .call(() -> Weft.withTimeout(
                                                Duration.ofHours(1),
                                                () -> Weft.offload(() -> USER.get() + " "
                                                        + (Thread.currentThread() == thread) + " "
                                                        + Weft.effectiveDeadline()
                                                                .isPresent()))));
                                assertEquals("inner true true", inner);
                                assertEquals("outer", USER.get());
                                assertTrue(Weft.effectiveDeadline().isEmpty());
                                assertEquals("outer", Weft.fromThread(() -> USER.get()));
                                return null;
                            })))
                    .join();
        }
    }

    @Test
    void theInterruptOfTheOuterCallPassesTheInnerOneByAndArrivesAfterIt() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (LoopGroup group = LoopGroup.builder().offloadThreads(1).open()) {
            Greenlet<?> outer = group.spawn(() -> Weft.offload(() -> {
                try {
                    Weft.fromThread(() ->
                            Weft.shield(() -> Offload.uninterrupted().call(() -> {
                                began.countDown();
                                go.await(); // throws if it is interrupted
                                happened.add("inner call is whole");
                                return null;
                            })));
                } finally {
                    happened.add("interrupted: " + Thread.currentThread().isInterrupted());
                }
                return null;
            }));
            began.await();
            outer.kill();
            group.next().call(() -> null); // the kill has been there
            go.countDown();
            assertTrue(outer.killAndJoin(Duration.ofMinutes(1))); // by the interrupt, or with what was faster
            happened.assertHappened("inner call is whole", "interrupted: true");
        }
    }

    @Test
    void theInterruptOfTheInnerCallIsNotTheOuterOnes() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        try (LoopGroup group = LoopGroup.builder().offloadThreads(1).open()) {
            Greenlet<Boolean> outer = group.spawn(() -> Weft.offload(() -> {
                Weft.fromThread(() -> Weft.scope(scope -> {
                    Greenlet<?> inner = scope.spawn(() -> Weft.offload(() -> {
                        began.countDown();
                        new CountDownLatch(1).await();
                        return null;
                    }));
                    assertTrue(Weft.compute(() -> began.await(1, TimeUnit.MINUTES)));
                    inner.kill();
                }));
                return Thread.currentThread().isInterrupted();
            }));
            assertFalse(outer.join());
        }
    }

    @Test
    void anInnerCallThatWasAbandonedIsWaitedForByTheOuterOneAlone() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch left = new CountDownLatch(1);
        try (LoopGroup group = LoopGroup.builder().offloadThreads(1).open()) {
            Greenlet<String> outer = group.spawn(() -> Weft.offload(() -> Weft.fromThread(() -> {
                Weft.scope(scope -> {
                    Greenlet<?> abandoning =
                            scope.spawn(() -> Offload.abandoning().call(() -> {
                                began.countDown();
                                OffloadTest.deafUntil(go);
                                return null;
                            }));
                    assertTrue(Weft.compute(() -> began.await(1, TimeUnit.MINUTES)));
                    abandoning.kill();
                });
                left.countDown();
                return "went on";
            })));
            left.await();
            assertFalse(outer.state().isDone());
            go.countDown();
            assertEquals("went on", outer.join());
        }
    }

    @Test
    void theInterruptOfAPoolThatClosesIsSeenByTheOuterCallToo() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        LoopGroup group = LoopGroup.builder().offloadThreads(1).open();
        group.spawn(() -> Offload.uninterrupted().call(() -> {
            try {
                return Weft.fromThread(() -> Offload.uninterrupted().call(() -> {
                    began.countDown();
                    OffloadTest.deafUntil(go);
                    return null;
                }));
            } finally {
                happened.add("interrupted: " + Thread.currentThread().isInterrupted());
                ended.countDown();
            }
        }));
        began.await();
        group.close(Duration.ZERO);
        go.countDown();
        ended.await();
        happened.assertHappened("interrupted: true");
    }
}
