package dev.weft.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.example.Courier;
import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Outcome;
import dev.weft.Weft;
import dev.weft.cluster.NodeLost.Begun;
import dev.weft.serial.CallSite;
import dev.weft.serial.NotAllowed;
import dev.weft.serial.NotSerializable;
import dev.weft.sync.Select;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.workers.Task;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Greenlets that one node spawns on another. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
final class RemoteGreenletTest {
    private static final int SEEDS = 20;
    private static final Duration LONG = Duration.ofHours(1);
    private static final List<String> LOG = new CopyOnWriteArrayList<>(); // of tasks, which run in this JVM

    @BeforeEach
    void clear() {
        LOG.clear();
    }

    private static void underSeeds(ThreeNodes.Test test) {
        ThreeNodes.underSeeds(SEEDS, nodes -> {
            LOG.clear();
            test.run(nodes);
        });
    }

    /** A task that lasts until it is killed, and says why. */
    private static void linger() {
        LOG.add("begun");
        try {
            Weft.sleep(LONG);
        } catch (Cancelled e) {
            Weft.shield(() -> Weft.sleep(Duration.ofSeconds(1)));
            LOG.add("killed: " + TaskCall.reason(e));
            throw e;
        }
    }

    private static String fail() throws IOException {
        throw new IllegalStateException("no stock", new IOException("the disk is full"));
    }

    private static Object unserialisable() {
        return new Object() {};
    }

    private static Begun begunOf(RemoteGreenlet<?> lost) {
        return assertThrows(NodeLost.class, lost::join).begun();
    }

    private static void assertSays(String part, Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        assertTrue(message.contains(part), message);
    }

    /** Stops b and sends it so much that nothing more leaves a. */
    private static void fillUp(ThreeNodes nodes, List<RemoteGreenlet<?>> sent) {
        nodes.network().detection(LONG.multipliedBy(2)).stop("b");
        byte[] ballast = new byte[64 * 1024];
        for (int i = 0; i < 2 * Outbox.WINDOW / ballast.length; i++) {
            RemoteGreenlet<?> one = nodes.bOfA().spawn(() -> ballast.length);
            one.greenlet().toFuture(); // it may fail before it is joined
            sent.add(one);
        }
        ThreeNodes.pause();
    }

    @Test
    void returnsItsResult() {
        underSeeds(nodes -> {
            int factor = 7;
            RemoteGreenlet<Integer> product = nodes.bOfA().spawn("product", () -> 6 * factor);
            assertEquals(42, product.join());
            assertEquals("product", product.name());
            assertEquals(nodes.bOfA(), product.node());
            assertEquals(List.of("x", "y"), nodes.cOfA().call(() -> new ArrayList<>(List.of("x", "y"))));
            assertNull(nodes.cOfA().spawn(() -> LOG.add("run")).join() ? null : "");
            assertNull(nodes.bOfA()
                    .spawn(() -> {
                        LOG.add("done");
                    })
                    .join());
            assertEquals(List.of("run", "done"), LOG);
        });
    }

    @Test
    void failsWholeWithTheStacksOfBothNodes() {
        underSeeds(nodes -> {
            Task<String> task = RemoteGreenletTest::fail;
            RemoteGreenlet<String> failing = nodes.bOfA().spawn(task);
            IllegalStateException failure = assertThrows(IllegalStateException.class, failing::join);
            assertEquals("no stock", failure.getMessage());
            assertInstanceOf(IOException.class, failure.getCause());
            assertEquals("fail", failure.getStackTrace()[0].getMethodName());
            assertTrue(Arrays.stream(failure.getSuppressed())
                    .filter(CallSite.class::isInstance)
                    .anyMatch(site -> Arrays.toString(site.getStackTrace()).contains("failsWhole")));
            assertThrows(IllegalStateException.class, () -> nodes.bOfA().call(task));
        });
    }

    @Test
    void isKilledForAReasonAndEndsOnceItHasCleanedUp() {
        underSeeds(nodes -> {
            RemoteGreenlet<?> lingering = nodes.bOfA().spawn(() -> linger());
            ThreeNodes.pause();
            lingering.kill("not wanted");
            Cancelled end = assertThrows(Cancelled.class, lingering::join);
            assertSays("not wanted", end);
            assertInstanceOf(Outcome.Cancelled.class, lingering.greenlet().outcome());
            assertEquals(List.of("begun", "killed: not wanted"), LOG);
        });
    }

    @Test
    void aForcibleKillDoesNotWaitForTheOtherNode() {
        underSeeds(nodes -> {
            RemoteGreenlet<?> lingering = nodes.bOfA().spawn(() -> linger());
            ThreeNodes.pause();
            lingering.greenlet().killForcibly("at once");
            assertThrows(Cancelled.class, lingering::join);
            assertEquals(List.of("begun"), LOG);
            Weft.sleep(Duration.ofSeconds(2));
            assertEquals(List.of("begun", "killed: at once"), LOG);
        });
    }

    @Test
    void aResultThatComesDespiteAKillCounts() {
        underSeeds(nodes -> {
            RemoteGreenlet<String> stubborn = nodes.bOfA().spawn(() -> {
                Weft.shield(() -> Weft.sleep(Duration.ofSeconds(1)));
                return "done";
            });
            ThreeNodes.pause();
            stubborn.kill();
            assertEquals("done", stubborn.join());
        });
    }

    @Test
    void whatIsKilledOverThereCountsAsKilledHere() {
        underSeeds(nodes -> {
            RemoteGreenlet<?> gone = nodes.bOfA().spawn(() -> {
                Greenlet.current().kill("by itself");
                Weft.yieldNow();
            });
            Cancelled end = assertThrows(Cancelled.class, gone::join);
            assertSays("by itself", end);
            assertEquals(Greenlet.State.CANCELLED, gone.greenlet().state());
        });
    }

    @Test
    void aTaskThatIsKilledAtOnceIsNeverSent() {
        underSeeds(nodes -> {
            RemoteGreenlet<?> killed = nodes.bOfA().spawn(() -> linger());
            killed.kill();
            assertThrows(Cancelled.class, killed::join);
            Weft.sleep(Duration.ofSeconds(2));
            assertEquals(List.of(), LOG);
        });
    }

    @Test
    void aTaskThatIsKilledOverThereBeforeItBeginsNeverRuns() {
        underSeeds(nodes -> {
            nodes.network().detection(LONG).stop("b");
            RemoteGreenlet<?> there = nodes.bOfA().spawn(() -> linger());
            ThreeNodes.pause();
            there.kill("not wanted");
            ThreeNodes.pause();
            nodes.network().resume("b");
            Cancelled killed = assertThrows(Cancelled.class, there::join);
            assertSays("not wanted", killed);
            assertEquals(List.of(), LOG);
        });
    }

    @Test
    void aTaskThatWaitsToBeSentIsWithdrawn() {
        underSeeds(nodes -> {
            List<RemoteGreenlet<?>> sent = new ArrayList<>();
            fillUp(nodes, sent);
            RemoteGreenlet<?> waiting = nodes.bOfA().spawn(() -> linger());
            ThreeNodes.pause();
            waiting.kill();
            assertThrows(Cancelled.class, waiting::join);
            nodes.network().resume("b");
            sent.forEach(RemoteGreenlet::join);
            assertEquals(List.of(), LOG);
        });
    }

    @Test
    void aDeadlineOfTheCallerKillsIt() {
        underSeeds(nodes -> {
            Duration limit = Duration.ofSeconds(1);
            assertThrows(
                    DeadlineExceeded.class,
                    () -> Weft.withTimeout(limit, () -> nodes.bOfA().call(() -> linger())));
            assertEquals(List.of("begun", "killed: its deadline expired"), LOG);
        });
    }

    @Test
    void isAwaitedAndSelected() {
        underSeeds(nodes -> {
            RemoteGreenlet<String> soon = nodes.bOfA().spawn(() -> "soon");
            RemoteGreenlet<?> never = nodes.cOfA().spawn(() -> linger());
            assertEquals(
                    "soon",
                    Weft.<String, RuntimeException>select(
                            Select.on(never, end -> "never"), Select.on(soon, text -> text)));
            assertEquals("soon", Weft.await(soon));
            assertThrows(DeadlineExceeded.class, () -> Weft.await(never, Duration.ofSeconds(1)));
            assertThrows(DeadlineExceeded.class, () -> never.join(Duration.ofSeconds(1)));
            never.kill();
            assertThrows(Cancelled.class, () -> Weft.await(never));
        });
    }

    @Test
    void theCancellationOfAScopeReachesIt() {
        underSeeds(nodes -> {
            Weft.scope(scope -> {
                nodes.bOfA().spawn(scope, () -> linger());
                scope.spawn(() -> nodes.cOfA().call(() -> linger()));
                ThreeNodes.pause();
                scope.cancel("enough");
            });
            assertEquals(List.of("begun", "begun", "killed: enough", "killed: enough"), LOG);
        });
    }

    @Test
    void itsFailureCancelsItsScope() {
        underSeeds(nodes -> {
            Task<String> failing = RemoteGreenletTest::fail;
            assertThrows(
                    IllegalStateException.class,
                    () -> Weft.scope(scope -> {
                        nodes.bOfA().spawn(scope, () -> linger());
                        ThreeNodes.pause();
                        nodes.cOfA().spawn(scope, failing);
                    }));
            assertEquals(2, LOG.size());
        });
    }

    @Test
    void aTaskThatWasNotSentHadNotBegunWhenItsNodeIsLost() {
        underSeeds(nodes -> {
            List<RemoteGreenlet<?>> sent = new ArrayList<>();
            fillUp(nodes, sent);
            RemoteGreenlet<?> waiting = nodes.bOfA().spawn(() -> linger());
            waiting.greenlet().toFuture();
            ThreeNodes.pause();
            nodes.network().detection(Duration.ofSeconds(1)).crash("b");
            assertEquals(Begun.NO, begunOf(waiting));
            assertEquals(
                    Set.of(Begun.NO, Begun.UNKNOWN),
                    sent.stream().map(RemoteGreenletTest::begunOf).collect(Collectors.toSet()));
            assertEquals(Begun.NO, begunOf(nodes.bOfA().spawn(() -> linger())));
            assertEquals(List.of(), LOG);
        });
    }

    @Test
    void whetherATaskThatWasSentHasBegunIsNotKnownWhenItsNodeIsLost() {
        underSeeds(nodes -> {
            RemoteGreenlet<?> sent = nodes.bOfA().spawn(() -> linger());
            Weft.sleep(Duration.ofNanos(1));
            nodes.network().crash("b");
            assertEquals(Begun.UNKNOWN, begunOf(sent));
        });
    }

    @Test
    void aTaskThatRanHadBegunWhenItsNodeIsLost() {
        underSeeds(nodes -> {
            RemoteGreenlet<?> running = nodes.bOfA().spawn("runner", () -> linger());
            ThreeNodes.pause();
            nodes.network().crash("b");
            NodeLost lost = assertThrows(NodeLost.class, running::join);
            assertEquals(Begun.YES, lost.begun());
            assertEquals(nodes.b().self().id(), lost.node());
            assertSays("runner had begun", lost);
        });
    }

    @Test
    void aTaskIsKilledWhenTheNodeThatSpawnedItIsLost() {
        underSeeds(nodes -> {
            Node caller = nodes.a().self();
            RemoteGreenlet<?> running = nodes.bOfA().spawn(() -> linger());
            ThreeNodes.pause();
            nodes.network().crash("a");
            Weft.sleep(Duration.ofSeconds(4));
            assertEquals(List.of("begun", "killed: node " + caller + " was lost: it is out of sight"), LOG);
            nodes.a().close();
            assertThrows(NodeLost.class, running::join);
        });
    }

    @Test
    void aResultOfAnOldSessionIsDropped() {
        underSeeds(nodes -> {
            RemoteGreenlet<String> old = nodes.bOfA().spawn(() -> {
                Weft.shield(() -> Weft.sleep(Duration.ofSeconds(10)));
                LOG.add("old");
                return "old";
            });
            ThreeNodes.pause();
            nodes.network().cut("a", "b");
            assertEquals(Begun.YES, begunOf(old));
            ThreeNodes.settle();
            nodes.network().heal();
            ThreeNodes.settle();
            assertEquals("new", nodes.bOfA().call(() -> {
                Weft.sleep(Duration.ofSeconds(20));
                LOG.add("new");
                return "new";
            }));
            assertEquals(List.of("old", "new"), LOG);
        });
    }

    @Test
    void aTaskWhoseClassIsNotAllowedFailsWithItsName() {
        underSeeds(nodes -> {
            Courier courier = new Courier("book");
            assertSays(
                    "com.example.Courier",
                    assertThrows(NotAllowed.class, () -> nodes.bOfA().spawn(courier)));
            ClusterConfig generous = ClusterConfig.over(nodes.network().transport("d"));
            try (Cluster d = Cluster.join("test", generous.allowPackage("com.example"))) {
                RemoteGreenlet<String> refused = d.node(nodes.b().self().id()).spawn(courier);
                NotAllowed failure = assertThrows(NotAllowed.class, refused::join);
                assertSays("com.example.Courier", failure);
                assertEquals("book was delivered", d.self().call(courier));
            }
        });
    }

    @Test
    void aResultThatCannotTravelIsAFailure() {
        underSeeds(nodes -> {
            RemoteGreenlet<Object> bad = nodes.bOfA().spawn(() -> unserialisable());
            NotSerializable failure = assertThrows(NotSerializable.class, bad::join);
            assertSays(RemoteGreenletTest.class.getName(), failure);
            assertEquals(1, nodes.bOfA().call(() -> 1));
        });
    }

    @Test
    void aNodeCanSpawnOnItself() {
        underSeeds(nodes -> {
            Node self = nodes.a().self();
            ArrayList<String> sent = new ArrayList<>(List.of("x"));
            List<String> returned = self.call(() -> sent);
            assertEquals(sent, returned);
            assertNotSame(sent, returned);
            Task<String> failing = RemoteGreenletTest::fail;
            assertThrows(IllegalStateException.class, () -> self.call(failing));
            RemoteGreenlet<?> lingering = self.spawn(() -> linger());
            ThreeNodes.pause();
            lingering.kill("not wanted");
            assertThrows(Cancelled.class, lingering::join);
            assertEquals(List.of("begun", "killed: not wanted"), LOG);
        });
    }

    @Test
    void aNodeThatLeavesKillsWhatOthersSpawnedThere() {
        underSeeds(nodes -> {
            RemoteGreenlet<?> there = nodes.bOfA().spawn(() -> linger());
            there.greenlet().toFuture(); // its failure is waited for
            ThreeNodes.pause();
            nodes.b().close();
            assertEquals(2, LOG.size());
            assertEquals(Begun.YES, begunOf(there));
        });
    }

    @Test
    void aNodeThatLeavesLosesWhatItSpawned() {
        underSeeds(nodes -> {
            RemoteGreenlet<?> there = nodes.bOfA().spawn(() -> linger());
            RemoteGreenlet<?> here = nodes.a().self().spawn(() -> linger());
            there.greenlet().toFuture(); // its failure is waited for
            here.greenlet().toFuture();
            ThreeNodes.pause();
            nodes.a().close();
            assertThrows(NodeLost.class, there::join);
            assertThrows(NodeLost.class, here::join);
            Weft.sleep(Duration.ofSeconds(2));
            assertEquals(4, LOG.size());
            assertEquals(Begun.NO, begunOf(nodes.bOfA().spawn(() -> linger())));
        });
    }
}
