package dev.weft.loop;

import dev.weft.kernel.Blocking;
import dev.weft.kernel.EventLoop;
import dev.weft.kernel.GreenletTask;
import dev.weft.log.RuntimeLog;
import dev.weft.scheduler.Timer;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/** The end of a loop. */
final class Shutdown {
    /** How long a handler, listener or callback may go on once the greenlets have been killed. */
    static final long PATIENCE_NANOS = 1_000_000_000;

    private static final long LAST_GRACE_NANOS = 1_000_000_000;

    private enum Phase {
        OPEN,
        CLOSING, // accepts nothing new; the greenlets have been killed
        GIVING_UP, // remaining greenlets are not waited for
        OVER // the thread has exited, the poller is closed
    }

    private final EventLoop loop;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.OPEN);
    private final CountDownLatch gone = new CountDownLatch(1); // it is over, or stays only for System.exit
    private volatile boolean hasStayed;

    Shutdown(EventLoop loop) {
        this.loop = loop;
    }

    /** Returns the reason for killing the loop's greenlets. */
    String closing() {
        return "loop " + loop.name() + " is closing";
    }

    boolean isOpen() {
        return phase.get() == Phase.OPEN;
    }

    boolean isOver() {
        return phase.get() == Phase.OVER;
    }

    /** Returns whether the loop's thread should exit. Loop's thread. */
    boolean isFinished(LiveGreenlets liveGreenlets, Notifications notifications) {
        Phase now = phase.get();
        if (now == Phase.OPEN) {
            return false;
        }
        if (now == Phase.CLOSING && liveGreenlets.size() == 0) {
            return notifications.isEmpty();
        }
        boolean staysForExit = now == Phase.CLOSING ? onlyExits(liveGreenlets) : exits(liveGreenlets);
        if (staysForExit) {
            stayForExit();
        }
        return !staysForExit && now != Phase.CLOSING;
    }

    /** Returns whether all remaining greenlets are inside {@link System#exit}. */
    private static boolean onlyExits(LiveGreenlets liveGreenlets) {
        try {
            return JvmExit.isUnderWay() && liveGreenlets.allMatch(JvmExit::isCalledBy);
        } catch (VirtualMachineError e) {
            return false; // no memory to check now
        }
    }

    private static boolean exits(LiveGreenlets liveGreenlets) {
        try {
            return JvmExit.isUnderWay() && !liveGreenlets.allMatch(greenlet -> !JvmExit.isCalledBy(greenlet));
        } catch (VirtualMachineError e) {
            return false;
        }
    }

    /** Keeps the loop running, as the JVM exits only when one of its greenlets resumes; closing does not wait for that. */
    private void stayForExit() {
        hasStayed = true;
        gone.countDown();
    }

    /** Begins to close; returns false if that has already begun. Any thread. */
    boolean begin() {
        return phase.compareAndSet(Phase.OPEN, Phase.CLOSING);
    }

    /** Returns the timer that kills those who were spared when all others were killed. Loop's thread. */
    Timer patience(LiveGreenlets liveGreenlets, Notifications notifications) {
        return new Timer() {
            @Override
            protected void fire() {
                notifications.giveUp();
                liveGreenlets.forEach(greenlet -> greenlet.kill(closing()));
            }
        };
    }

    /** Waits for the loop's end, and gives up its greenlets at the deadline. Returns whether it gave up none. Any other thread. */
    boolean await(long deadlineNanos) {
        if (hasGone(deadlineNanos)) {
            return true;
        }
        phase.compareAndSet(Phase.CLOSING, Phase.GIVING_UP);
        GreenletTask<?> hog = loop.running();
        if (hog != null) {
            hog.thread().interrupt();
        }
        loop.post(() -> {});
        if (!hasGone(System.nanoTime() + LAST_GRACE_NANOS)) {
            RuntimeLog.warn("loop " + loop.name() + " does not stop: its thread is held by "
                    + (hog == null ? "the runtime" : hog + " at " + Arrays.toString(hog.stackTrace())));
        }
        return false;
    }

    private boolean hasGone(long deadlineNanos) {
        return Blocking.passed(gone, deadlineNanos) && (hasStayed || Blocking.joined(loop.thread(), Long.MAX_VALUE));
    }

    /** The last action of the loop's thread. */
    void finish(LiveGreenlets liveGreenlets, Notifications notifications) {
        liveGreenlets.forEach(greenlet -> {
            RuntimeLog.warn("loop " + loop.name() + " was closed and abandoned " + greenlet + " at "
                    + Arrays.toString(greenlet.stackTrace()));
            greenlet.abandon();
        });
        notifications.finish();
        phase.set(Phase.OVER);
        loop.scheduler.die();
        notifications.makeLate();
        try {
            loop.scheduler.poller().close();
        } catch (Exception e) {
            RuntimeLog.error("the poller of loop " + loop.name() + " could not be closed", e);
        }
        gone.countDown();
    }
}
