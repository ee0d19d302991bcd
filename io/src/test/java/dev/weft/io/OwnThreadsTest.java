package dev.weft.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.io.offload.InputPump;
import dev.weft.io.offload.OffloadedCalls;
import dev.weft.io.selector.SelectorPoller;
import dev.weft.spi.Poller;
import dev.weft.spi.RuntimeThread;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The threads of this module inherit nothing from whoever needs one first, and outlive what is thrown in them. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
final class OwnThreadsTest {
    @Test
    void aThreadOfOurOwnInheritsNothing() throws Exception {
        Inheritance.byAnApplication(() -> {
            CompletableFuture<Inheritance> seen = new CompletableFuture<>();
            new RuntimeThread("test", () -> seen.complete(Inheritance.ofThisThread())).start();
            seen.join().assertNobodys();
        });
    }

    @Test
    void neitherDoesTheOneThatReadsInput() throws Exception {
        Inheritance.byAnApplication(() -> {
            CompletableFuture<Inheritance> seen = new CompletableFuture<>();
            try (InputPump pump = new InputPump(
                    new Ending() {
                        @Override
                        public int read(byte[] target) {
                            seen.complete(Inheritance.ofThisThread());
                            return -1;
                        }
                    },
                    "test")) {
                assertEquals(-1, pump.read());
            }
            seen.join().assertNobodys();
        });
    }

    @Test
    void norTheOneOfACallThatMayNeverComeBack() throws Exception {
        Inheritance.inAGreenletOfAnApplication(
                () -> OffloadedCalls.callOnOwnThread("look at", "the thread", Inheritance::ofThisThread)
                        .assertNobodys());
    }

    @Test
    void aStepIsRepeatedUntilItHasNotThrown() {
        AtomicInteger tries = new AtomicInteger();
        RuntimeThread.insist(() -> {
            if (tries.incrementAndGet() < 3) {
                throw new InternalError("thrown by a test");
            }
        });
        assertEquals(3, tries.get());
    }

    @Test
    void theThreadThatReadsInputOutlivesALoopThatItCannotWake() throws Exception {
        FailingPoller poller = new FailingPoller();
        Ending source = new Ending() {
            private int next;

            @Override
            public int read(byte[] target) {
                if (next == 0) {
                    poller.failOnceWhenAsleep();
                }
                target[0] = (byte) (next++ % 100);
                return 1;
            }
        };
        try (LoopGroup group = LoopGroup.builder().poller(() -> poller).open();
                InputPump pump = new InputPump(source, "test")) {
            Greenlet<Integer> reader = group.spawn(() -> {
                int last;
                do {
                    last = pump.read();
                } while (poller.isFailing()); // until a byte came while the loop was asleep
                return (pump.read() + 100 - last) % 100;
            });
            assertEquals(1, reader.join());
            assertFalse(poller.isFailing());
        }
    }

    /** Has nothing to close. */
    private abstract static class Ending implements InputPump.Source {
        @Override
        public void close() {}
    }

    /** Wakes its loop and then throws, once. */
    private static final class FailingPoller implements Poller {
        private final Poller real = new SelectorPoller();
        private final AtomicBoolean failing = new AtomicBoolean();
        private volatile boolean asleep;

        FailingPoller() throws IOException {}

        void failOnceWhenAsleep() {
            while (!asleep) {
                Thread.onSpinWait();
            }
            failing.set(true);
        }

        boolean isFailing() {
            return failing.get();
        }

        @Override
        public int poll(long timeoutNanos) throws IOException {
            asleep = timeoutNanos > 0;
            int events = real.poll(timeoutNanos);
            asleep = false;
            return events;
        }

        @Override
        public void wakeup() {
            real.wakeup();
            boolean ofThePump =
                    Thread.currentThread().getName().startsWith("weft-input"); // and not of the test's own thread
            if (ofThePump && failing.compareAndSet(true, false)) {
                throw new InternalError("thrown by a test");
            }
        }

        @Override
        public boolean hasSources() {
            return real.hasSources();
        }

        @Override
        public void close() throws IOException {
            real.close();
        }
    }
}
