package dev.weft.spi;

import dev.weft.Greenlet;
import dev.weft.Loop;
import java.time.Duration;
import java.util.List;

/**
 * Told of what happens on a loop. Every method has an empty default and, unless it says otherwise, is called by a greenlet of
 * that loop, with the turn after the event: once for each, in their order, one at a time. So it may log, take locks and wait,
 * and what it is told of may have gone on meanwhile. A call that does not come back holds up the later ones and nothing else;
 * when 10,000 wait for it, further events are dropped, and counted in the log. What it throws is logged and otherwise ignored.
 */
public interface LoopListener {
    /** {@code greenlet} was queued for its first run. */
    default void onSpawn(Loop loop, Greenlet<?> greenlet) {}

    /** {@code greenlet} has ended: its state says how. */
    default void onEnd(Loop loop, Greenlet<?> greenlet) {}

    /**
     * {@code greenlet} waits while its stack cannot be set aside (a native frame, or a class initialiser, is on it), so
     * that nothing else runs on the loop until the wait ends. Called on the listener's own thread, as {@link #onHog} is, once
     * per such wait, which may be over by then.
     */
    default void onPinned(Loop loop, Greenlet<?> greenlet) {}

    /**
     * {@code greenlet} has given up the loop at {@code where}, though the code there does not say so. Called once for each
     * such place, on loops that {@linkplain dev.weft.LoopGroup.Builder#implicitYields want to know}; logged too.
     */
    default void onImplicitYield(Loop loop, Greenlet<?> greenlet, StackTraceElement[] where) {}

    /**
     * {@code greenlet} has held the loop for {@code held} without a wait, computing or in a call that blocks, and was at
     * {@code where} then; again after ever longer pauses while it lasts. {@link Holding#of} tells which it is. See {@link
     * dev.weft.LoopGroup.Builder#hogAfter}.
     *
     * <p>Called on the listener's own thread, one call after the other: a daemon of the loop, {@code weft-0-listener}, which
     * is there while there is something to call. It may wait, fail or never return: then later calls of this kind are late,
     * and when 10,000 are, dropped, which is logged; loop and watch go on. A call may still come after the group is closed.
     */
    default void onHog(Loop loop, Greenlet<?> greenlet, Duration held, StackTraceElement[] where) {}

    /**
     * Something that is no greenlet has held the loop for {@code held}: {@code what} says in words whether it is an event that
     * was {@linkplain dev.weft.lowlevel.Suspension#post posted} (and of which class), a timer, or the poller. Otherwise as {@link #onHog}.
     */
    default void onBlockedLoop(Loop loop, String what, Duration held, StackTraceElement[] where) {}

    /**
     * All greenlets of the loop wait, and nothing that the kernel knows of can ever wake one: there is no timer, no source
     * of events, no off-loaded call, no stage or future, no wait inside the JDK, no {@linkplain Loop#keepAlive handle}, no
     * greenlet on another loop of the group. Called once per such standstill; it is logged too.
     *
     * <p>Or: {@code waiting} alone can never go on, as those of them who hold something {@link Contended} wait for others who
     * wait for it; the rest of the loop goes on. Called once per such ring; logged too, with who waits for whom.
     */
    default void onStalled(Loop loop, List<Greenlet<?>> waiting) {}
}
