package dev.weft.kernel;

/** What the thread of a loop does until the loop is closed: turn after turn, or, in a test, the turns it is told to do. */
@FunctionalInterface
public interface LoopDriver {
    /** Called once, on the loop's thread; returns when {@link RunLoop#isFinished}. */
    void drive(RunLoop loop);

    /** The driver of an ordinary loop. */
    final class UntilClosed implements LoopDriver {
        @Override
        public void drive(RunLoop loop) {
            while (!loop.isFinished()) {
                loop.turn(true);
            }
        }
    }
}
