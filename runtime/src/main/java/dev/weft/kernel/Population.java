package dev.weft.kernel;

import dev.weft.Greenlet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The greenlets of a loop that have not ended, in the order of their spawning: an intrusive list. Changed by the loop's
 * thread alone; the monitor is there for those who list it from elsewhere, and a greenlet never waits while it is held.
 */
final class Population {
    private @Nullable GreenletTask<?> first;
    private @Nullable GreenletTask<?> last;
    private volatile int size;

    int size() {
        return size;
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField") // one writer at a time, under the monitor
    synchronized void add(GreenletTask<?> greenlet) {
        greenlet.older = last;
        if (last == null) {
            first = greenlet;
        } else {
            last.younger = greenlet;
        }
        last = greenlet;
        size++;
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField") // one writer at a time, under the monitor
    synchronized void remove(GreenletTask<?> greenlet) {
        if (first != greenlet && greenlet.older == null) {
            return; // it was never started
        }
        GreenletTask<?> before = greenlet.older;
        GreenletTask<?> after = greenlet.younger;
        if (before == null) {
            first = after;
        } else {
            before.younger = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.older = before;
        }
        greenlet.older = null;
        greenlet.younger = null;
        size--;
    }

    synchronized List<Greenlet<?>> snapshot() {
        List<Greenlet<?>> all = new ArrayList<>(size);
        for (GreenletTask<?> greenlet = first; greenlet != null; greenlet = greenlet.younger) {
            all.add(greenlet);
        }
        return all;
    }

    /** Calls {@code visitor} for all that are here now; it may end them. */
    void forEach(Consumer<GreenletTask<?>> visitor) {
        for (Greenlet<?> greenlet : snapshot()) {
            visitor.accept((GreenletTask<?>) greenlet);
        }
    }
}
