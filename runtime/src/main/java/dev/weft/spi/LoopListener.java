package dev.weft.spi;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Verdict;
import java.time.Duration;
import java.util.List;

/**
 * A listener for the events of a loop. Every method has an empty default. Unless stated otherwise, it is called by a greenlet
 * of that loop, in the turn after the event: once per event, in order, one call at a time. So it may log, take locks and
 * wait, and the state it sees may be later than the event. A call that does not return delays only later calls; once 10,000
 * are waiting, further events are dropped and the number is logged. Exceptions are logged and otherwise ignored.
 */
public interface LoopListener {
    /** {@code greenlet} was queued for its first run. */
    default void onSpawn(Loop loop, Greenlet<?> greenlet) {}

    /** {@code greenlet} has ended; its state tells how. */
    default void onEnd(Loop loop, Greenlet<?> greenlet) {}

    /**
     * {@code greenlet} waits while its stack is pinned (by a native frame or a class initialiser), so nothing else runs on the
     * loop until the wait ends. Called on the listener's own thread, like {@link #onHog}, once per such wait, which may be
     * over by then.
     */
    default void onPinned(Loop loop, Greenlet<?> greenlet) {}

    /**
     * {@code greenlet} yielded the loop at {@code where}, although the code there does not say so. Called once for each such
     * location, on loops that {@linkplain dev.weft.LoopGroup.Builder#implicitYields report} implicit yields; also logged.
     */
    default void onImplicitYield(Loop loop, Greenlet<?> greenlet, StackTraceElement[] where) {}

    /**
     * {@code greenlet} has held the loop for {@code held} without waiting, computing or in a blocking call; {@code where} is
     * its stack at that time. {@link Holding#of} tells which of the two it is. Called again at increasing intervals while this
     * lasts. See {@link dev.weft.LoopGroup.Builder#hogAfter}.
     *
     * <p>Called on the listener's own thread, one call at a time: a daemon thread of the loop, {@code weft-0-listener}, which
     * exists while there are calls to make. The method may wait, fail or never return: later calls of this kind are then
     * delayed, and dropped once 10,000 are waiting, which is logged; the loop and the watchdog continue. A call may still
     * arrive after the group is closed.
     */
    default void onHog(Loop loop, Greenlet<?> greenlet, Duration held, StackTraceElement[] where) {}

    /**
     * Something other than a greenlet has held the loop for {@code held}. {@code what} describes it: an event that was
     * {@linkplain dev.weft.lowlevel.Suspension#post posted} (and its class), a timer, or the poller. Otherwise as {@link
     * #onHog}.
     */
    default void onBlockedLoop(Loop loop, String what, Duration held, StackTraceElement[] where) {}

    /**
     * All greenlets of the loop wait, and nothing known to the runtime can ever wake one: there is no timer, no event source,
     * no off-loaded call, no stage or future, no wait inside the JDK, no {@linkplain Loop#keepAlive handle}, no greenlet on
     * another loop of the group. Called once per stall; also logged.
     */
    default void onStalled(Loop loop, List<Greenlet<?>> waiting) {}

    /**
     * Greenlets of {@code group}, of one loop or several, can never proceed, while others may. Called once per deadlock, on the
     * listener's own thread, like {@link #onHog}; also logged.
     */
    default void onVerdict(LoopGroup group, Verdict verdict) {}
}
