package dev.weft.lint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Action;
import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.loop.RunLoop;
import dev.weft.sync.Channel;
import dev.weft.sync.Event;
import dev.weft.testing.ManualClock;
import dev.weft.testing.NoGreenletLeaks;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Each lint speaks when it should, and not before. The looks are taken by hand, on a clock of the test's own. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class LintsTest {
    private static final long SECOND = 1_000_000_000;

    private final ManualClock clock = new ManualClock();
    private final LoopGroup group = LoopGroup.builder()
            .hogAfter(Duration.ZERO)
            .loops(2)
            .offloadThreads(1)
            .clock(clock)
            .open();
    private final List<RunLoop> loops =
            group.loops().stream().map(loop -> (RunLoop) loop).toList();
    private final RunLoop loop = loops.get(0);
    private final Lints lints = new Lints(loops);
    private long now;

    @AfterEach
    void close() {
        group.close();
    }

    /** Lets {@code seconds} pass, with a look after each; returns the kinds of what the last one has found. */
    private List<String> after(int seconds) {
        return after(seconds, () -> {});
    }

    /** As above, doing {@code each} in each second. */
    private List<String> after(int seconds, Runnable each) {
        for (int i = 0; i < seconds; i++) {
            each.run();
            while (!loops.stream().allMatch(other -> other.eventLoop().scheduler.isAsleep())) {
                Thread.onSpinWait(); // else it would seem to have been busy while the clock moves
            }
            clock.advance(Duration.ofSeconds(1));
            now += SECOND;
            lints.lookNow(now);
        }
        return lints.standing().stream().map(Finding::kind).distinct().toList();
    }

    private Greenlet<?> spawnWaiting(String name, Action body) {
        Greenlet<?> greenlet = loop.spawn(name, body);
        await(greenlet, Greenlet.State.WAITING);
        return greenlet;
    }

    private static void await(Greenlet<?> greenlet, Greenlet.State state) {
        while (greenlet.state() != state) {
            Thread.onSpinWait();
        }
    }

    private Finding only() {
        assertEquals(1, lints.standing().size(), () -> lints.standing().toString());
        return lints.standing().get(0);
    }

    @Test
    void anIdleProgramHasNone() {
        spawnWaiting("sleeper", () -> Weft.sleep(Duration.ofHours(1)));
        assertEquals(List.of(), after(70));
    }

    @Test
    void aLoopThatIsHeldForAFifthOfItsTimeIsTold() {
        assertEquals(List.of("hog-share"), after(12, () -> hold(300)));
        assertEquals("loop " + loop.name(), only().subject());
        assertEquals(List.of(), after(12), "it is over");
    }

    @Test
    void aLoopThatIsHeldForATenthIsNot() {
        assertEquals(List.of(), after(15, () -> hold(100)));
    }

    /** Holds the loop for a while, by its clock. */
    private void hold(int millis) {
        loop.call(() -> clock.advance(Duration.ofMillis(millis)));
    }

    @Test
    void aGreenletThatYieldsInsteadOfWaitingIsTold() {
        assertEquals(List.of("self-woken"), after(12, () -> yieldOften(20_000)));
        assertEquals("loop " + loop.name(), only().subject());
    }

    @Test
    void aFewYieldsAreNot() {
        assertEquals(List.of(), after(12, () -> yieldOften(100)));
    }

    private void yieldOften(int times) {
        loop.call(() -> {
            for (int i = 0; i < times; i++) {
                Weft.yieldNow();
            }
        });
    }

    @Test
    void aGreenletThatSwallowsItsCancellationIsTold() {
        Event end = loop.call(() -> new Event());
        Greenlet<?> stubborn = spawnWaiting("stubborn", () -> swallow(end, 4));
        stubborn.kill();
        release(stubborn);
        assertEquals(List.of("cancel-swallowed"), after(1));
        assertEquals(stubborn.thread().threadId(), only().greenlet());
        end.set();
        await(stubborn, Greenlet.State.RETURNED);
    }

    @Test
    void aCleanUpThatTriesToWaitOnceIsNot() {
        Event end = loop.call(() -> new Event());
        Greenlet<?> cleaning = spawnWaiting("cleaning", () -> swallow(end, 1));
        cleaning.kill();
        release(cleaning);
        assertEquals(List.of(), after(1));
        end.set();
        await(cleaning, Greenlet.State.RETURNED);
    }

    /** Waits until {@code greenlet}, whose refused waits are slowed down by timers, has come to its shield. */
    private void release(Greenlet<?> greenlet) {
        while (!greenlet.waitingOn().equals("event")) {
            clock.advance(Duration.ofMillis(10));
            loop.call(() -> {});
        }
    }

    private static void swallow(Event end, int times) {
        for (int i = 0; i <= times; i++) {
            assertThrows(Cancelled.class, () -> Weft.sleep(Duration.ofHours(1)));
        }
        Weft.shield(() -> end.await());
    }

    @Test
    void aGreenletThatOutlivesItsKillIsTold() {
        Event end = loop.call(() -> new Event());
        Greenlet<?> shielded = spawnWaiting("shielded", () -> Weft.shield(() -> end.await()));
        shielded.kill();
        loop.call(() -> {});
        assertEquals(List.of(), after(9));
        assertEquals(List.of("killed-alive"), after(2));
        assertEquals(shielded.thread().threadId(), only().greenlet());
        end.set();
        await(shielded, Greenlet.State.RETURNED);
        assertEquals(List.of(), after(1));
    }

    @Test
    void aCleanUpWithinTheGraceIsNotHoweverOldTheGreenletIs() {
        Event end = loop.call(() -> new Event());
        Greenlet<?> cleaning = spawnWaiting("cleaning", () -> Weft.shield(() -> end.await()));
        assertEquals(List.of(), after(20));
        cleaning.kill();
        loop.call(() -> {});
        assertEquals(List.of(), after(9));
        end.set();
        await(cleaning, Greenlet.State.RETURNED);
        assertEquals(List.of(), after(5));
    }

    @Test
    void aWaitForTheOutsideWithoutADeadlineIsToldAfterAMinute() {
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        Greenlet<?> asking = spawnWaiting("asking", () -> Weft.await(Weft.completion(answer)));
        assertEquals(List.of(), after(58));
        assertEquals(List.of("no-deadline"), after(4));
        assertEquals(asking.thread().threadId(), only().greenlet());
        assertEquals(asking.spawnSite().toString(), only().site());
        answer.complete(1);
        await(asking, Greenlet.State.RETURNED);
        assertEquals(List.of(), after(1));
    }

    @Test
    void oneWithADeadlineIsNot() {
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        spawnWaiting("asking", () -> Weft.withTimeout(Duration.ofHours(1), () -> Weft.await(Weft.completion(answer))));
        spawnWaiting("also", () -> Weft.await(Weft.completion(answer), Duration.ofHours(1)));
        assertEquals(List.of(), after(70));
    }

    @Test
    void aSenderThatWaitsForRoomForTenSecondsIsTold() {
        Channel<Integer> channel = Channel.on(loop).buffered(1);
        Greenlet<?> sender = spawnWaiting("sender", () -> {
            channel.send(1);
            channel.send(2);
        });
        assertEquals(List.of(), after(9));
        assertEquals(List.of("channel-full"), after(2));
        assertEquals(sender.thread().threadId(), only().greenlet());
        loop.call(() -> channel.receive());
        assertEquals(List.of(), after(1));
    }

    @Test
    void aFullChannelThatMovesIsNot() {
        Channel<Integer> channel = Channel.on(loop).buffered(1);
        spawnWaiting("sender", () -> {
            while (true) {
                channel.send(1);
            }
        });
        assertEquals(List.of(), after(15, () -> loop.call(() -> channel.receive())));
    }

    @Test
    void anUnboundedChannelThatOnlyGrowsIsTold() {
        Channel<Integer> channel = Channel.on(loop).unbounded();
        fill(channel, 2_000);
        assertEquals(List.of("channel-grows"), after(12, () -> fill(channel, 10)));
        assertTrue(only().text().contains("2120 values"), only().text());
    }

    @Test
    void oneThatIsEmptiedNowAndThenIsNot() {
        Channel<Integer> channel = Channel.on(loop).unbounded();
        fill(channel, 2_000);
        for (int i = 0; i < 4; i++) {
            assertEquals(List.of(), after(8, () -> fill(channel, 10)));
            loop.call(() -> {
                for (int taken = 0; taken < 100; taken++) {
                    channel.receive();
                }
            });
            assertEquals(List.of(), after(1));
        }
    }

    private void fill(Channel<Integer> channel, int count) {
        loop.call(() -> {
            for (int i = 0; i < count; i++) {
                channel.send(i);
            }
        });
    }

    @Test
    void aPoolWhoseThreadsAreAllTakenWhileCallsWaitIsTold() {
        Semaphore end = new Semaphore(0);
        for (int i = 0; i < 2; i++) {
            spawnWaiting(
                    "caller",
                    () -> Weft.offload(() -> {
                        end.acquire();
                        return 1;
                    }));
        }
        while (group.offloadStatistics().running() < 1
                || group.offloadStatistics().queued() < 1) {
            Thread.onSpinWait();
        }
        assertEquals(List.of(), after(4));
        assertEquals(List.of("offload-saturated"), after(3));
        end.release(2);
    }

    @Test
    void aPoolThatIsBusyWithoutAQueueIsNot() {
        Semaphore end = new Semaphore(0);
        spawnWaiting(
                "caller",
                () -> Weft.offload(() -> {
                    end.acquire();
                    return 1;
                }));
        assertEquals(List.of(), after(15));
        end.release();
    }

    @Test
    void aMonitorHeldOverAWaitIsToldIfAnotherIsBlockedOnIt() {
        Object monitor = new Object();
        Event end = loop.call(() -> new Event());
        Greenlet<?> holder = spawnWaiting("holder", () -> waitInside(monitor, end));
        spawnWaiting("blocked", () -> waitInside(monitor, end));
        assertEquals(List.of("monitor-held"), after(3));
        assertEquals(holder.thread().threadId(), only().greenlet());
        end.set();
        await(holder, Greenlet.State.RETURNED);
    }

    @Test
    void aMonitorThatNobodyWantsIsNot() {
        Event end = loop.call(() -> new Event());
        Object monitor = new Object();
        Greenlet<?> holder = spawnWaiting("holder", () -> waitInside(monitor, end));
        assertEquals(List.of(), after(5));
        end.set();
        await(holder, Greenlet.State.RETURNED);
    }

    private static void waitInside(Object monitor, Event end) {
        synchronized (monitor) {
            end.await();
        }
    }

    @Test
    void aLoopThatDoesAllTheWorkIsTold() {
        assertTrue(after(12, () -> hold(3_000)).contains("uneven-loops"));
    }

    @Test
    void aLoopThatDoesLessThanTwiceTheWorkOfAnotherIsNot() {
        assertEquals(List.of(), after(15, () -> {
            work(loops.get(0), 600);
            work(loops.get(1), 350);
        }));
    }

    @Test
    void aLoopThatIsIdleForOverHalfOfItsTimeIsNot() {
        assertEquals(List.of(), after(15, () -> work(loop, 400)));
    }

    /** Keeps {@code busy} computing for a while, by its clock, in pieces that hold up nobody. */
    private void work(RunLoop busy, int millis) {
        for (int i = 0; i < millis / 5; i++) {
            busy.call(() -> clock.advance(Duration.ofMillis(5)));
        }
    }
}
