package dev.weft;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Keeps what Weft logs, for as long as it is open, and off the console. All of a group's lines are there once it is closed. */
@SuppressWarnings("exports") // it is for tests alone
public final class CapturedLog extends Handler implements AutoCloseable {
    public final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger logger = Logger.getLogger("dev.weft");
    private final ReentrantLock lock;

    public CapturedLog() {
        this(new ReentrantLock());
    }

    /** Each line is written under {@code lock}, as it is with many a library. */
    public CapturedLog(ReentrantLock lock) {
        this.lock = lock;
        logger.setUseParentHandlers(false);
        logger.addHandler(this);
    }

    @Override
    public void publish(LogRecord line) {
        lock.lock();
        try {
            lines.add(line.getMessage());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setUseParentHandlers(true);
    }
}
