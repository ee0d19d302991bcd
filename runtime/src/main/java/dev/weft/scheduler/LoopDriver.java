package dev.weft.scheduler;

/** Drives a loop until it is closed: turn after turn or, in a test, the turns requested by the test. */
@FunctionalInterface
public interface LoopDriver {
    /** Drives the loop. Called once, on the loop's thread; returns when no further turn is wanted. */
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
