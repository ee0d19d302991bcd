package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.lowlevel.Suspension;
import dev.weft.spi.LoopListener;
import dev.weft.spi.YieldMode;
import dev.weft.sync.Channel;
import dev.weft.sync.Event;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Loops on which greenlets may yield only where the code says so. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class ImplicitYieldTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private final Recorder told = new Recorder();

    private LoopGroup open(ImplicitYields terms) {
        return LoopGroup.builder()
                .implicitYields(terms)
                .uncaughtHandler((greenlet, failure) -> {})
                .listener(new LoopListener() {
                    @Override
                    public void onImplicitYield(Loop loop, Greenlet<?> greenlet, StackTraceElement[] where) {
                        told.add(greenlet.name() + " in " + method(where));
                    }
                })
                .open();
    }

    /** The first method of this class on the stack that has a name of its own. */
    private static String method(StackTraceElement[] where) {
        return Arrays.stream(where)
                .filter(frame -> frame.getClassName().startsWith(ImplicitYieldTest.class.getName()))
                .map(StackTraceElement::getMethodName)
                .filter(name -> !name.startsWith("lambda"))
                .findFirst()
                .orElse("no method");
    }

    /** A wait that the code does not mark. Something else on the loop ends it. */
    interface Waiting extends Action {}

    static Stream<Named<Waiting>> implicitWaits() {
        return Stream.of(
                Named.of("a queue", ImplicitYieldTest::takes),
                Named.of("a semaphore", ImplicitYieldTest::acquires),
                Named.of("a lock", ImplicitYieldTest::locks),
                Named.of("a monitor", ImplicitYieldTest::synchronises),
                Named.of("a future", ImplicitYieldTest::joins),
                Named.of("Thread.sleep", ImplicitYieldTest::sleeps),
                Named.of("Thread.yield", ImplicitYieldTest::yields),
                Named.of("a plain socket", ImplicitYieldTest::reads),
                Named.of("a face of Weft", ImplicitYieldTest::waitsBehindAFace));
    }

    private static void takes() throws InterruptedException {
        LinkedBlockingQueue<String> queue = new LinkedBlockingQueue<>();
        Weft.spawn(() -> queue.add("value"));
        queue.take();
    }

    private static void acquires() throws InterruptedException {
        Semaphore semaphore = new Semaphore(0);
        Weft.spawn(() -> semaphore.release());
        semaphore.acquire();
    }

    @SuppressWarnings("LockNotBeforeTry") // the try is the other greenlet's
    private static void locks() {
        ReentrantLock lock = new ReentrantLock();
        Greenlet<?> holder = Weft.spawn(() -> {
            lock.lock();
            Weft.sleep(Duration.ofMillis(2));
            lock.unlock();
        });
        Weft.yieldNow();
        lock.lock();
        lock.unlock();
        holder.join();
    }

    private static void synchronises() {
        Object monitor = new Object();
        int[] entered = {0};
        Greenlet<?> holder = Weft.spawn(() -> {
            synchronized (monitor) {
                Weft.sleep(Duration.ofMillis(2));
            }
        });
        Weft.yieldNow();
        synchronized (monitor) {
            entered[0]++;
        }
        holder.join();
    }

    private static void joins() {
        CompletableFuture<String> future = new CompletableFuture<>();
        Weft.spawn(() -> future.complete("value"));
        future.join();
    }

    private static void sleeps() throws InterruptedException {
        Thread.sleep(1);
    }

    private static void yields() {
        Thread.yield();
    }

    /** Connected elsewhere, as on a busy machine connect and accept wait too, at places of their own. */
    private static void reads() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket near = Weft.offload(() -> new Socket(server.getInetAddress(), server.getLocalPort()));
                Socket far = Weft.offload(server::accept)) {
            Weft.spawn(() -> far.getOutputStream().write(7));
            assertEquals(7, near.getInputStream().read());
        }
    }

    private static void waitsBehindAFace() {
        Suspension.await(Weft.timer(Duration.ofMillis(1)), HOUR, YieldMode.IMPLICIT);
    }

    private static String place(Waiting wait) {
        return implicitWaits()
                .filter(named -> named.getPayload() == wait)
                .map(Named::getName)
                .findFirst()
                .orElse("");
    }

    /** The listener is told by a greenlet, with the turn after the event. */
    private static void letListenerRun(LoopGroup group) {
        group.next().call(() -> {
            for (int i = 0; i < 3; i++) {
                Weft.yieldNow();
            }
        });
    }

    @ParameterizedTest
    @MethodSource("implicitWaits")
    void anImplicitYieldIsReportedOnceForEachPlaceWithItsStack(Waiting wait) {
        try (LoopGroup group = open(ImplicitYields.REPORTED)) {
            group.next().spawn("waiting", wait).join();
            letListenerRun(group);
            List<Object> once = told.events();
            assertTrue(!once.isEmpty(), () -> place(wait));
            assertTrue(
                    once.stream().allMatch(event -> event.toString().matches("waiting in [a-z]+.*")), once::toString);
            group.next().spawn("waiting", wait).join();
            letListenerRun(group);
            assertEquals(once, told.events());
        }
    }

    @ParameterizedTest
    @MethodSource("implicitWaits")
    void oneThatIsRefusedFailsItsGreenletWithTheStackOfThePlace(Waiting wait) {
        try (LoopGroup group = open(ImplicitYields.REFUSED)) {
            Greenlet<?> refused = group.next().spawn("refused", wait);
            ImplicitYield failure = assertThrows(ImplicitYield.class, refused::join);
            letListenerRun(group);
            assertSame(Greenlet.State.FAILED, refused.state());
            assertTrue(
                    failure.toString().contains("greenlet refused yielded implicitly at dev.weft.ImplicitYieldTest"),
                    failure::toString);
            assertEquals(
                    "refused in " + method(failure.getStackTrace()),
                    told.events().get(0));
        }
    }

    @ParameterizedTest
    @EnumSource(ImplicitYields.class)
    void waitsOfWeftAreExplicit(ImplicitYields terms) {
        try (LoopGroup group = open(terms)) {
            group.spawn(() -> {
                        Channel<String> channel = Channel.rendezvous();
                        Event event = new Event();
                        Greenlet<?> other = Weft.spawn(() -> {
                            channel.send("value");
                            event.set();
                        });
                        assertEquals("value", channel.receive());
                        event.await();
                        other.join();
                        Weft.sleep(Duration.ofMillis(1));
                        Weft.sleep(Duration.ZERO);
                        Weft.yieldNow();
                        Weft.scope(scope -> scope.spawn(() -> Weft.yieldNow()));
                        assertEquals(1, Weft.<Integer>offload(() -> 1));
                        FutureTask<String> future = new FutureTask<>(() -> "done");
                        Weft.spawn(future::run);
                        assertEquals("done", Weft.await(future));
                        assertThrows(DeadlineExceeded.class, () -> channel.receive(Duration.ofMillis(1)));
                        for (int i = 0; i < 1_000; i++) {
                            event.await(); // uses its budget up
                        }
                        Greenlet<?> killed = Weft.spawn(() -> {
                            try {
                                Weft.sleep(HOUR);
                            } catch (Cancelled again) {
                                Weft.sleep(HOUR);
                            }
                        });
                        Weft.yieldNow();
                        killed.killAndJoin(HOUR);
                    })
                    .join();
        }
        told.assertHappened();
    }

    @ParameterizedTest
    @EnumSource(ImplicitYields.class)
    void codeOfTheJdkThatDoesNotHaveToWaitIsAllowed(ImplicitYields terms) {
        try (LoopGroup group = open(terms)) {
            group.spawn(() -> {
                        LinkedBlockingQueue<String> queue = new LinkedBlockingQueue<>(List.of("value"));
                        assertEquals("value", queue.take());
                        assertTrue(new ReentrantLock().tryLock(1, TimeUnit.HOURS));
                        new Semaphore(1).acquire();
                    })
                    .join();
        }
        told.assertHappened();
    }

    @ParameterizedTest
    @EnumSource(ImplicitYields.class)
    void adoptedThreadsAreLetBe(ImplicitYields terms) {
        try (LoopGroup group = open(terms)) {
            group.spawn(() -> {
                        CompletableFuture<String> end = new CompletableFuture<>();
                        Thread.startVirtualThread(() -> {
                            try {
                                Thread.sleep(1);
                                end.complete("slept");
                            } catch (InterruptedException e) {
                                end.completeExceptionally(e);
                            }
                        });
                        assertEquals("slept", Weft.await(end));
                    })
                    .join();
        }
        told.assertHappened();
    }

    @Test
    void withoutTheSwitchNothingIsTold() {
        try (LoopGroup group = open(ImplicitYields.ALLOWED)) {
            implicitWaits().forEach(wait -> group.spawn(wait.getPayload()).join());
        }
        told.assertHappened();
    }

    @Test
    void anInterruptibleWaitThatIsRefusedEndsAtOnce() {
        try (LoopGroup group = open(ImplicitYields.REFUSED)) {
            Greenlet<?> refused = group.spawn(() -> new LinkedBlockingQueue<>().take());
            ImplicitYield failure = assertThrows(ImplicitYield.class, refused::join);
            assertTrue(
                    Arrays.stream(failure.getSuppressed()).anyMatch(InterruptedException.class::isInstance),
                    () -> Arrays.toString(failure.getSuppressed()));
        }
    }

    @Test
    void oneThatSwallowsTheInterruptIsToldAtItsNextWait() {
        try (LoopGroup group = open(ImplicitYields.REFUSED)) {
            Greenlet<String> refused = group.spawn(() -> {
                try {
                    new LinkedBlockingQueue<>().take();
                } catch (InterruptedException e) {
                    // swallowed
                }
                try {
                    Weft.sleep(HOUR);
                    return "slept";
                } catch (ImplicitYield e) {
                    Weft.sleep(Duration.ofMillis(1)); // it is thrown once
                    return "told";
                }
            });
            assertEquals("told", refused.join());
        }
    }

    @Test
    void oneThatFailsOtherwiseHasThatAmongTheSuppressed() {
        try (LoopGroup group = open(ImplicitYields.REFUSED)) {
            Greenlet<String> refused = group.spawn(() -> {
                try {
                    new LinkedBlockingQueue<>().take();
                } catch (InterruptedException e) {
                    throw new TaskFixture.Broken("wrapped");
                }
                return "never";
            });
            ImplicitYield failure = assertThrows(ImplicitYield.class, refused::join);
            assertTrue(
                    Arrays.stream(failure.getSuppressed()).anyMatch(TaskFixture.Broken.class::isInstance),
                    () -> Arrays.toString(failure.getSuppressed()));
        }
    }

    @Test
    void aFaceThatRefusesHasNotWaitedAndTakenNothing() {
        try (LoopGroup group = open(ImplicitYields.REFUSED)) {
            group.spawn(() -> {
                        Channel<String> channel = Channel.rendezvous();
                        assertThrows(
                                ImplicitYield.class,
                                () -> Suspension.await(channel.receiving(), null, YieldMode.IMPLICIT));
                        Greenlet<?> sender = Weft.spawn(() -> channel.send("kept"));
                        Weft.yieldNow();
                        assertInstanceOf(String.class, Suspension.await(channel.receiving(), null, YieldMode.IMPLICIT));
                        sender.join();
                    })
                    .join();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ImplicitYields.class,
            names = {"REPORTED", "REFUSED"})
    void aFaceThatNeedNotWaitNeverYields(ImplicitYields terms) {
        Recorder order = new Recorder();
        try (LoopGroup group = open(terms)) {
            group.spawn(() -> {
                        Event ready = new Event();
                        ready.set();
                        Weft.spawn(() -> order.add("the other"));
                        for (int i = 0; i < 1_000; i++) {
                            Suspension.await(ready, null, YieldMode.IMPLICIT);
                        }
                        order.add("the face");
                    })
                    .join();
            group.spawn(() -> {}).join();
        }
        order.assertHappened("the face", "the other");
        told.assertHappened();
    }

    @Test
    void insideAnAtomicRegionTheRegionIsWhatThrows() {
        try (LoopGroup group = open(ImplicitYields.REPORTED)) {
            Greenlet<?> greenlet = group.spawn(() -> Weft.atomic(() -> takes()));
            IllegalStateException failure = assertThrows(IllegalStateException.class, greenlet::join);
            assertTrue(failure.toString().contains("atomic"), failure::toString);
            Greenlet<?> later = group.next().spawn("later", ImplicitYieldTest::takes);
            later.join();
        }
        told.assertHappened("later in takes");
    }
}
