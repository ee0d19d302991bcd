package dev.weft.kernel;

import dev.weft.CheckedCallable;
import dev.weft.spi.Sneaky;
import dev.weft.spi.YieldMode;
import org.jspecify.annotations.Nullable;

/**
 * A section of a greenlet's code in which it must not yield. The loop tracks the innermost region of the running slice. A
 * Weft wait checks it and is refused. If the slice ends anyway, inside code that is unaware of Weft, the stack is captured
 * at once and the region throws when it ends. Belongs to the loop's thread.
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

    /** Returns the region that the caller is in; null if there is none. */
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

    /** The slice of {@code greenlet} has ended inside this region and the enclosing ones. */
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
        return new IllegalStateException("cannot wait for " + target
                + " inside an atomic region: other greenlets would run; wait before the region or after it");
    }

    @Override
    public boolean mayYieldVoluntarily(YieldMode mode) {
        return false;
    }
}
