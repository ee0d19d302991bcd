package dev.weft.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Action;
import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.sync.Channel;
import dev.weft.sync.Limiter;
import dev.weft.testing.ManualClock;
import dev.weft.testing.NoGreenletLeaks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a look from outside finds. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
@SuppressWarnings({"try", "resource", "MustBeClosedChecker"}) // what is held here is never given back
class ObserverTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final ManualClock clock = new ManualClock();
    private final LoopGroup group = LoopGroup.builder()
            .name("seen")
            .hogAfter(Duration.ZERO)
            .clock(clock)
            .open();
    private final Observer observer = Observer.of(group);

    @AfterEach
    void close() {
        group.close();
    }

    private Greenlet<?> spawnWaiting(String name, Action body) {
        Greenlet<?> greenlet = group.spawn(name, body);
        while (greenlet.state() != Greenlet.State.WAITING) {
            Thread.onSpinWait();
        }
        return greenlet;
    }

    private static long id(Greenlet<?> greenlet) {
        return greenlet.thread().threadId();
    }

    private GreenletSnapshot seen(String name) {
        return observer.snapshot(Query.all().matching("name:" + name))
                .greenlets()
                .get(0);
    }

    @Test
    void theGroupIsAmongAllOfThisJvm() {
        assertTrue(Observer.all().stream().anyMatch(each -> each.group() == group));
        assertEquals("seen", observer.name());
    }

    @Test
    void aGreenletIsSeenWithItsWaitItsSpawnerAndItsDeadline() {
        Greenlet<?> parent = spawnWaiting("parent", () -> {
            Channel<Integer> channel = Channel.rendezvous();
            Weft.spawn("child", () -> Weft.withTimeout(HOUR, () -> channel.receive()));
            Weft.sleep(HOUR);
        });
        group.next().call(() -> Weft.yieldNow());
        clock.advance(Duration.ofMinutes(1));
        GreenletSnapshot child = seen("child");
        assertEquals(id(parent), child.spawner());
        assertEquals("waiting", child.state());
        assertEquals("channel", child.awaits().kind());
        assertEquals("receive from rendezvous channel on seen-0", child.awaits().what());
        assertEquals(60, Math.round(child.awaits().sinceNanos() / 1e9));
        assertEquals(59, Math.round(child.awaits().deadlineNanos() / 6e10));
        assertEquals("deadline", child.scopes().get(0).kind());
        assertEquals(-1, child.killedNanos());
        assertEquals("sleep", seen("parent").awaits().kind());
        assertEquals(0, seen("parent").spawner());
    }

    @Test
    void aChildOfAScopeHasTheOpenerAsItsParent() {
        Greenlet<?> opener =
                spawnWaiting("opener", () -> Weft.scope(scope -> scope.spawn("inside", () -> Weft.sleep(HOUR))));
        assertEquals(id(opener), seen("inside").parent());
        assertEquals(1, seen("opener").scopes().get(0).children());
        assertEquals(
                List.of(id(group.next().greenlets().get(1))),
                seen("opener").awaits().owners());
        assertTrue(seen("opener").awaits().certain());
    }

    @Test
    void theHoldersOfALimiterAreNamed() {
        Limiter limiter = new Limiter(group.next(), 1);
        Greenlet<?> holder = spawnWaiting("holder", () -> {
            limiter.acquire();
            Weft.sleep(HOUR);
        });
        Greenlet<?> waiter = spawnWaiting("waiter", () -> limiter.acquire());
        WaitSnapshot wait = seen("waiter").awaits();
        assertEquals("limiter", wait.kind());
        assertEquals(List.of(id(holder)), wait.owners());
        ResourceSnapshot resource = observer.snapshot(Query.all().matching("name:waiter"))
                .resources()
                .get(0);
        assertEquals(wait.resource(), resource.key());
        assertEquals(1, resource.size());
        assertEquals(1, resource.capacity());
        WaitGraphSnapshot around = observer.around(id(waiter), 2);
        assertTrue(
                around.edges().contains(new WaitGraphSnapshot.Edge("r" + resource.key(), "g" + id(holder), "held by")));
    }

    @Test
    void aHogIsSeenWhileItHoldsTheLoop() {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicBoolean end = new AtomicBoolean();
        Greenlet<?> hog = group.spawn("hog", () -> {
            begun.countDown();
            while (!end.get()) {
                Thread.onSpinWait();
            }
        });
        while (begun.getCount() > 0) {
            Thread.onSpinWait();
        }
        LoopSnapshot loop = observer.loops().get(0);
        assertEquals("running", loop.state());
        assertEquals(id(hog), loop.running());
        assertEquals("running", observer.greenlet(id(hog)).orElseThrow().state());
        end.set(true);
    }

    @Test
    void anAdoptedThreadAndAWaitInsideTheJdkAreSeen() {
        List<Thread> started = new ArrayList<>();
        CountDownLatch never = new CountDownLatch(1);
        group.next()
                .call(() -> started.add(Thread.startVirtualThread(() -> {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                })));
        Greenlet<?> adopted = group.next().greenlets().get(0);
        while (adopted.state() != Greenlet.State.WAITING) {
            Thread.onSpinWait();
        }
        GreenletSnapshot close = observer.greenlet(started.get(0).threadId()).orElseThrow();
        assertTrue(close.adopted());
        assertEquals("jdk", close.awaits().kind());
        assertTrue(
                close.awaits().what().contains("CountDownLatch"), close.awaits().what());
        assertFalse(close.stack().isEmpty());
    }

    @Test
    void aFilterALimitAndASumAreHeld() {
        for (int i = 0; i < 10; i++) {
            spawnWaiting(i < 4 ? "one" : "other", () -> Weft.sleep(HOUR));
        }
        Snapshot ones = observer.snapshot(Query.all().matching("NAME:one state:waiting"));
        assertEquals(4, ones.matched());
        assertEquals(10, ones.alive());
        assertEquals(2, observer.snapshot(Query.all().atMost(2)).greenlets().size());
        Snapshot sum = observer.snapshot(Query.all().aggregatedAbove(5));
        assertEquals(List.of(), sum.greenlets());
        assertEquals(10, sum.sites().get(0).count());
        assertEquals(4, observer.snapshot(Query.all().matching("one")).matched());
        assertEquals(
                10, observer.snapshot(Query.all().matching("wait:sleep seen-0")).matched());
        assertEquals(
                0, observer.snapshot(Query.all().matching("Nowhere.java:12")).matched());
        assertFalse(observer.snapshot(Query.all().withStacks())
                .greenlets()
                .get(0)
                .stack()
                .isEmpty());
    }

    @Test
    void aGreenletIsKilledByItsNumber() {
        Greenlet<?> greenlet = spawnWaiting("victim", () -> Weft.sleep(HOUR));
        assertTrue(observer.kill(id(greenlet), "by hand"));
        assertTrue(assertThrows(Cancelled.class, greenlet::join).toString().contains("by hand"));
        assertFalse(observer.kill(id(greenlet), "again"));
        assertTrue(observer.greenlet(id(greenlet)).isEmpty());
        assertEquals(List.of(), observer.stack(id(greenlet)));
    }

    @Test
    void aLookOnALoopIsRefused() {
        assertThrows(IllegalStateException.class, () -> group.next().call(() -> observer.snapshot(Query.all())));
    }

    @Test
    void aClosedGroupIsSeenAsClosed() {
        group.close();
        assertEquals("closed", observer.loops().get(0).state());
        assertFalse(observer.snapshot(Query.all()).open());
    }

    @Test
    void theJsonHasTheNamesOfTheRecords() {
        spawnWaiting("<\"quoted\">\n", () -> Weft.sleep(HOUR));
        String json = observer.snapshot(Query.all()).json();
        assertTrue(json.startsWith("{\"group\":\"seen\",\"takenEpochMillis\":"), json);
        assertTrue(json.contains("\"name\":\"\\u003c\\\"quoted\\\"\\u003e\\n\""), json);
        assertTrue(json.contains("\"statistics\":{\"alive\":1,"), json);
        assertTrue(json.contains("\"longestSliceNanos\":"), json);
        assertTrue(json.endsWith("\"verdicts\":[],\"lints\":[]}"), json);
    }

    @Test
    void aGreenletThatNothingAliveCanWakeIsALeak() {
        group.next().call(() -> {
            Channel<Integer> lost = Channel.rendezvous();
            Weft.spawn("leaked", () -> lost.receive());
            Channel<Integer> kept = Channel.rendezvous();
            Weft.spawn("alive", () -> kept.receive());
            Weft.spawn("keeper", () -> {
                Weft.sleep(HOUR);
                kept.send(1);
            });
            Weft.yieldNow();
        });
        List<VerdictSnapshot> leaks = observer.leaks();
        assertEquals(1, leaks.size(), leaks::toString);
        assertEquals("leaked", leaks.get(0).edges().get(0).name());
        assertEquals("leaked", leaks.get(0).kind());
    }
}
