package dev.weft.io.javanet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.io.Inheritance;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The thread on whose selector other threads wait. */
@Timeout(30)
final class SelectorThreadTest {
    /** Throws in its first looks, before and after it has looked. */
    private static final class Failing extends SelectorThread {
        private final AtomicInteger looks = new AtomicInteger();

        Failing() throws IOException {}

        @Override
        void select() throws IOException {
            int number = looks.incrementAndGet();
            if (number < 3) {
                throw new InternalError("thrown by a test");
            }
            super.select();
            if (number < 6) {
                throw new StackOverflowError("thrown by a test");
            }
        }
    }

    @Test
    void itOutlivesWhatIsThrownThereAndNoWaiterIsLost() throws Exception {
        Failing selectorThread = new Failing();
        Pipe pipe = Pipe.open();
        try (Pipe.SinkChannel sink = pipe.sink();
                Pipe.SourceChannel source = pipe.source()) {
            source.configureBlocking(false);
            selectorThread.start();
            ThreadWait station = new ThreadWait(source, SelectionKey.OP_READ, 0, () -> selectorThread);
            for (int i = 0; i < 5; i++) {
                sink.write(ByteBuffer.allocate(1));
                assertTrue(station.await(Direction.IN, TimeUnit.SECONDS.toNanos(20)), "the waiter was lost");
                assertEquals(1, source.read(ByteBuffer.allocate(2)));
            }
            assertTrue(selectorThread.looks.get() >= 6);
        } finally {
            close(selectorThread);
        }
    }

    private static void close(SelectorThread selectorThread) throws Exception {
        selectorThread.close();
        assertTrue(selectorThread.thread().join(Duration.ofSeconds(20)), "the thread goes on without its selector");
    }

    @Test
    void itInheritsNothing() throws Exception {
        Inheritance.byAnApplication(() -> {
            SelectorThread selectorThread = new SelectorThread();
            try {
                selectorThread.start();
                Inheritance.visibleOf(selectorThread.thread()).assertNobodys();
            } finally {
                close(selectorThread);
            }
        });
    }
}
