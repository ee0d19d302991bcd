package dev.weft.stm;

import java.util.concurrent.atomic.AtomicBoolean;

/** One wait for a change, of a greenlet or a blocked thread. */
abstract class ChangeWaiter {
    private final AtomicBoolean waiting = new AtomicBoolean(true);

    /** Ends the wait, once. Any thread; never blocks. */
    final void wake() {
        if (waiting.getAndSet(false)) {
            resume();
        }
    }

    /** Gives the wait up; a wake-up may already be on its way. */
    final void leave() {
        waiting.set(false);
    }

    final boolean isWaiting() {
        return waiting.get();
    }

    /** Resumes whoever waits. Called at most once, by any thread; must not block. */
    abstract void resume();
}
