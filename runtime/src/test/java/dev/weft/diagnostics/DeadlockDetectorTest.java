package dev.weft.diagnostics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Action;
import dev.weft.CapturedLog;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Offload;
import dev.weft.Weft;
import dev.weft.log.RuntimeLog;
import dev.weft.loop.RunLoop;
import dev.weft.spi.LoopListener;
import dev.weft.sync.Event;
import dev.weft.sync.Limiter;
import dev.weft.sync.Pool;
import dev.weft.sync.ResourcePool;
import dev.weft.testing.NoGreenletLeaks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Rings of greenlets that hold something bounded and wait for others who want it; the looks are taken by hand. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
@SuppressWarnings({"try", "resource", "MustBeClosedChecker"}) // what is held here is never given back
class DeadlockDetectorTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final BlockingQueue<List<String>> told = new LinkedBlockingQueue<>();
    private final LoopListener listener = new LoopListener() {
        @Override
        public void onStalled(Loop loop, List<Greenlet<?>> waiting) {
            told.add(waiting.stream().map(Greenlet::name).toList());
        }
    };
    private final CapturedLog log = new CapturedLog();
    private final LoopGroup group = LoopGroup.builder()
            .hogAfter(Duration.ZERO)
            .offloadThreads(1)
            .listener(listener)
            .open();
    private final RunLoop loop = (RunLoop) group.next();

    @AfterEach
    void close() {
        group.close();
        log.close();
    }

    private Greenlet<?> spawn(String name, Action body) {
        return loop.spawn(name, body);
    }

    /** Has the loop look, as the watch does, when all others wait; returns who was told of. */
    private List<List<String>> look(int times) {
        for (int i = 0; i < times; i++) {
            loop.call(() -> {
                while (loop.greenlets().stream().anyMatch(DeadlockDetectorTest::isBusy)) {
                    Weft.yieldNow();
                }
                loop.deadlocks().look();
                return null;
            });
        }
        loop.call(() -> Weft.yieldNow()); // the listener is told with the next turn
        List<List<String>> all = new ArrayList<>();
        told.drainTo(all);
        return all;
    }

    private static boolean isBusy(Greenlet<?> greenlet) {
        return greenlet != Greenlet.current() && greenlet.state() != Greenlet.State.WAITING;
    }

    private String report() {
        RuntimeLog.flush();
        assertEquals(1, log.lines.size(), log.lines::toString);
        return log.lines.get(0).replaceAll("\\(spawned at .*?\\)\\) ", "");
    }

    private static void assertReported(String expected, String report) {
        assertTrue(report.contains(expected), report);
    }

    @Test
    void aHolderWhoJoinsOneWhoWaitsForATokenIsReportedWithWhoWaitsForWhom() {
        Limiter limiter = new Limiter(loop, 1);
        spawn("a", () -> {
            limiter.acquire();
            Weft.await(loop.spawn("b", () -> limiter.acquire()));
        });
        spawn("elsewhere", () -> Weft.sleep(HOUR));
        assertEquals(List.of(), look(2));
        assertEquals(List.of(List.of("a", "b")), look(1));
        assertEquals(List.of(), look(3), "once");
        assertEquals("""
                loop weft-0: deadlock: nobody can ever get a token of limiter (1 of 1 tokens out), because all its holders wait for others that wait for it:
                  greenlet "a" holds a token of limiter (1 of 1 tokens out) and waits for the end of greenlet "b"
                  greenlet "b" waits for a token of limiter (1 of 1 tokens out)
                Let a holder give it back before waiting for those who need it, let them use a different one, or put a time limit on the waits.""", report());
    }

    @Test
    void childrenOfAHoldersScopeAreFollowed() {
        Limiter limiter = new Limiter(loop, 2);
        spawn("opener", () -> {
            for (String name : List.of("a", "b")) {
                Weft.spawn(name, () -> {
                    limiter.acquire();
                    Weft.scope(scope -> {
                        scope.spawn("sleeps in " + name, () -> Weft.sleep(HOUR));
                        scope.spawn("in " + name, () -> limiter.acquire());
                    });
                });
            }
            Weft.sleep(HOUR);
        });
        assertEquals(4, look(3).get(0).size());
        assertReported(
                "greenlet \"a\" holds a token of limiter (2 of 2 tokens out) and waits for the end of greenlet \"in a\"",
                report());
    }

    @Test
    void aHolderWhoWaitsForManyEndsIsFollowedToo() {
        Limiter limiter = new Limiter(loop, 1);
        spawn("a", () -> {
            limiter.acquire();
            Weft.joinAll(List.of(loop.spawn("b", () -> limiter.acquire())));
        });
        assertEquals(List.of(List.of("a", "b")), look(3));
    }

    @Test
    void twoLimitersTakenInOppositeOrderAreOneRing() {
        Limiter one = new Limiter(loop, 1);
        Limiter two = new Limiter(loop, 1);
        spawn("opener", () -> {
            Weft.spawn("a", () -> {
                one.acquire();
                Weft.yieldNow();
                two.acquire();
            });
            Weft.spawn("b", () -> {
                two.acquire();
                Weft.yieldNow();
                one.acquire();
            });
            Weft.sleep(HOUR);
        });
        assertEquals(1, look(4).size());
    }

    @Test
    void aPoolWhoseMembersAllSpawnIntoItIsReported() {
        spawn("opener", () -> {
            Pool pool = new Pool(2);
            for (int i = 0; i < 2; i++) {
                pool.spawn(() -> pool.spawn(() -> {}));
            }
            Weft.sleep(HOUR);
        });
        assertEquals(2, look(3).get(0).size());
        assertReported("waits for a place in pool (2 of 2 places taken)", report());
    }

    @Test
    void aMemberWhoMapsInItsOwnFullPoolIsReported() {
        spawn("opener", () -> {
            Pool pool = new Pool(1);
            pool.spawn(() -> pool.map(List.of(1, 2), item -> item));
            Weft.sleep(HOUR);
        });
        assertEquals(2, look(3).get(0).size());
        assertReported("waits for a result of pool (1 of 1 places taken)", report());
    }

    @Test
    void allWhoLeasedAResourceAndWantAnotherAreReported() {
        spawn("opener", () -> {
            ResourcePool<Object> pool =
                    ResourcePool.builder(Object::new).size(2).open();
            for (String name : List.of("a", "b")) {
                Weft.spawn(name, () -> {
                    pool.lease().value();
                    Weft.yieldNow();
                    pool.lease();
                });
            }
            Weft.sleep(HOUR);
        });
        assertEquals(2, look(3).get(0).size());
        assertReported("waits for a resource of resource pool (2 of 2 out, 0 idle)", report());
    }

    @Test
    void aLeaseThatWasHandedOnIsHeldByNobodyKnown() {
        spawn("dispatcher", () -> {
            ResourcePool<Object> pool =
                    ResourcePool.builder(Object::new).size(1).open();
            ResourcePool.Lease<Object> lease = pool.lease();
            Weft.spawn("worker", () -> {
                lease.value();
                Weft.sleep(HOUR);
            });
            pool.lease();
        });
        assertEquals(List.of(), look(4));
    }

    @Test
    void oneWhoHasSeveralLeasesIsTakenForOneWhoHandsThemOn() {
        spawn("dispatcher", () -> {
            ResourcePool<Object> pool =
                    ResourcePool.builder(Object::new).size(2).open();
            for (int i = 0; i < 3; i++) {
                pool.lease();
            }
        });
        assertEquals(List.of(), look(4));
    }

    @Test
    void nestedOffloadedCallsThatLeaveTheScopesAreReported() {
        spawn(
                "a",
                () -> Weft.offload(() ->
                        Weft.fromThread(() -> Weft.await(loop.spawn("b", () -> Weft.offload(() -> {}))))));
        awaitRunning(3);
        assertEquals(3, look(3).get(0).size());
        assertReported("greenlet \"b\" waits for a thread of weft-offload (1 thread)", report());
        assertReported(
                "greenlet \"a\" holds a thread of weft-offload (1 thread) and waits for its off-loaded call, which waits for the end of",
                report());
    }

    @Test
    void anOffloadedCallThatCallsIntoItsLoopIsReportedToo() {
        spawn("a", () -> Weft.offload(() -> loop.call(() -> Weft.offload(() -> 1))));
        awaitRunning(2);
        assertEquals(2, look(3).get(0).size());
    }

    @Test
    void aLimitOfOffloadedCallsThatIsTakenTwiceByOneChainIsReported() {
        Offload limited = Offload.waiting().limit(new Semaphore(1));
        spawn("a", () -> limited.call(() -> Weft.fromThread(() -> limited.call(() -> 1))));
        awaitRunning(2);
        assertEquals(2, look(3).get(0).size());
        assertReported("holds a permit of java.util.concurrent.Semaphore", report());
    }

    /** Off-loaded calls are under way until so many greenlets are there. */
    private void awaitRunning(int greenlets) {
        while (loop.greenlets().size() < greenlets) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aThreadThatWorksMayComeFree() {
        Semaphore end = new Semaphore(0);
        spawn(
                "a",
                () -> Weft.offload(() -> {
                    end.acquire();
                    return null;
                }));
        spawn("b", () -> Weft.offload(() -> 1));
        assertEquals(List.of(), look(4));
        end.release();
    }

    @Test
    void whoeverMayGoOnSomeDayIsNotReported() {
        Semaphore noPermits = new Semaphore(0);
        Event event = loop.call(() -> new Event());
        notReported("sleeps", limiter -> Weft.sleep(HOUR));
        notReported("waits inside the JDK", limiter -> noPermits.acquire());
        notReported("waits for somebody unknown", limiter -> event.await());
        notReported("has a limit for its wait", limiter -> Weft.await(wanting(limiter), HOUR));
        notReported("is in a deadline", limiter -> Weft.withTimeout(HOUR, () -> Weft.await(wanting(limiter))));
        notReported("joins one with a limit", limiter -> Weft.await(loop.spawn(() -> limiter.acquire(HOUR))));
    }

    private interface WhileHolding {
        void run(Limiter limiter) throws Exception;
    }

    private Greenlet<?> wanting(Limiter limiter) {
        return loop.spawn("wants", () -> limiter.acquire());
    }

    /** One of two holders is stuck, and the other one does {@code body}. */
    private void notReported(String what, WhileHolding body) {
        Limiter limiter = new Limiter(loop, 2);
        spawn("opener", () -> {
            Weft.spawn("stuck", () -> {
                limiter.acquire();
                Weft.await(wanting(limiter));
            });
            Weft.spawn("other", () -> {
                limiter.acquire();
                body.run(limiter);
            });
            Weft.sleep(HOUR);
        });
        assertEquals(List.of(), look(4), what);
        loop.greenlets().forEach(Greenlet::kill);
        while (!loop.greenlets().isEmpty()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aTokenInTheNameOfSomethingElseIsHeldByNobodyKnown() {
        Limiter limiter = new Limiter(loop, 1);
        spawn("a", () -> {
            limiter.acquireFor("a request");
            limiter.acquire();
        });
        assertEquals(List.of(), look(4));
    }

    @Test
    void aRingThatWasBrokenAndComesBackIsReportedAgain() {
        Limiter limiter = new Limiter(loop, 1);
        for (int i = 0; i < 2; i++) {
            Greenlet<?> holder = spawn("a", () -> {
                try (Limiter.Lease lease = limiter.acquire()) {
                    Weft.scope(scope -> {
                        scope.spawn("b", () -> limiter.acquire());
                    });
                }
            });
            assertEquals(List.of(List.of("a", "b")), look(3));
            holder.kill();
            Weft.joinAll(List.of(holder));
            assertEquals(List.of(), look(1));
        }
    }

    @Test
    void theWatchHasTheLoopLookByItself() throws Exception {
        try (LoopGroup watched = LoopGroup.builder().listener(listener).open()) {
            Limiter limiter = new Limiter(watched.next(), 1);
            watched.spawn(() -> {
                limiter.acquire();
                Weft.await(Weft.spawn(() -> limiter.acquire()));
            });
            watched.spawn(() -> {
                while (true) {
                    Weft.sleep(Duration.ofMillis(10));
                }
            });
            assertEquals(2, told.take().size());
        }
    }
}
