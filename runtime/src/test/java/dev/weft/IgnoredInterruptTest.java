package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testing.NoGreenletLeaks;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SleepingIdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** While an interrupt is pending the JDK's waits return at once: code that ignores it must not keep the loop. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class IgnoredInterruptTest {
    private volatile boolean done;

    /** A wait that ignores interrupts, one round of it. */
    record Round(String name, Wait body) {
        interface Wait {
            void run() throws Exception;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Round> rounds() {
        IdleStrategy sleeping = new SleepingIdleStrategy();
        IdleStrategy backoff = new BackoffIdleStrategy();
        return List.of(
                new Round("park", LockSupport::park),
                new Round("parkNanos", () -> LockSupport.parkNanos(1_000_000_000L)),
                new Round("select", () -> {
                    try (Selector selector = Selector.open()) {
                        selector.select(1_000);
                    }
                }),
                new Round("sleep, and the interrupt restored", () -> {
                    try {
                        Thread.sleep(1_000);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }),
                new Round("sleep, and the interrupt swallowed", () -> {
                    try {
                        Thread.sleep(1_000);
                    } catch (InterruptedException e) {
                        // As too many do.
                    }
                }),
                new Round("a wait of Weft", () -> {
                    try {
                        Weft.sleep(Duration.ofSeconds(1));
                    } catch (Cancelled e) {
                        // As nobody should.
                    }
                }),
                new Round("Agrona's sleeping", sleeping::idle),
                new Round("Agrona's back-off", backoff::idle));
    }

    @ParameterizedTest
    @MethodSource("rounds")
    void aKilledGreenletThatIgnoresInterruptsLetsItsNeighboursRun(Round round) throws Exception {
        neighboursRun(round, greenlet -> greenlet.kill());
    }

    @ParameterizedTest
    @MethodSource("rounds")
    void oneThatOthersHaveInterruptedLetsItsNeighboursRun(Round round) throws Exception {
        neighboursRun(round, greenlet -> greenlet.thread().interrupt());
    }

    private void neighboursRun(Round round, java.util.function.Consumer<Greenlet<?>> end) throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            CountDownLatch began = new CountDownLatch(1);
            AtomicLong rounds = new AtomicLong();
            Greenlet<?> waiting = group.spawn(() -> {
                began.countDown();
                while (!done) {
                    rounds.incrementAndGet();
                    round.body().run();
                }
            });
            began.await();
            end.accept(waiting);
            for (int i = 0; i < 20; i++) {
                assertEquals(
                        "runs",
                        group.spawn(() -> {
                                    Weft.sleep(Duration.ofMillis(5));
                                    return "runs";
                                })
                                .join());
            }
            done = true;
            LockSupport.unpark(waiting.thread());
            waiting.thread().join();
            assertTrue(rounds.get() > 0);
        }
    }

    /** One who computes and asks now and then is no one who waits: he must find his interrupt. */
    @Test
    void anInterruptIsNotTakenFromOneWhoComputes() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            CompletableFuture<Thread> computing = new CompletableFuture<>();
            Greenlet<String> greenlet = group.spawn(() -> {
                computing.complete(Thread.currentThread());
                long until = System.nanoTime() + 1_500_000_000L; // longer than some looks of the watch
                while (System.nanoTime() - until < 0) {
                    Thread.onSpinWait();
                }
                while (!Thread.currentThread().isInterrupted()) {
                    Thread.onSpinWait();
                }
                return "interrupted";
            });
            computing.get().interrupt();
            assertEquals("interrupted", greenlet.join());
        }
    }

    /** In a scope whose time is over: has an interrupt set until the guard has taken it back to see what comes of that. */
    private static void spinUntilTheInterruptIsTakenBack() {
        Weft.moveOnAfter(Duration.ofMillis(1), () -> {
            try {
                new LinkedBlockingQueue<>().take();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                while (Thread.currentThread().isInterrupted()) {
                    Thread.onSpinWait();
                }
            }
        });
    }

    @Test
    void anInterruptOfADeadlineThatWasTakenBackDoesNotReachWhatComesAfterIt() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            group.spawn(() -> {
                        spinUntilTheInterruptIsTakenBack();
                        assertNull(new LinkedBlockingQueue<>().poll(50, TimeUnit.MILLISECONDS));
                    })
                    .join();
        }
    }

    @Test
    void anInterruptOfADeadlineThatWasTakenBackIsNotGivenToOneWhoComputesAfterIt() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            group.spawn(() -> {
                        spinUntilTheInterruptIsTakenBack();
                        long until = System.nanoTime() + 20_000_000L; // longer than the guard looks at it
                        while (System.nanoTime() - until < 0) {
                            assertFalse(Thread.currentThread().isInterrupted());
                        }
                    })
                    .join();
        }
    }
}
