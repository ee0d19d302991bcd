package dev.weft.io.offload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoGreenletLeaks.class)
@Timeout(30)
class InputPumpTest {
    private static final int MANY = 20_000;

    /** Counts up, a byte at a time, sometimes none. */
    private static final class Counting implements InputPump.Source {
        private int next;
        private boolean pausing;

        @Override
        public int read(byte[] target) {
            pausing = !pausing;
            if (pausing && next % 7 == 0) {
                return 0;
            }
            if (next == MANY) {
                return -1;
            }
            target[0] = (byte) next++;
            return 1;
        }

        @Override
        public void close() {}
    }

    @Test
    void noByteIsLostOrDoubledWhileReadersAreKilled() throws IOException {
        Weft.run(() -> {
            try (InputPump pump = new InputPump(new Counting(), "test")) {
                AtomicInteger seen = new AtomicInteger();
                boolean ended = false;
                while (!ended) {
                    Greenlet<?> reader = Weft.spawn(() -> {
                        int value;
                        while ((value = pump.read()) >= 0) {
                            if (value != (seen.getAndIncrement() & 0xff)) {
                                throw new AssertionError(value + " at " + seen);
                            }
                        }
                    });
                    for (int i = 0; i < seen.get() % 5; i++) {
                        Weft.yieldNow();
                    }
                    reader.kill();
                    try {
                        reader.join();
                        ended = true;
                    } catch (Cancelled e) {
                        // The next one goes on.
                    }
                    int value = pump.read(); // and so does this one
                    if (value >= 0) {
                        assertEquals(seen.getAndIncrement() & 0xff, value);
                    }
                    ended |= value < 0;
                }
                assertEquals(MANY, seen.get());
            }
        });
    }

    @Test
    void readersOfSeveralLoopsAndThreadsTakeTurns() throws IOException {
        try (LoopGroup group = LoopGroup.builder().loops(2).open();
                InputPump pump = new InputPump(new Counting(), "test")) {
            for (int i = 0; i < 3_000; i++) {
                int value = i % 3 == 2
                        ? pump.read()
                        : group.loops().get(i % 3).spawn(() -> pump.read()).join();
                assertEquals(i & 0xff, value);
            }
        }
    }

    @Test
    void aFailureOfTheSourceComesOutOfEveryRead() throws IOException {
        IOException failure = new IOException("broken");
        InputPump pump = new InputPump(
                new InputPump.Source() {
                    @Override
                    public int read(byte[] target) throws IOException {
                        throw failure;
                    }

                    @Override
                    public void close() {}
                },
                "test");
        Weft.run(() -> {
            for (int i = 0; i < 2; i++) {
                IOException e = assertThrows(IOException.class, pump::read);
                assertTrue(e.toString().contains("reading test failed: broken"), e::toString);
                assertEquals(failure, e.getCause());
            }
            pump.close();
            assertThrows(ClosedChannelException.class, pump::read);
        });
    }

    @Test
    void anInterruptedThreadLeavesTheReadToTheNext() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        InputPump pump = new InputPump(
                new InputPump.Source() {
                    @Override
                    public int read(byte[] target) throws IOException {
                        try {
                            go.await();
                        } catch (InterruptedException e) {
                            throw new IOException(e);
                        }
                        target[0] = 42;
                        return 1;
                    }

                    @Override
                    public void close() {}
                },
                "test");
        Thread.currentThread().interrupt();
        assertThrows(Cancelled.class, pump::read);
        assertTrue(Thread.interrupted());
        go.countDown();
        assertEquals(42, pump.read());
        pump.close();
    }

    @Test
    void aLoopWhoseGreenletsWaitForInputIsNotTakenForOneThatStandsStill() throws IOException {
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger stalled = new AtomicInteger();
        dev.weft.spi.LoopListener listener = new dev.weft.spi.LoopListener() {
            @Override
            public void onStalled(dev.weft.Loop loop, java.util.List<Greenlet<?>> waiting) {
                stalled.incrementAndGet();
            }
        };
        InputStream silent = new InputStream() {
            @Override
            public int read() {
                return -1;
            }
        };
        try (LoopGroup group = LoopGroup.builder().listener(listener).open();
                InputPump pump = new InputPump(
                        new InputPump.Source() {
                            @Override
                            public int read(byte[] target) throws IOException {
                                try {
                                    go.await(300, java.util.concurrent.TimeUnit.MILLISECONDS); // a silence
                                } catch (InterruptedException e) {
                                    throw new IOException(e);
                                }
                                return silent.read();
                            }

                            @Override
                            public void close() {}
                        },
                        "test")) {
            Greenlet<Integer> reader = group.next().spawn(() -> pump.read());
            assertEquals(-1, reader.join(Duration.ofSeconds(20)));
            assertEquals(0, stalled.get());
        }
    }
}
