package dev.weft.kernel;

import dev.weft.ImplicitYield;
import dev.weft.ImplicitYields;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The guard of a loop on which greenlets may yield only where the code says so. When a slice ends and the seam has not
 * announced it, the greenlet is inside code that knows nothing of Weft, and its stack can be taken then and there.
 */
final class YieldWatch extends SliceGuard {
    private final RunLoop loop;
    private final ImplicitYields terms;
    private final CallSites places = new CallSites();

    private YieldWatch(RunLoop loop, ImplicitYields terms) {
        this.loop = loop;
        this.terms = terms;
    }

    static @Nullable YieldWatch of(RunLoop loop, ImplicitYields terms) {
        return terms == ImplicitYields.ALLOWED ? null : new YieldWatch(loop, terms);
    }

    @Override
    void sliceEnded(GreenletTask<?> greenlet) {
        if (!greenlet.hasYieldedImplicitly()) {
            return;
        }
        StackTraceElement[] where = greenlet.stackTrace();
        report(greenlet, where);
        if (terms == ImplicitYields.REFUSED && !greenlet.hasFailureToThrow()) {
            greenlet.throwAtNextWait(refusal(greenlet, where));
        }
    }

    /** What a wait of {@code greenlet} through the seam, behind a face that hides it, throws instead; null if it may wait. */
    @Nullable ImplicitYield refused(GreenletTask<?> greenlet) {
        if (terms != ImplicitYields.REFUSED) {
            return null;
        }
        StackTraceElement[] where = Thread.currentThread().getStackTrace();
        StackTraceElement[] inside = Arrays.copyOfRange(where, 1, where.length);
        report(greenlet, inside);
        return refusal(greenlet, inside);
    }

    private static ImplicitYield refusal(GreenletTask<?> greenlet, StackTraceElement[] where) {
        ImplicitYield refusal = new ImplicitYield(greenlet.name(), CallSites.of(where, greenlet));
        refusal.setStackTrace(where);
        return refusal;
    }

    private void report(GreenletTask<?> greenlet, StackTraceElement[] where) {
        StackTraceElement place = CallSites.of(where, greenlet);
        if (places.isNew(place)) {
            Reports.warn("greenlet \"" + greenlet.name() + "\", spawned at " + greenlet.spawnSite() + ", yields at "
                    + place + ", where the code does not say so, on loop " + loop.name() + "."
                    + FoldedStack.lines(where, greenlet.spawnSite()));
            loop.notifyListener(listener -> listener.onImplicitYield(loop, greenlet, where));
        }
    }
}
