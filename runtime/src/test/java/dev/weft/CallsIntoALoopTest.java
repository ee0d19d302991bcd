package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.lowlevel.Suspension;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Code that other threads run on a loop, and wait for. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class CallsIntoALoopTest {
    private static final Duration MILLI = Duration.ofMillis(1);
    private static final ScopedValue<String> USER = ScopedValue.newInstance();
    private final Recorder happened = new Recorder();

    @Test
    void anOffloadedCallRunsCodeOnTheLoopThatItCameFrom() {
        try (LoopGroup group = LoopGroup.open(2)) {
            for (Loop loop : group.loops()) {
                Greenlet<?> caller = loop.spawn(() -> {
                    Loop seen = Weft.offload(() -> Weft.fromThread(() -> {
                        Weft.sleep(MILLI);
                        return Loop.current();
                    }));
                    assertSame(loop, seen);
                    assertThrows(
                            IOException.class,
                            () -> Weft.offload(() -> Weft.fromThread(() -> {
                                throw new IOException("on the loop");
                            })));
                });
                caller.join();
            }
        }
    }

    @Test
    void whatACallRunsOnTheLoopIsCancelledWithItsCaller() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            CountDownLatch began = new CountDownLatch(1);
            Greenlet<?> caller = group.spawn(() -> Weft.offload(() -> Weft.fromThread(() -> {
                try {
                    began.countDown();
                    Weft.sleep(Duration.ofHours(1));
                } finally {
                    happened.add("cancelled");
                }
                return null;
            })));
            began.await();
            caller.kill();
            assertThrows(Cancelled.class, caller::join);
            happened.assertHappened("cancelled");
        }
    }

    @Test
    void anAbandonedCallLeavesNothingOnTheLoop() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            CountDownLatch began = new CountDownLatch(1);
            CountDownLatch refused = new CountDownLatch(1);
            Greenlet<?> caller = group.spawn(() -> Offload.abandoning().call(() -> {
                try {
                    Weft.fromThread(() -> {
                        began.countDown();
                        Weft.sleep(Duration.ofHours(1));
                        return null;
                    });
                } catch (Cancelled expected) {
                    assertThrows(Cancelled.class, () -> Weft.fromThread(() -> happened.add("never")));
                    refused.countDown();
                }
                return null;
            }));
            began.await();
            caller.kill();
            assertThrows(Cancelled.class, caller::join);
            refused.await();
            CompletableFuture<Integer> alive = new CompletableFuture<>();
            Loop loop = group.next();
            Suspension.post(
                    loop, () -> alive.complete(loop.statistics().alive())); // after the slice in which they ended
            assertEquals(0, alive.join());
            happened.assertHappened();
        }
    }

    @Test
    void fromThreadIsForOffloadedCallsAlone() {
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> Weft.fromThread(() -> null));
        assertTrue(e.toString().contains("loop.call"), e.toString());
    }

    @Test
    void anyThreadCallsIntoALoopAndBlocksForTheResult() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            Loop loop = group.next();
            Loop seen = ScopedValue.where(USER, "grace")
                    .call(() -> loop.call(() -> {
                        Weft.sleep(MILLI);
                        assertEquals("grace", USER.get());
                        return Loop.current();
                    }));
            assertSame(loop, seen);
            assertThrows(
                    IOException.class,
                    () -> loop.call(() -> {
                        throw new IOException("on the loop");
                    }));
            IllegalStateException e = assertThrows(
                    IllegalStateException.class,
                    () -> loop.spawn(() -> loop.call(() -> 1)).join());
            assertTrue(e.toString().contains("loop.spawn(body).join()"), e.toString());
        }
    }

    @Test
    void anInterruptedCallerOfALoopKillsWhatItHasStarted() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            CountDownLatch began = new CountDownLatch(1);
            CountDownLatch killed = new CountDownLatch(1);
            Thread thread = new Thread(() -> assertThrows(
                    Cancelled.class,
                    () -> group.next().call(() -> {
                        try {
                            began.countDown();
                            Weft.sleep(Duration.ofHours(1));
                        } finally {
                            killed.countDown();
                        }
                        return null;
                    })));
            thread.start();
            began.await();
            thread.interrupt();
            killed.await();
            thread.join();
        }
    }
}
