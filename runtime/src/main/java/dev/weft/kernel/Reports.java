package dev.weft.kernel;

import dev.weft.Greenlet;
import dev.weft.UncaughtHandler;
import java.util.concurrent.atomic.AtomicReference;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * What nobody else takes: to the system's logger, and never back into the loop. It is written by a thread of its own, which
 * is there for as long as there is something to write. A loop's thread must not log: it could stand in line, for the lock of
 * a logger or of {@code System.err}, behind a greenlet of that very loop, which cannot run meanwhile.
 */
final class Reports {
    private static final String LOGGER = "dev.weft";
    private static final long PATIENCE_NANOS = 1_000_000_000;

    private static final MpscUnboundedAtomicArrayQueue<Report> UNWRITTEN = new MpscUnboundedAtomicArrayQueue<>(16);
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

    /** Any thread but a loop's: waits until what was reported so far is written; no longer than a second, as loggers may fail. */
    static void flush() {
        Writer writer = WRITER.get();
        if (writer != null && writer != Thread.currentThread()) {
            Blocking.joined(writer, System.nanoTime() + PATIENCE_NANOS);
        }
    }

    private static void report(Report report) {
        UNWRITTEN.offer(report);
        if (WRITER.get() != null) {
            return; // it looks again before it ends
        }
        Writer writer = new Writer();
        if (WRITER.compareAndSet(null, writer)) {
            try {
                writer.start();
            } catch (OutOfMemoryError noThread) {
                writer.writeAll();
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
            writeAll();
        }

        void writeAll() {
            do {
                for (Report report = UNWRITTEN.poll(); report != null; report = UNWRITTEN.poll()) {
                    report.write();
                }
                WRITER.set(null);
            } while (!UNWRITTEN.isEmpty() && WRITER.compareAndSet(null, this));
        }
    }
}
