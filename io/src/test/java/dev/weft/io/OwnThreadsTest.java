package dev.weft.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.io.blocking.Calls;
import dev.weft.io.blocking.InputPump;
import dev.weft.lowlevel.Clock;
import dev.weft.lowlevel.Poller;
import dev.weft.lowlevel.RuntimeThread;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.spi.InetAddressResolver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The threads of this module inherit nothing from whoever needs one first, and outlive what is thrown in them. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
final class OwnThreadsTest {
    /** Runs {@code body} in a greenlet whose loop such a thread has opened. */
    private static void inAGreenletOfAnApplication(Inheritance.Body body) throws Exception {
        Inheritance.byAnApplication(() -> {
            try (LoopGroup group = LoopGroup.open(1)) {
                group.spawn(() -> Inheritance.withLocals(body)).join();
            }
        });
    }

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
        inAGreenletOfAnApplication(() -> Calls.callApart("look at", "the thread", Inheritance::ofThisThread)
                .assertNobodys());
    }

    @Test
    void norTheOneThatLooksUpNames() throws Exception {
        CompletableFuture<Inheritance> seen = new CompletableFuture<>();
        LookUps lookUps = new LookUps(new Loopback(), Clock.system());
        inAGreenletOfAnApplication(() -> lookUps.ask(new Asked(() -> seen.complete(Inheritance.ofThisThread()))));
        seen.join().assertNobodys();
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
    void aLookUpThatCannotBeTakenOffTheBooksIsAnsweredAllTheSame() throws Exception {
        LookUps lookUps = new LookUps(new Loopback(), Clock.system());
        AtomicBoolean hasThrown = new AtomicBoolean();
        try (LoopGroup group = LoopGroup.open(1)) {
            Greenlet<InetAddress> asker = group.spawn(() -> lookUps.ask(new Asked(() -> {}) {
                @Override
                public int hashCode() {
                    if (!Thread.currentThread().isVirtual() && hasThrown.compareAndSet(false, true)) {
                        throw new InternalError("thrown by a test");
                    }
                    return 1;
                }
            }));
            assertEquals(InetAddress.getLoopbackAddress(), asker.join());
            assertTrue(hasThrown.get());
        }
        while (!lookUps.toString().equals("0 look-ups on 0 threads")) {
            Thread.onSpinWait();
        }
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
                target[0] = (byte) next++;
                return 1;
            }
        };
        try (LoopGroup group = LoopGroup.builder().poller(() -> poller).open();
                InputPump pump = new InputPump(source, "test")) {
            Greenlet<Integer> reader = group.spawn(() -> 10 * pump.read() + pump.read());
            assertEquals(1, reader.join());
            assertFalse(poller.isFailing());
        }
    }

    /** Has nothing to close. */
    private abstract static class Ending implements InputPump.Source {
        @Override
        public void close() {}
    }

    /** Knows one address. */
    private static final class Loopback implements InetAddressResolver {
        @Override
        public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) {
            return Stream.of(InetAddress.getLoopbackAddress());
        }

        @Override
        public String lookupByAddress(byte[] address) {
            return "localhost";
        }
    }

    /** A question that does something when it is asked. */
    private static class Asked implements LookUp.Question<InetAddress> {
        private final Runnable when;

        Asked(Runnable when) {
            this.when = when;
        }

        @Override
        public InetAddress ask(InetAddressResolver resolver) {
            when.run();
            return InetAddress.getLoopbackAddress();
        }

        @Override
        public String toString() {
            return "look-up of a test";
        }
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
            if (failing.compareAndSet(true, false)) {
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
