package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.spi.LoopListener;
import dev.weft.testing.NoGreenletLeaks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The end of a group that is busy, that several want to end, that ends with its JVM, or whose observers fail. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class ShutdownTest {

    @Test
    void aBusyGroupIsClosedByManyAtOnceAndCancelsEachOfItsGreenletsOnce() throws Exception {
        for (int round = 0; round < 20; round++) {
            AtomicInteger cancelled = new AtomicInteger();
            CountDownLatch begun = new CountDownLatch(50);
            LoopGroup group = LoopGroup.open(2);
            for (int i = 0; i < 50; i++) {
                group.spawn(() -> {
                    begun.countDown();
                    try {
                        while (true) {
                            Weft.yieldNow();
                        }
                    } catch (Cancelled e) {
                        cancelled.incrementAndGet();
                        throw e;
                    }
                });
            }
            begun.await();
            List<Thread> closers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                closers.add(Thread.ofPlatform().start(group::close));
            }
            group.close();
            for (Thread closer : closers) {
                closer.join();
            }
            assertEquals(50, cancelled.get());
            group.loops().forEach(loop -> assertEquals(0, loop.greenlets().size()));
        }
    }

    @Test
    void aShutdownHookClosesTheGroupAndItsGreenletsCleanUp() throws Exception {
        ChildJvm.Result result = ChildJvm.run(ClosesInAHook.class, ChildJvm.FLAG);
        assertEquals(3, result.exitCode(), result.output());
        assertEquals(List.of("cleaned up", "closed"), result.lines());
    }

    /** Leaves by {@code System.exit} while a greenlet waits. */
    static final class ClosesInAHook {
        public static void main(String[] args) {
            LoopGroup group = LoopGroup.open(2);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                group.close(Duration.ofSeconds(5));
                System.out.println("closed");
            }));
            Greenlet<?> waiting = group.loops().get(0).spawn(() -> {
                try {
                    Weft.sleep(Duration.ofHours(1));
                } finally {
                    System.out.println("cleaned up");
                }
            });
            while (waiting.state() != Greenlet.State.WAITING) {
                Thread.onSpinWait();
            }
            System.exit(3);
        }
    }

    @Test
    void aListenerThatAlwaysFailsHarmsNobody() {
        LoopListener failing = new LoopListener() {
            @Override
            public void onSpawn(Loop loop, Greenlet<?> greenlet) {
                throw new AssertionError("at a spawn");
            }

            @Override
            public void onEnd(Loop loop, Greenlet<?> greenlet) {
                throw new StackOverflowError("at an end");
            }
        };
        try (LoopGroup group = LoopGroup.builder().listener(failing).open()) {
            Greenlet<String> joined = group.spawn(() -> {
                Weft.sleep(Duration.ofMillis(1));
                return "value";
            });
            assertEquals("value", group.spawn(() -> joined.join()).join());
            assertEquals("alive", group.spawn(() -> "alive").join());
        }
    }
}
