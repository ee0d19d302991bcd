package dev.weft.sync;

import dev.weft.testing.SteppedLoop;

/** Two loops in step: the home of an object, and another, of another group. */
record SteppedPair(SteppedLoop home, SteppedLoop away) implements AutoCloseable {
    SteppedPair() {
        this(SteppedLoop.open(), SteppedLoop.open());
    }

    /** Runs both until neither has anything to do. */
    void runUntilIdle() {
        while (home.turn() || away.turn()) {}
    }

    @Override
    public void close() {
        home.close();
        away.close();
    }
}
