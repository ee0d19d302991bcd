package dev.weft.stm;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait for one version to be replaced: an immutable stack. One who leaves stays in it until the next push that finds
 * it twice as high as after the last clean-up, so that both pushing and leaving take constant time, and what is left behind is
 * bounded by the number of those who wait.
 */
final class ChangeWaiters {
    private static final int LEAST = 8;

    static final ChangeWaiters NONE = new ChangeWaiters();

    private final @Nullable ChangeWaiter top;
    private final @Nullable ChangeWaiters rest;
    final int height; // the number of entries, also of those who have left
    private final int limit; // the height at which it is cleaned up

    /** Creates an empty stack. */
    ChangeWaiters() {
        this(LEAST);
    }

    private ChangeWaiters(int limit) {
        top = null;
        rest = null;
        height = 0;
        this.limit = limit;
    }

    private ChangeWaiters(ChangeWaiter top, ChangeWaiters rest, int limit) {
        this.top = top;
        this.rest = rest;
        this.height = rest.height + 1;
        this.limit = limit;
    }

    ChangeWaiters with(ChangeWaiter waiter) {
        ChangeWaiters present = height < limit ? this : cleanedUp();
        return new ChangeWaiters(waiter, present, present.limit);
    }

    private ChangeWaiters cleanedUp() {
        List<ChangeWaiter> left = new ArrayList<>();
        for (ChangeWaiters each = this; each != null && each.top != null; each = each.rest) {
            if (each.top.isWaiting()) {
                left.add(each.top);
            }
        }
        int most = Math.max(LEAST, 2 * left.size());
        ChangeWaiters clean = new ChangeWaiters(most);
        for (ChangeWaiter waiter : left.reversed()) {
            clean = new ChangeWaiters(waiter, clean, most);
        }
        return clean;
    }

    /** Wakes all of them, in the order in which they came. */
    void wakeAll() {
        ChangeWaiter[] inOrder = new ChangeWaiter[height];
        int place = height;
        for (ChangeWaiters each = this; each != null && each.top != null; each = each.rest) {
            inOrder[--place] = each.top;
        }
        for (ChangeWaiter waiter : inOrder) {
            waiter.wake();
        }
    }
}
