package dev.weft.diagnostics;

import dev.weft.ImplicitYield;
import dev.weft.ImplicitYields;
import dev.weft.kernel.EventLoop;
import dev.weft.kernel.GreenletTask;
import dev.weft.log.RuntimeLog;
import dev.weft.spi.YieldMode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The guard of a loop on which greenlets may yield only where the code says so. If a slice ends without an explicit yield, the
 * greenlet is inside code that is unaware of Weft, and its stack is taken at once.
 */
public final class YieldWatch implements EventLoop.Guard {
    private final EventLoop loop;
    private final ImplicitYields terms;
    private final CallSites places = new CallSites();

    private YieldWatch(EventLoop loop, ImplicitYields terms) {
        this.loop = loop;
        this.terms = terms;
    }

    public static @Nullable YieldWatch of(EventLoop loop, ImplicitYields terms) {
        return terms == ImplicitYields.ALLOWED ? null : new YieldWatch(loop, terms);
    }

    @Override
    public void sliceEnded(GreenletTask<?> greenlet) {
        if (!greenlet.hasYieldedImplicitly()) {
            return;
        }
        StackTraceElement[] where = greenlet.stackTrace();
        report(greenlet, where);
        if (terms == ImplicitYields.REFUSED && !greenlet.hasFailureToThrow()) {
            greenlet.throwAtNextWait(refusal(greenlet, where));
        }
    }

    /** Refuses an implicit wait, on a loop that refuses implicit yields. */
    @Override
    public @Nullable RuntimeException refusal(Object target, YieldMode mode) {
        if (terms != ImplicitYields.REFUSED || mode == YieldMode.EXPLICIT) {
            return null;
        }
        GreenletTask<?> greenlet = GreenletTask.current();
        StackTraceElement[] where = Thread.currentThread().getStackTrace();
        StackTraceElement[] inside = Arrays.copyOfRange(where, 1, where.length);
        report(greenlet, inside);
        return refusal(greenlet, inside);
    }

    @Override
    public boolean mayYieldVoluntarily(YieldMode mode) {
        return mode == YieldMode.EXPLICIT;
    }

    private static ImplicitYield refusal(GreenletTask<?> greenlet, StackTraceElement[] where) {
        ImplicitYield refusal = new ImplicitYield(greenlet.name(), CallSites.of(where, greenlet));
        refusal.setStackTrace(where);
        return refusal;
    }

    private void report(GreenletTask<?> greenlet, StackTraceElement[] where) {
        StackTraceElement place = CallSites.of(where, greenlet);
        if (places.isNew(place)) {
            RuntimeLog.warn("greenlet \"" + greenlet.name() + "\", spawned at " + greenlet.spawnSite()
                    + ", yields implicitly at " + place + ", on loop " + loop.name() + "."
                    + FoldedStack.lines(where, greenlet.spawnSite()));
            loop.owner.tellListener(listener -> listener.onImplicitYield(loop.owner.handle(), greenlet, where));
        }
    }
}
