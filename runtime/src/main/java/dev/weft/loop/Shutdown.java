package dev.weft.loop;

import dev.weft.kernel.Blocking;
import dev.weft.kernel.EventLoop;
import dev.weft.kernel.GreenletTask;
import dev.weft.log.RuntimeLog;
import dev.weft.scheduler.Timer;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/** How a loop ends. */
final class Shutdown {
    /** So long a handler, a listener or a callback may still be at work when the greenlets have been killed. */
    static final long PATIENCE_NANOS = 1_000_000_000;

    private static final long LAST_GRACE_NANOS = 1_000_000_000;

    private enum Phase {
        OPEN,
        CLOSING, // nothing new comes in; the greenlets have been killed
        GIVING_UP, // those that are left are not waited for
        OVER // the thread has left, the poller is closed
    }

    private final EventLoop loop;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.OPEN);
    private final CountDownLatch gone = new CountDownLatch(1); // it is over, or stays only for System.exit
    private volatile boolean hasStayed;

    Shutdown(EventLoop loop) {
        this.loop = loop;
    }

    /** Why the loop's greenlets are killed. */
    String closing() {
        return "loop " + loop.name() + " is closing";
    }

    boolean isOpen() {
        return phase.get() == Phase.OPEN;
    }

    boolean isOver() {
        return phase.get() == Phase.OVER;
    }

    /** Loop's thread: whether it is to be left. */
    boolean isFinished(LiveGreenlets population, Notifications callouts) {
        Phase now = phase.get();
        if (now == Phase.OPEN) {
            return false;
        }
        if (now == Phase.CLOSING && population.size() == 0) {
            return callouts.isEmpty();
        }
        boolean staysForExit = now == Phase.CLOSING ? onlyExits(population) : exits(population);
        if (staysForExit) {
            stayForExit();
        }
        return !staysForExit && now != Phase.CLOSING;
    }

    /** Whether all that are left are inside {@link System#exit}. */
    private static boolean onlyExits(LiveGreenlets population) {
        try {
            return JvmExit.isUnderWay() && population.allMatch(JvmExit::isCalledBy);
        } catch (VirtualMachineError e) {
            return false; // no memory for a look now
        }
    }

    private static boolean exits(LiveGreenlets population) {
        try {
            return JvmExit.isUnderWay() && !population.allMatch(greenlet -> !JvmExit.isCalledBy(greenlet));
        } catch (VirtualMachineError e) {
            return false;
        }
    }

    /** The JVM ends when a greenlet of this loop goes on, so it must be able to; nobody has to wait for that. */
    private void stayForExit() {
        hasStayed = true;
        gone.countDown();
    }

    /** Any thread: begins the end; returns whether this call did. */
    boolean begin() {
        return phase.compareAndSet(Phase.OPEN, Phase.CLOSING);
    }

    /** Loop's thread: the timer for those who were spared when all others were killed. */
    Timer patience(LiveGreenlets population, Notifications callouts) {
        return new Timer() {
            @Override
            protected void fire() {
                callouts.giveUp();
                population.forEach(greenlet -> greenlet.kill(closing()));
            }
        };
    }

    /** Any other thread: waits for the loop's end, and gives its greenlets up when the time is over. */
    void await(long deadlineNanos) {
        if (hasGone(deadlineNanos)) {
            return;
        }
        phase.compareAndSet(Phase.CLOSING, Phase.GIVING_UP);
        GreenletTask<?> hog = loop.running();
        if (hog != null) {
            hog.thread().interrupt();
        }
        loop.post(() -> {});
        if (!hasGone(System.nanoTime() + LAST_GRACE_NANOS)) {
            RuntimeLog.warn("loop " + loop.name() + " does not end: its thread is held by "
                    + (hog == null ? "its kernel" : hog + " at " + Arrays.toString(hog.stackTrace())));
        }
    }

    private boolean hasGone(long deadlineNanos) {
        return Blocking.passed(gone, deadlineNanos) && (hasStayed || Blocking.joined(loop.thread(), Long.MAX_VALUE));
    }

    /** Loop's thread, as its last act. */
    void finish(LiveGreenlets population, Notifications callouts) {
        population.forEach(greenlet -> {
            RuntimeLog.warn("loop " + loop.name() + " was closed and gave up " + greenlet + " at "
                    + Arrays.toString(greenlet.stackTrace()));
            greenlet.abandon();
        });
        callouts.finish();
        phase.set(Phase.OVER);
        loop.scheduler.die();
        callouts.makeLate();
        try {
            loop.scheduler.poller().close();
        } catch (Exception e) {
            RuntimeLog.error("the poller of loop " + loop.name() + " could not be closed", e);
        }
        gone.countDown();
    }
}
