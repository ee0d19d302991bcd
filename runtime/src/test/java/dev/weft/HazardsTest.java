package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.spi.Poller;
import dev.weft.spi.Waiter;
import dev.weft.testing.NoGreenletLeaks;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What virtual threads on a scheduler of one's own can do wrong; each of these has been seen. */
@ExtendWith(NoGreenletLeaks.class)
class HazardsTest {
    @Test
    void aMonitorHeldOverAWaitExcludesTheSecondGreenlet() {
        Object monitor = new Object();
        List<String> order = new ArrayList<>();
        Weft.run(() -> {
            Greenlet<?> first = Weft.spawn(() -> {
                synchronized (monitor) {
                    order.add("first in");
                    Weft.sleep(Duration.ofMillis(5));
                    Weft.yieldNow();
                    order.add("first out");
                }
            });
            Greenlet<?> second = Weft.spawn(() -> {
                synchronized (monitor) {
                    order.add("second in");
                }
            });
            Greenlet<?> third = Weft.spawn(() -> order.add("third is free"));
            third.join();
            first.join();
            second.join();
        });
        assertEquals(List.of("first in", "third is free", "first out", "second in"), order);
    }

    @Test
    void aLockHeldOverAWaitExcludesTheSecondGreenlet() {
        ReentrantLock lock = new ReentrantLock();
        List<String> order = new ArrayList<>();
        Weft.run(() -> {
            Greenlet<?> first = Weft.spawn(() -> {
                lock.lock();
                try {
                    order.add("first in");
                    Weft.sleep(Duration.ofMillis(5));
                    order.add("first out");
                } finally {
                    lock.unlock();
                }
            });
            Greenlet<?> second = Weft.spawn(() -> {
                lock.lock();
                try {
                    order.add("second in");
                } finally {
                    lock.unlock();
                }
            });
            first.join();
            second.join();
        });
        assertEquals(List.of("first in", "first out", "second in"), order);
    }

    @Test
    void noGreenletRunsWhileTheCarrierHoldsAMonitor() {
        Object monitor = new Object();
        MonitorPoller poller = new MonitorPoller(monitor);
        try (LoopGroup group = LoopGroup.builder().poller(() -> poller).open()) {
            boolean free = group.spawn(() -> {
                        Weft.await(poller);
                        // A second greenlet could enter, were the monitor lost or held.
                        boolean heldByCarrier = poller.insideMonitor;
                        synchronized (monitor) {
                            return !heldByCarrier;
                        }
                    })
                    .join();
            assertTrue(free, "a greenlet ran inside the poller's monitor");
        }
    }

    /** Completes its waiter inside a monitor, as a selector does its callback. */
    private static final class MonitorPoller implements Poller, Awaitable<@Nullable Void> {
        private final Object monitor;
        private @Nullable Waiter<? super @Nullable Void> waiter;
        boolean insideMonitor;

        MonitorPoller(Object monitor) {
            this.monitor = monitor;
        }

        @Override
        @SuppressWarnings("NullAway") // a Void is always null
        public int poll(long timeoutNanos) {
            Waiter<? super @Nullable Void> subscriber = waiter;
            if (subscriber != null) {
                waiter = null;
                synchronized (monitor) {
                    insideMonitor = true;
                    subscriber.succeed(null);
                    insideMonitor = false;
                }
                return 1;
            }
            if (timeoutNanos > 0) {
                LockSupport.parkNanos(Math.min(timeoutNanos, 1_000_000));
            }
            return 0;
        }

        @Override
        public void subscribe(Waiter<? super @Nullable Void> subscriber) {
            waiter = subscriber;
        }

        @Override
        public boolean unsubscribe(Waiter<? super @Nullable Void> subscriber) {
            waiter = null;
            return true;
        }

        @Override
        public void wakeup() {}

        @Override
        public boolean hasSources() {
            return true;
        }

        @Override
        public void close() {}
    }

    @Test
    void theJdksSocketPollersAreNotCapturedByTheFirstGreenletOnASocket() throws Exception {
        ChildJvm.Result result = ChildJvm.run(FirstSocketIsInAGreenlet.class, ChildJvm.FLAG);
        assertEquals("greenlets: [main]", result.output().strip());
    }

    /** Waits on a plain socket before anything else in its JVM does. */
    static final class FirstSocketIsInAGreenlet {
        public static void main(String[] args) throws Exception {
            try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                Thread peer = new Thread(() -> {
                    try (Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
                        socket.getInputStream().read();
                        socket.getOutputStream().write(1);
                    } catch (java.io.IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });
                peer.start();
                String names = Weft.run(() -> {
                    try (Socket accepted = server.accept()) {
                        accepted.getOutputStream().write(1);
                        accepted.getInputStream().read();
                    }
                    Weft.yieldNow();
                    return Loop.current().greenlets().stream()
                            .map(Greenlet::name)
                            .toList()
                            .toString();
                });
                System.out.println("greenlets: " + names);
                peer.join();
            }
        }
    }

    @Test
    void aVirtualThreadStartedInAGreenletIsAGreenletOfTheLoop() throws Exception {
        Weft.run(() -> {
            Loop loop = Loop.current();
            AtomicReference<@Nullable Greenlet<?>> adopted = new AtomicReference<>();
            AtomicReference<@Nullable Loop> ranOn = new AtomicReference<>();
            Thread thread = Thread.ofVirtual().name("inherited").start(() -> {
                ranOn.set(Loop.current());
                adopted.set(Greenlet.current());
                Weft.sleep(Duration.ofMillis(1));
                Weft.yieldNow();
            });
            assertEquals(2, loop.greenlets().size());
            Weft.yieldNow();
            Greenlet<?> greenlet = adopted.get();
            assertSame(loop, ranOn.get());
            assertSame(thread, greenlet == null ? null : greenlet.thread());
            assertEquals("inherited", greenlet == null ? "" : greenlet.name());
            assertNotSame(Greenlet.current(), greenlet);
            thread.join();
            if (greenlet != null) {
                greenlet.join();
            }
            assertEquals(1, loop.greenlets().size());
            try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
                assertSame(loop, executor.submit(Loop::current).get());
            }
        });
    }

    @Test
    void anAdoptedThreadIsKilledWithItsLoop() {
        AtomicInteger ended = new AtomicInteger();
        Weft.run(() -> {
            Thread.startVirtualThread(() -> {
                try {
                    Weft.sleep(Duration.ofHours(1));
                } catch (Cancelled e) {
                    ended.incrementAndGet();
                }
            });
            Weft.yieldNow();
        });
        assertEquals(1, ended.get());
    }

    @Test
    void aStackOfManyFramesIsParkedAndResumed() throws Exception {
        ChildJvm.Result result = ChildJvm.run(ParksDeep.class, ChildJvm.FLAG, "-XX:+UseSerialGC");
        assertEquals("100000, then alive", result.output().strip());
    }

    /** Serial, as a stack may be set aside there whatever its size; G1 wants it below half a region. */
    static final class ParksDeep {
        public static void main(String[] args) {
            try (LoopGroup group = LoopGroup.builder().stackSize(256L << 20).open()) {
                System.out.println(group.spawn(() -> dive(100_000)).join() + ", then "
                        + group.spawn(() -> "alive").join());
            }
        }
    }

    private static int dive(int depth) {
        if (depth == 0) {
            Weft.sleep(Duration.ofMillis(1));
            return 0;
        }
        return dive(depth - 1) + 1;
    }

    @Test
    void anInterruptOfTheLoopsThreadStandsForNothing() throws Exception {
        try (LoopGroup group = LoopGroup.builder().name("interrupted").open()) {
            Thread loopThread = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("interrupted-0"))
                    .findFirst()
                    .orElseThrow();
            for (int i = 0; i < 100; i++) {
                loopThread.interrupt();
                assertFalse(group.spawn(() -> Thread.currentThread().isInterrupted())
                        .join());
            }
            long polls = group.next().statistics().polls();
            group.spawn(() -> Weft.sleep(Duration.ofMillis(20))).join();
            assertTrue(group.next().statistics().polls() - polls < 50, "the loop spins");
        }
    }
}
