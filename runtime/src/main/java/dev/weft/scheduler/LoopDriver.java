package dev.weft.scheduler;

/** What the thread of a loop does until the loop is closed: turn after turn, or, in a test, the turns it is told to do. */
@FunctionalInterface
public interface LoopDriver {
    /** Called once, on the loop's thread; returns when no further turn is wanted. */
    void drive(Scheduler scheduler);

    /** The driver of an ordinary loop. */
    final class UntilClosed implements LoopDriver {
        @Override
        public void drive(Scheduler scheduler) {
            while (!scheduler.isFinished()) {
                scheduler.turn(true);
            }
        }
    }
}
