package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.kernel.EventLoop;
import dev.weft.spi.LoopListener;
import dev.weft.sync.Channel;
import dev.weft.sync.Limiter;
import dev.weft.testing.NoGreenletLeaks;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class FlightRecordingTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private static void computeFor(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
    }

    private static boolean hasFrame(RecordedEvent event, String method) {
        return event.getStackTrace().getFrames().stream()
                .anyMatch(frame -> frame.getMethod().getType().getName().startsWith("dev.weft.FlightRecordingTest")
                        && frame.getMethod().getName().contains(method));
    }

    private static void assertIsHere(String place) {
        assertTrue(place.contains("FlightRecordingTest.java"), place);
    }

    @Test
    void aSliceOfAMillisecondIsRecordedWithItsGreenlet() throws Exception {
        try (RecordedGroup recorded = RecordedGroup.open()) {
            Greenlet<?> parser = recorded.group.spawn("parser", () -> computeFor(Duration.ofMillis(8)));
            parser.join();
            List<RecordedEvent> slices = recorded.events("Slice");
            RecordedEvent slice = slices.stream()
                    .filter(each -> "parser".equals(each.getString("greenlet")))
                    .findAny()
                    .orElseThrow();
            assertTrue(slice.getDuration().toMillis() >= 8, slice::toString);
            assertEquals("weft-0", slice.getString("loop"));
            assertEquals("weft-0", slice.getThread().getJavaName());
            assertEquals(parser.thread().threadId(), slice.getLong("greenletId"));
            assertIsHere(slice.getString("spawnSite"));
            assertTrue(slices.stream().allMatch(each -> each.getDuration().toMillis() >= 1), slices::toString);
        }
    }

    @Test
    void whatRanBeforeASliceIsNoPartOfIt() throws Exception {
        try (RecordedGroup recorded = RecordedGroup.open()) {
            recorded.recording.enable("dev.weft.Slice").withThreshold(Duration.ofMillis(300));
            Loop loop = recorded.group.next();
            EventLoop.of(loop).scheduler.post(() -> {
                loop.spawn("first", () -> computeFor(Duration.ofMillis(200)));
                loop.spawn("second", () -> computeFor(Duration.ofMillis(200)));
                loop.spawn("third", () -> computeFor(Duration.ofMillis(400)));
                computeFor(Duration.ofMillis(200));
            });
            RecordedEvent slice = recorded.onlyEvent("Slice");
            assertEquals("third", slice.getString("greenlet"));
        }
    }

    @Test
    void aTurnOfFiveMillisecondsIsRecorded() throws Exception {
        try (RecordedGroup recorded = RecordedGroup.open()) {
            recorded.group.spawn(() -> computeFor(Duration.ofMillis(8))).join();
            List<RecordedEvent> turns = recorded.events("Turn");
            assertTrue(turns.stream().anyMatch(turn -> turn.getInt("slices") >= 1), turns::toString);
        }
    }

    @Test
    void aLongWaitIsRecordedWithItsTargetAndAShortOneIsNot() throws Exception {
        try (RecordedGroup recorded = RecordedGroup.open()) {
            recorded.recording.enable("dev.weft.Wait").with("longerThan", "300 ms");
            recorded.group
                    .spawn("sleeper", () -> {
                        Weft.sleep(Duration.ofMillis(1));
                        Weft.sleep(Duration.ofMillis(400));
                    })
                    .join();
            RecordedEvent wait = recorded.onlyEvent("Wait");
            assertEquals("sleeper", wait.getString("greenlet"));
            assertEquals("sleep", wait.getString("target"));
            assertEquals("sleep", wait.getString("kind"));
            assertTrue(wait.getDuration("waited").toMillis() >= 390, wait::toString);
        }
    }

    @Test
    void aLongWaitIsRecordedAfterAShortOneOfTheSameTurn() throws Exception {
        try (RecordedGroup recorded = RecordedGroup.open()) {
            recorded.recording.enable("dev.weft.Wait").with("longerThan", "300 ms");
            recorded.recording.enable("dev.weft.BackPressure").with("longerThan", "300 ms");
            Channel<String> early = Channel.on(recorded.group.next()).buffered(1);
            Channel<String> late = Channel.on(recorded.group.next()).buffered(1);
            Greenlet<?> patient = recorded.group.spawn("patient", () -> early.receive());
            recorded.group.spawn(() -> computeFor(Duration.ofMillis(350))).join();
            Greenlet<?> hasty = recorded.group.spawn("hasty", () -> late.receive());
            recorded.group
                    .spawn(() -> {
                        Weft.sleep(Duration.ofMillis(10));
                        late.send("first");
                        early.send("second");
                    })
                    .join();
            patient.join();
            hasty.join();
            assertEquals("patient", recorded.onlyEvent("Wait").getString("greenlet"));
        }
    }

    @Test
    void aShorterWaitIsRecordedOnceTheSettingsSaySo() throws Exception {
        try (RecordedGroup recorded = RecordedGroup.open()) {
            recorded.recording.enable("dev.weft.Wait").with("longerThan", "300 s");
            recorded.recording.enable("dev.weft.BackPressure").with("longerThan", "300 s");
            recorded.group
                    .spawn("before", () -> Weft.sleep(Duration.ofMillis(60)))
                    .join();
            recorded.recording.enable("dev.weft.Wait").with("longerThan", "5 ms");
            recorded.group
                    .spawn("after", () -> Weft.sleep(Duration.ofMillis(20)))
                    .join();
            assertEquals("after", recorded.onlyEvent("Wait").getString("greenlet"));
        }
    }

    @Test
    void aWaitInsideTheJdkIsRecordedAndAYieldIsNot() throws Exception {
        try (RecordedGroup recorded = RecordedGroup.open()) {
            LinkedBlockingQueue<String> queue = new LinkedBlockingQueue<>();
            Greenlet<?> taker = recorded.group.spawn("taker", () -> {
                queue.take();
                Weft.yieldNow();
            });
            recorded.group
                    .spawn(() -> {
                        Weft.sleep(Duration.ofMillis(60));
                        queue.add("value");
                    })
                    .join();
            taker.join();
            List<RecordedEvent> waits = recorded.events("Wait").stream()
                    .filter(wait -> "taker".equals(wait.getString("greenlet")))
                    .toList();
            assertEquals(1, waits.size(), waits::toString);
            assertTrue(waits.get(0).getString("target").contains("LinkedBlockingQueue.take"), waits::toString);
            assertEquals("jdk", waits.get(0).getString("kind"));
        }
    }

    @Test
    void aSenderToAFullChannelIsBackPressure() throws Exception {
        try (RecordedGroup recorded = RecordedGroup.open()) {
            Channel<String> orders = Channel.on(recorded.group.next()).buffered(1);
            Greenlet<?> sender = recorded.group.spawn("sender", () -> {
                orders.send("first");
                orders.send("second");
            });
            recorded.group
                    .spawn("receiver", () -> {
                        Weft.sleep(Duration.ofMillis(60));
                        orders.receive();
                    })
                    .join();
            sender.join();
            RecordedEvent pressure = recorded.onlyEvent("BackPressure");
            assertEquals("sender", pressure.getString("greenlet"));
            assertEquals(orders.toString(), pressure.getString("full"));
        }
    }

    @Test
    void aHogIsRecordedWithTheReportOfIt() throws Exception {
        CountDownLatch reported = new CountDownLatch(1);
        LoopListener listener = new LoopListener() {
            @Override
            public void onHog(Loop loop, Greenlet<?> greenlet, Duration held, StackTraceElement[] where) {
                reported.countDown();
            }
        };
        try (RecordedGroup recorded = RecordedGroup.open(
                LoopGroup.builder().hogAfter(Duration.ofMillis(50)).listener(listener))) {
            recorded.group
                    .spawn("hog", () -> {
                        while (reported.getCount() > 0) {
                            Thread.onSpinWait();
                        }
                    })
                    .join();
            RecordedEvent hog = recorded.events("Hog").get(0);
            assertEquals("hog", hog.getString("greenlet"));
            assertEquals("weft-0", hog.getString("loop"));
            assertEquals("computing", hog.getString("how"));
            assertTrue(hog.getDuration("held").toMillis() >= 50, hog::toString);
            assertIsHere(hog.getString("report"));
        }
    }

    @Test
    void aPinnedWaitIsRecordedWithItsStack() throws Exception {
        try (RecordedGroup recorded = RecordedGroup.open()) {
            recorded.group.spawn("initialiser", () -> WaitsWhenLoaded.VALUE).join();
            RecordedEvent pinned = recorded.onlyEvent("Pinned");
            assertEquals("initialiser", pinned.getString("greenlet"));
            assertEquals("sleep", pinned.getString("target"));
            assertTrue(hasFrame(pinned, "<clinit>"), pinned::toString);
        }
    }

    private static final class WaitsWhenLoaded {
        static final int VALUE;

        static {
            Weft.sleep(Duration.ofMillis(3));
            VALUE = 5;
        }
    }

    @Test
    void anImplicitYieldIsRecordedWithItsPlace() throws Exception {
        try (RecordedGroup recorded = RecordedGroup.open()) {
            SynchronousQueue<String> queue = new SynchronousQueue<>();
            Greenlet<?> taker = recorded.group.spawn("taker", () -> queue.take());
            recorded.group.spawn(() -> queue.put("value")).join();
            taker.join();
            List<RecordedEvent> yields = recorded.events("ImplicitYield");
            assertFalse(yields.isEmpty());
            assertEquals("taker", yields.get(0).getString("greenlet"));
            assertIsHere(yields.get(0).getString("place"));
        }
    }

    @Test
    void aCallThatHasToWaitForAThreadIsRecorded() throws Exception {
        try (RecordedGroup recorded = RecordedGroup.open(LoopGroup.builder().offloadThreads(1))) {
            Loop loop = recorded.group.next();
            Greenlet<?> first = loop.spawn(
                    "first",
                    () -> Weft.offload(() -> {
                        while (recorded.group.offloadStatistics().queued() == 0) {
                            Thread.onSpinWait();
                        }
                        computeFor(Duration.ofMillis(5));
                    }));
            loop.spawn("second", () -> Weft.offload(() -> computeFor(Duration.ofMillis(5))))
                    .join();
            first.join();
            RecordedEvent queued = recorded.events("OffloadQueued").stream()
                    .filter(each -> "second".equals(each.getString("greenlet")))
                    .findAny()
                    .orElseThrow();
            assertTrue(queued.getDuration().toMillis() >= 5, queued::toString);
        }
    }

    @Test
    void anOffloadedCallIsRecordedOnItsThread() throws Exception {
        try (RecordedGroup recorded = RecordedGroup.open()) {
            recorded.group
                    .spawn("reader", () -> Weft.offload(() -> computeFor(Duration.ofMillis(5))))
                    .join();
            RecordedEvent call = recorded.onlyEvent("Offload");
            assertEquals("reader", call.getString("greenlet"));
            assertTrue(call.getDuration().toMillis() >= 5, call::toString);
            assertEquals("weft-offload", call.getString("pool"));
            assertTrue(call.getString("call").startsWith(FlightRecordingTest.class.getName()), call::toString);
            assertTrue(call.getThread().getJavaName().startsWith("weft-offload"), call::toString);
        }
    }

    @Test
    void aKillIsRecordedWhereItIsAskedAndWhenItLands() throws Exception {
        try (RecordedGroup recorded = RecordedGroup.open()) {
            Greenlet<?> victim = recorded.group.spawn("victim", () -> Weft.sleep(HOUR));
            recorded.group.spawn(() -> killIt(victim)).join();
            assertThrows(Cancelled.class, victim::join);
            RecordedEvent landed = recorded.onlyEvent("Kill");
            assertEquals("victim", landed.getString("greenlet"));
            assertEquals("no longer wanted", landed.getString("reason"));
            assertEquals("cancelled", landed.getString("ended"));
        }
    }

    private static void killIt(Greenlet<?> victim) {
        victim.kill("no longer wanted");
    }

    @Test
    void whoAskedForAKillIsInItsStack() throws Exception {
        try (RecordedGroup recorded = RecordedGroup.open()) {
            Greenlet<?> victim = recorded.group.spawn("victim", () -> Weft.sleep(HOUR));
            killIt(victim);
            assertThrows(Cancelled.class, victim::join);
            RecordedEvent asked = recorded.onlyEvent("KillAsked");
            assertEquals("victim", asked.getString("greenlet"));
            assertTrue(hasFrame(asked, "killIt"), asked::toString);
        }
    }

    @Test
    void anExceededDeadlineIsRecordedWithItsStack() throws Exception {
        try (RecordedGroup recorded = RecordedGroup.open()) {
            recorded.group.spawn("impatient", this::waitInVain).join();
            RecordedEvent exceeded = recorded.onlyEvent("DeadlineExceeded");
            assertEquals("impatient", exceeded.getString("greenlet"));
            assertEquals("weft-0", exceeded.getString("loop"));
            assertEquals(Duration.ofMillis(5), exceeded.getDuration("limit"));
            assertTrue(hasFrame(exceeded, "waitInVain"), exceeded::toString);
        }
    }

    private void waitInVain() {
        assertThrows(DeadlineExceeded.class, () -> Weft.await(new CompletableFuture<String>(), Duration.ofMillis(5)));
    }

    @Test
    void theDeadlineOfABlockIsRecorded() throws Exception {
        try (RecordedGroup recorded = RecordedGroup.open()) {
            recorded.group
                    .spawn(() -> Weft.moveOnAfter(Duration.ofMillis(5), () -> Weft.sleep(HOUR)))
                    .join();
            assertEquals(
                    Duration.ofMillis(5), recorded.onlyEvent("DeadlineExceeded").getDuration("limit"));
        }
    }

    @Test
    void aVerdictIsRecordedWithItsText() throws Exception {
        CompletableFuture<Verdict> verdict = new CompletableFuture<>();
        LoopListener listener = new LoopListener() {
            @Override
            public void onVerdict(LoopGroup group, Verdict found) {
                verdict.complete(found);
            }
        };
        try (RecordedGroup recorded = RecordedGroup.open(LoopGroup.builder().listener(listener))) {
            Limiter limiter = new Limiter(recorded.group.next(), 1);
            Greenlet<?> stuck = recorded.group.spawn("stuck", () -> {
                limiter.acquire();
                limiter.acquireFor("another of itself");
            });
            String text = verdict.join().text();
            RecordedEvent recordedVerdict = recorded.onlyEvent("Verdict");
            assertEquals("certain", recordedVerdict.getString("kind"));
            assertEquals(1, recordedVerdict.getInt("greenlets"));
            assertEquals(text, recordedVerdict.getString("report"));
            stuck.kill();
        }
    }

    @Test
    void aStandstillIsRecorded() throws Exception {
        CountDownLatch stalled = new CountDownLatch(1);
        LoopListener listener = new LoopListener() {
            @Override
            public void onStalled(Loop loop, List<Greenlet<?>> waiting) {
                stalled.countDown();
            }
        };
        try (RecordedGroup recorded = RecordedGroup.open(LoopGroup.builder().listener(listener))) {
            Greenlet<?> waiting = recorded.group.spawn("waiting", () -> {
                Channel.<String>rendezvous().receive();
            });
            stalled.await();
            RecordedEvent standstill = recorded.events("Standstill").get(0); // another may follow its greenlets
            assertEquals("weft-0", standstill.getString("loop"));
            assertEquals(1, standstill.getInt("waiting"));
            assertTrue(standstill.getString("report").contains("\"waiting\""), standstill::toString);
            waiting.kill();
        }
    }

    @Test
    void theStatisticsOfALoopAreRecordedPeriodically() throws Exception {
        CompletableFuture<RecordedEvent> event = new CompletableFuture<>();
        try (LoopGroup group = LoopGroup.builder().name("observed").open();
                RecordingStream stream = new RecordingStream()) {
            Greenlet<?> sleeper = group.spawn(() -> Weft.sleep(HOUR));
            stream.enable("dev.weft.LoopStatistics").withPeriod(Duration.ofMillis(10));
            stream.onEvent("dev.weft.LoopStatistics", statistics -> {
                if (statistics.getString("loop").equals("observed-0")) {
                    event.complete(statistics);
                }
            });
            stream.setReuse(false);
            stream.startAsync();
            assertEquals(1, event.join().getInt("alive"));
            assertTrue(event.join().getDuration("idle").isPositive());
            sleeper.kill();
        }
    }

    @Test
    void nothingIsRecordedOfAnEventThatIsDisabled() throws Exception {
        try (RecordedGroup recorded = RecordedGroup.open()) {
            recorded.recording.disable("dev.weft.Slice");
            recorded.group.spawn(() -> computeFor(Duration.ofMillis(8))).join();
            assertEquals(List.of(), recorded.events("Slice"));
        }
    }
}
