package dev.weft.loop;

import dev.weft.Greenlet;
import dev.weft.kernel.GreenletTask;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The greenlets of a loop that have not ended, in an array without gaps: a greenlet that leaves is replaced by the last one.
 * Modified only by the loop's thread, with a few plain writes, as every spawn and every end passes through here.
 *
 * <p>Other threads read it without a lock, from the end to the start. Greenlets only ever move towards the start, so one that
 * is present throughout is seen, possibly twice.
 */
final class LiveGreenlets {
    private static final VarHandle PLACE = MethodHandles.arrayElementVarHandle(GreenletTask[].class);
    private static final VarHandle SIZE;
    private static final int NO_PLACE = -1; // the initial value in a greenlet
    private static final int INITIAL_CAPACITY = 64;

    static {
        try {
            SIZE = MethodHandles.lookup().findVarHandle(LiveGreenlets.class, "size", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile @Nullable GreenletTask<?>[] places = new GreenletTask<?>[INITIAL_CAPACITY];
    private int size; // written with release semantics

    /** Returns the number of greenlets; a snapshot on other threads. */
    int size() {
        return (int) SIZE.getAcquire(this);
    }

    void add(GreenletTask<?> greenlet) {
        if (size == places.length) {
            places = Arrays.copyOf(places, size * 2);
        }
        greenlet.place = size;
        PLACE.setRelease(places, size, greenlet);
        SIZE.setRelease(this, size + 1);
    }

    /** Removes {@code greenlet}; does nothing if it was never added. */
    void remove(GreenletTask<?> greenlet) {
        int place = greenlet.place;
        if (place == NO_PLACE) {
            return;
        }
        greenlet.place = NO_PLACE;
        @Nullable GreenletTask<?>[] all = places;
        int end = size - 1;
        GreenletTask<?> last = all[end];
        if (last != null && last != greenlet) {
            last.place = place;
            PLACE.setRelease(all, place, last);
        }
        PLACE.setRelease(all, end, null);
        SIZE.setRelease(this, end);
    }

    /** Calls {@code visitor} for each greenlet, in no order, possibly twice for one that is moved meanwhile. Any thread. */
    void visit(Consumer<GreenletTask<?>> visitor) {
        @Nullable GreenletTask<?>[] all = places;
        for (int i = Math.min(size(), all.length) - 1; i >= 0; i--) {
            GreenletTask<?> greenlet = (GreenletTask<?>) PLACE.getAcquire(all, i);
            if (greenlet != null && !greenlet.state().isDone()) {
                visitor.accept(greenlet);
            }
        }
    }

    /** Returns all greenlets, in the order of their creation. Any thread. */
    List<Greenlet<?>> snapshot() {
        List<Greenlet<?>> found = new ArrayList<>();
        visit(found::add);
        found.sort(Comparator.comparingLong(greenlet -> greenlet.thread().threadId()));
        for (int i = found.size() - 1; i > 0; i--) {
            if (found.get(i) == found.get(i - 1)) {
                found.remove(i);
            }
        }
        return found;
    }

    /** Returns whether {@code question} holds for all greenlets. Loop's thread. */
    boolean allMatch(Predicate<GreenletTask<?>> question) {
        @Nullable GreenletTask<?>[] all = places;
        for (int i = 0; i < size; i++) {
            GreenletTask<?> greenlet = all[i];
            if (greenlet != null && !question.test(greenlet)) {
                return false;
            }
        }
        return true;
    }

    /** Calls {@code visitor}, which may end greenlets, for all that are present now. */
    void forEach(Consumer<GreenletTask<?>> visitor) {
        for (Greenlet<?> greenlet : snapshot()) {
            visitor.accept((GreenletTask<?>) greenlet);
        }
    }
}
