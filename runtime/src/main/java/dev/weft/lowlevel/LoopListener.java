package dev.weft.lowlevel;

import dev.weft.Greenlet;
import dev.weft.Loop;

/**
 * Told of what happens on a loop. Every method has an empty default and is called on the loop's thread, between
 * greenlets: it must be short and must not wait. What it throws is logged and otherwise ignored.
 */
public interface LoopListener {
    /** {@code greenlet} was queued for its first run. */
    default void onSpawn(Loop loop, Greenlet<?> greenlet) {}

    /** {@code greenlet} has ended: its state says how. */
    default void onEnd(Loop loop, Greenlet<?> greenlet) {}

    /**
     * {@code greenlet} waits while its stack cannot be set aside (a native frame, or a class initialiser, is on it), so
     * that nothing else runs on the loop until the wait ends. Called on the greenlet's own stack, once per such wait.
     */
    default void onPinned(Loop loop, Greenlet<?> greenlet) {}
}
