package dev.weft.diagnostics;

import dev.weft.kernel.EventLoop;
import dev.weft.kernel.GreenletTask;
import dev.weft.log.RuntimeLog;

/** Reports greenlets that wait with pinned stacks, once per place. Belongs to the loop's thread. */
public final class PinnedWaits {
    private final EventLoop loop;
    private final CallSites places = new CallSites();

    public PinnedWaits(EventLoop loop) {
        this.loop = loop;
    }

    /** {@code greenlet} begins such a wait. */
    public void report(GreenletTask<?> greenlet) {
        loop.owner.tellListenerWhileHeld(listener -> listener.onPinned(loop.owner.handle(), greenlet));
        StackTraceElement[] where = greenlet.stackTrace();
        StackTraceElement place = CallSites.of(where, greenlet);
        if (places.isNew(place)) {
            RuntimeLog.warn("loop " + loop.name() + " is blocked: greenlet \"" + greenlet.name() + "\", spawned at "
                    + greenlet.spawnSite() + ", waits at " + place + " for " + greenlet.waitingOn()
                    + " with its stack pinned by a native frame or a class initialiser."
                    + FoldedStack.lines(where, greenlet.spawnSite()));
        }
    }
}
