package dev.weft.kernel;

import dev.weft.CheckedCallable;
import dev.weft.spi.Sneaky;
import dev.weft.spi.YieldMode;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of a greenlet's code in which it must not yield. The loop knows the innermost one of the slice that is running:
 * a wait through the seam looks there and is refused; if the slice ends all the same, inside code that knows nothing of
 * Weft, the stack is taken then and there and the region throws at its end. Belongs to the loop's thread.
 */
public final class AtomicRegion implements EventLoop.Guard {
    private final EventLoop.@Nullable Guard outer;
    private @Nullable IllegalStateException yielded;

    private AtomicRegion(EventLoop.@Nullable Guard outer) {
        this.outer = outer;
    }

    /** Runs {@code body}, which must not yield. */
    public static <T extends @Nullable Object, X extends Exception> T run(CheckedCallable<T, X> body) throws X {
        EventLoop loop = GreenletTask.current().loop;
        AtomicRegion region = new AtomicRegion(loop.guard());
        loop.guard(region);
        T value;
        try {
            value = body.call();
        } catch (Throwable t) {
            region.leave(loop);
            if (region.yielded != null && region.yielded != t.getCause()) {
                t.addSuppressed(region.yielded);
            }
            throw Sneaky.rethrow(t);
        }
        region.leave(loop);
        if (region.yielded != null) {
            throw new IllegalStateException(
                    "an atomic region was not atomic: the cause shows where it yielded", region.yielded);
        }
        return value;
    }

    /** The region that the caller is in; null if there is none. */
    public static @Nullable AtomicRegion open() {
        GreenletTask<?> caller = EventLoop.callerOrNull();
        return caller != null && caller.loop.guard() instanceof AtomicRegion region ? region : null;
    }

    @Override
    public String toString() {
        return "an atomic region";
    }

    private void leave(EventLoop loop) {
        loop.guard(yielded == null ? outer : null);
    }

    /** The slice of {@code greenlet} has ended inside the region, and inside those around it. */
    @Override
    public void sliceEnded(GreenletTask<?> greenlet) {
        IllegalStateException here =
                new IllegalStateException("greenlet " + greenlet.name() + " yielded inside an atomic region, here");
        here.setStackTrace(greenlet.stackTrace());
        EventLoop.Guard guard = this;
        while (guard instanceof AtomicRegion region) {
            region.yielded = here;
            guard = region.outer;
        }
    }

    @Override
    public RuntimeException refusal(Object target, YieldMode mode) {
        return new IllegalStateException("a wait inside an atomic region, for " + target
                + ": others would run; wait before the region or after it");
    }

    @Override
    public boolean mayYieldUnasked(YieldMode mode) {
        return false;
    }
}
