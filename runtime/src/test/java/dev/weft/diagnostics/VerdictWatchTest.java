package dev.weft.diagnostics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Action;
import dev.weft.CapturedLog;
import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.Offload;
import dev.weft.Verdict;
import dev.weft.Weft;
import dev.weft.log.RuntimeLog;
import dev.weft.loop.RunLoop;
import dev.weft.spi.LoopListener;
import dev.weft.sync.Channel;
import dev.weft.sync.Event;
import dev.weft.sync.Limiter;
import dev.weft.sync.Pool;
import dev.weft.sync.ResourcePool;
import dev.weft.testing.NoGreenletLeaks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Rings of greenlets that hold something bounded and wait for others who want it; the looks are taken by hand. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
@SuppressWarnings({"try", "resource", "MustBeClosedChecker"}) // what is held here is never given back
class VerdictWatchTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private int arrived; // used by greenlets of one loop only
    private final Set<Verdict> known = new HashSet<>();
    private final CapturedLog log = new CapturedLog();
    private final LoopGroup group =
            LoopGroup.builder().hogAfter(Duration.ZERO).offloadThreads(1).open();
    private final RunLoop loop = (RunLoop) group.next();

    @AfterEach
    void close() {
        group.close();
        log.close();
    }

    private Greenlet<?> spawn(String name, Action body) {
        return loop.spawn(name, body);
    }

    @Test
    void aFewGreenletsAreLookedAtTwiceASecondThoughTheCodeIsCold() {
        long half = Duration.ofMillis(500).toNanos();
        assertEquals(half, VerdictWatch.pauseAfter(Duration.ofMillis(80).toNanos(), 3));
        assertEquals(half, VerdictWatch.pauseAfter(Duration.ofMillis(1).toNanos(), 10_000));
        assertEquals(4 * half, VerdictWatch.pauseAfter(Duration.ofMillis(20).toNanos(), 100_000));
    }

    /** Looks, as the watchdog does, when all wait; returns who the new verdicts are about. */
    private List<List<String>> look(int times) {
        List<List<String>> found = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            loop.call(() -> {
                while (loop.greenlets().stream().anyMatch(VerdictWatchTest::isBusy)) {
                    Weft.yieldNow();
                }
            });
            loop.watch().verdicts().look();
            group.verdicts().stream()
                    .filter(known::add)
                    .forEach(verdict -> found.add(
                            verdict.greenlets().stream().map(Greenlet::name).toList()));
        }
        return found;
    }

    private static boolean isBusy(Greenlet<?> greenlet) {
        return greenlet != Greenlet.current() && greenlet.state() != Greenlet.State.WAITING;
    }

    private String report() {
        RuntimeLog.flush();
        assertEquals(1, log.lines.size(), log.lines::toString);
        return log.lines
                .get(0)
                .replaceAll("\\(\\d+, spawned at .*?, loop weft-0\\) ", "")
                .replaceAll("\n +at .*", "");
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
                deadlock: 2 greenlets wait for one another and can never proceed:
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
    void locksOfTheJdkTakenInOppositeOrderAreADeadlock() {
        ReentrantLock one = new ReentrantLock();
        ReentrantLock two = new ReentrantLock();
        spawn("a", () -> lockBoth(one, two));
        spawn("b", () -> lockBoth(two, one));
        assertEquals(List.of(List.of("a", "b")), look(3));
        assertReported("waits for java.util.concurrent.locks.ReentrantLock held by greenlet \"b\"", report());
        loop.greenlets().forEach(greenlet -> greenlet.thread().interrupt());
    }

    /** Two greenlets are at this point together. */
    private void awaitTheOther() {
        arrived++;
        while (arrived < 2) {
            Weft.yieldNow();
        }
    }

    private void lockBoth(ReentrantLock first, ReentrantLock second) throws InterruptedException {
        first.lockInterruptibly();
        awaitTheOther();
        second.lockInterruptibly();
    }

    @Test
    void aLockThatIsWantedWithATimeLimitIsNone() {
        ReentrantLock one = new ReentrantLock();
        ReentrantLock two = new ReentrantLock();
        spawn("a", () -> lockBoth(one, two));
        spawn("b", () -> {
            two.lock();
            awaitTheOther();
            one.tryLock(1, TimeUnit.HOURS);
        });
        assertEquals(List.of(), look(4));
        loop.greenlets().forEach(greenlet -> greenlet.thread().interrupt());
    }

    @Test
    void monitorsEnteredInOppositeOrderAreADeadlock() {
        Object one = new Object();
        Object two = new Object();
        Greenlet<?> a = spawn("a", () -> enterBoth(one, two));
        spawn("b", () -> enterBoth(two, one));
        assertEquals(List.of(List.of("a", "b")), look(4));
        assertReported("waits for the monitor of java.lang.Object@", report());
        assertEquals(Greenlet.State.WAITING, a.state());
        group.close(Duration.ZERO); // nothing ends such a wait
    }

    private void enterBoth(Object first, Object second) {
        synchronized (first) {
            awaitTheOther();
            synchronized (second) {
                awaitTheOther();
            }
        }
    }

    @Test
    void greenletsOfTwoLoopsThatJoinEachOtherAreADeadlock() {
        try (LoopGroup two =
                LoopGroup.builder().hogAfter(Duration.ZERO).loops(2).open()) {
            CompletableFuture<Greenlet<?>> other = new CompletableFuture<>();
            Greenlet<?> here =
                    two.loops().get(0).spawn("here", () -> other.join().join());
            Greenlet<?> there = two.loops().get(1).spawn("there", () -> here.join());
            other.complete(there);
            awaitWait(here, "\"there\"");
            awaitWait(there, "\"here\"");
            VerdictWatch verdicts = ((RunLoop) two.loops().get(0)).watch().verdicts();
            for (int i = 0; i < 3; i++) {
                assertEquals(List.of(), two.verdicts());
                verdicts.look();
            }
            assertEquals(List.of(here, there), two.verdicts().get(0).greenlets());
            here.kill();
            while (!here.state().isDone() || !there.state().isDone()) {
                Thread.onSpinWait();
            }
            verdicts.look();
            assertEquals(List.of(), two.verdicts(), "it is over");
        }
    }

    private static void awaitWait(Greenlet<?> greenlet, String what) {
        while (greenlet.state() != Greenlet.State.WAITING
                || !greenlet.waitingOn().contains(what)) {
            Thread.onSpinWait();
        }
    }

    @Test
    void greenletsThatSendToEachOtherArePresumedToBeStuck() {
        spawn("opener", () -> {
            Channel<Integer> one = Channel.rendezvous();
            Channel<Integer> two = Channel.rendezvous();
            Weft.spawn("a", () -> sendBoth(one, two));
            Weft.spawn("b", () -> receiveBoth(one, two));
        });
        assertEquals(List.of(List.of("a", "b")), look(3));
        assertReported("presumed deadlock: 2 greenlets wait for one another", report());
        assertEquals(Verdict.Kind.PRESUMED, group.verdicts().get(0).kind());
    }

    private static void sendBoth(Channel<Integer> one, Channel<Integer> two) {
        one.send(1);
        two.send(1);
        one.send(2);
    }

    private static void receiveBoth(Channel<Integer> one, Channel<Integer> two) {
        one.receive();
        two.receive();
        two.receive();
    }

    @Test
    void aChannelThatItsCreatorMayStillUseIsNoDeadlock() {
        spawn("opener", () -> {
            Channel<Integer> one = Channel.rendezvous();
            Channel<Integer> two = Channel.rendezvous();
            Weft.spawn("a", () -> sendBoth(one, two));
            Weft.spawn("b", () -> receiveBoth(one, two));
            Weft.sleep(HOUR);
        });
        assertEquals(List.of(), look(4));
    }

    @Test
    void aChannelThatARelativeMayKnowIsNoDeadlock() {
        spawn("opener", () -> {
            Channel<Integer> one = Channel.rendezvous();
            Channel<Integer> two = Channel.rendezvous();
            Weft.spawn("a", () -> sendBoth(one, two));
            Weft.spawn("b", () -> receiveBoth(one, two));
            Weft.spawn("c", () -> Weft.await(Weft.spawn("d", () -> Weft.sleep(HOUR))));
        });
        assertEquals(List.of(), look(4));
    }

    @Test
    void aChannelThatStrangersHaveUsedIsNoDeadlock() {
        CompletableFuture<Channel<Integer>> created = new CompletableFuture<>();
        spawn("opener", () -> {
            Channel<Integer> one = Channel.rendezvous();
            Channel<Integer> two = Channel.rendezvous();
            Weft.spawn("a", () -> sendBoth(one, two));
            Weft.spawn("b", () -> {
                created.complete(two);
                receiveBoth(one, two);
            });
        });
        Channel<Integer> two = created.join();
        loop.call("stranger", () -> two.send(7)); // its sibling could come next
        assertEquals(List.of(), look(4));
    }

    @Test
    void theWatchdogLooksByItselfAndTellsTheListener() throws Exception {
        BlockingQueue<Verdict> told = new LinkedBlockingQueue<>();
        LoopListener listener = new LoopListener() {
            @Override
            public void onVerdict(LoopGroup group, Verdict verdict) {
                told.add(verdict);
            }
        };
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
            Verdict verdict = told.take();
            assertEquals(2, verdict.greenlets().size());
            assertEquals(Verdict.Kind.CERTAIN, verdict.kind());
        }
    }
}
