package dev.weft.kernel;

import dev.weft.lowlevel.Poller;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;

/** How a loop ends. */
final class Shutdown {
    private static final long LAST_GRACE_NANOS = 1_000_000_000;

    private enum Phase {
        OPEN,
        CLOSING, // nothing new comes in; the greenlets have been killed
        GIVING_UP, // those that are left are not waited for
        OVER // the thread has left, the poller is closed
    }

    private final RunLoop loop;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.OPEN);

    Shutdown(RunLoop loop) {
        this.loop = loop;
    }

    boolean isOpen() {
        return phase.get() == Phase.OPEN;
    }

    boolean isOver() {
        return phase.get() == Phase.OVER;
    }

    boolean isFinished(Population population) {
        Phase now = phase.get();
        return now != Phase.OPEN && (now != Phase.CLOSING || population.size() == 0);
    }

    /** Any thread: begins the end; returns whether this call did. */
    boolean begin() {
        return phase.compareAndSet(Phase.OPEN, Phase.CLOSING);
    }

    /** Any other thread: waits for the loop's end, and gives its greenlets up when the time is over. */
    void await(Thread thread, long deadlineNanos) {
        if (Blocking.joined(thread, deadlineNanos)) {
            return;
        }
        phase.compareAndSet(Phase.CLOSING, Phase.GIVING_UP);
        GreenletTask<?> hog = loop.running();
        if (hog != null) {
            hog.thread().interrupt();
        }
        loop.post(() -> {});
        if (!Blocking.joined(thread, System.nanoTime() + LAST_GRACE_NANOS)) {
            Reports.warn("loop " + loop.name() + " does not end: its thread is held by "
                    + (hog == null ? "its kernel" : hog + " at " + Arrays.toString(hog.stackTrace())));
        }
    }

    /** Loop's thread, as its last act. */
    void finish(Population population, Inbox inbox, Poller poller) {
        population.forEach(greenlet -> {
            Reports.warn("loop " + loop.name() + " was closed and gave up " + greenlet + " at "
                    + Arrays.toString(greenlet.stackTrace()));
            greenlet.abandon();
        });
        phase.set(Phase.OVER);
        inbox.die();
        try {
            poller.close();
        } catch (Exception e) {
            Reports.error("the poller of loop " + loop.name() + " could not be closed", e);
        }
    }
}
