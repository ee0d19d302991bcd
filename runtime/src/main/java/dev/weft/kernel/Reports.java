package dev.weft.kernel;

import dev.weft.Greenlet;
import dev.weft.UncaughtHandler;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * What nobody else takes: to the system's logger, and never back into the loop. It is written by a thread of its own, which
 * is there for as long as there is something to write. A loop's thread must not log: it could stand in line, for the lock of
 * a logger or of {@code System.err}, behind a greenlet of that very loop, which cannot run meanwhile.
 */
public final class Reports {
    private static final String LOGGER = "dev.weft";
    private static final int MOST = 10_000; // unwritten ones; more would fill the memory if the logger is slow or hangs
    private static final long PATIENCE_NANOS = 1_000_000_000;
    private static final long LOOK_NANOS = 100_000;

    private static final MpscUnboundedAtomicArrayQueue<Report> QUEUE = new MpscUnboundedAtomicArrayQueue<>(16);
    private static final AtomicInteger UNWRITTEN = new AtomicInteger(); // in the queue, or being written
    private static final AtomicInteger DROPPED = new AtomicInteger();
    private static final AtomicReference<@Nullable Writer> WRITER = new AtomicReference<>();

    private Reports() {}

    /** The uncaught handler of a group that was given none. */
    static final class Uncaught implements UncaughtHandler {
        @Override
        public void uncaught(Greenlet<?> greenlet, Throwable failure) {
            error(
                    "greenlet \"" + greenlet.name() + "\", spawned at " + greenlet.spawnSite()
                            + ", failed and nobody was waiting for it",
                    failure);
        }
    }

    static void error(String message, Throwable failure) {
        report(new Report(System.Logger.Level.ERROR, message, failure));
    }

    static void warn(String message) {
        report(new Report(System.Logger.Level.WARNING, message, null));
    }

    /** Any thread but a loop's: waits until what was reported is written; no longer than a second, as loggers may hang. */
    public static void flush() {
        if (Thread.currentThread() instanceof Writer) {
            return; // a logger that closes a group
        }
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!isAllWritten() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private static boolean isAllWritten() {
        if (UNWRITTEN.get() > 0) {
            seeToWriter(); // when it was wanted, no thread may have been to be had
            return false;
        }
        return WRITER.get() == null;
    }

    private static void report(Report report) {
        if (UNWRITTEN.get() >= MOST) {
            DROPPED.incrementAndGet();
        } else {
            QUEUE.offer(report); // first, as memory may be out; the writer may count it before we do
            UNWRITTEN.incrementAndGet();
        }
        seeToWriter();
    }

    /** Starts a writer if there is none. One that is there looks again before it ends. */
    private static void seeToWriter() {
        if (WRITER.get() != null) {
            return;
        }
        Writer writer = new Writer();
        if (WRITER.compareAndSet(null, writer)) {
            try {
                writer.start();
            } catch (Throwable noThread) {
                WRITER.set(null); // what is in the queue stays there until one can be had
            }
        }
    }

    private record Report(
            System.Logger.Level level,
            String message,
            @Nullable Throwable failure) {
        void write() {
            try {
                System.getLogger(LOGGER).log(level, message, failure);
            } catch (Throwable loggerFailed) {
                // A logger that fails leaves nobody to tell.
            }
        }
    }

    private static final class Writer extends Thread {
        Writer() {
            super(null, null, "weft-reports", 0, false);
            setDaemon(true);
        }

        @Override
        public void run() {
            do {
                for (Report report = QUEUE.poll(); report != null; report = QUEUE.poll()) {
                    report.write();
                    UNWRITTEN.decrementAndGet();
                }
                tellDropped();
                WRITER.set(null);
            } while (!QUEUE.isEmpty() && WRITER.compareAndSet(null, this));
        }

        private static void tellDropped() {
            int dropped = DROPPED.getAndSet(0);
            if (dropped > 0) {
                new Report(
                                System.Logger.Level.WARNING,
                                dropped + " reports were dropped, as " + MOST + " others were still to be written",
                                null)
                        .write();
            }
        }
    }
}
