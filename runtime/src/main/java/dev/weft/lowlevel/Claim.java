package dev.weft.lowlevel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The right to end a wait that several threads may want to end: a channel of another loop by handing something over, this
 * loop by a timeout, a kill, or another clause of a select. Exactly one {@linkplain #tryTake takes} it. Any thread.
 *
 * <p>Most waits are ended by their own loop alone and have none.
 */
public final class Claim {
    private static final int OPEN = 0;
    private static final int BEGUN = 1; // taken, if its counterpart can be taken too; for some nanoseconds
    private static final int TAKEN = 2;

    private static final AtomicLong NUMBERS = new AtomicLong();

    private final long number = NUMBERS.getAndIncrement(); // the order in which two are taken
    private final AtomicInteger state = new AtomicInteger(OPEN);

    /** One that is open. */
    public Claim() {}

    /** Takes it; false if another has. Waits for one who is about to, which is a matter of nanoseconds. */
    public boolean tryTake() {
        return advance(TAKEN);
    }

    /** Whether nobody has taken it so far. */
    public boolean isOpen() {
        return state.get() != TAKEN;
    }

    private boolean advance(int next) {
        while (true) {
            int now = state.compareAndExchange(OPEN, next);
            if (now == OPEN) {
                return true;
            }
            if (now == TAKEN) {
                return false;
            }
            Thread.onSpinWait();
        }
    }

    /**
     * Takes both or none; null stands for a wait that nobody competes for. Two of the same wait, as the send and the
     * receive clause of one select, cannot be taken together.
     */
    static boolean tryTakeBoth(@Nullable Claim one, @Nullable Claim other) {
        if (one == null) {
            return other == null || other.tryTake();
        }
        if (other == null) {
            return one.tryTake();
        }
        if (one == other) {
            return false;
        }
        // Always the older one first: two threads that want the same two cannot wait for each other.
        Claim first = one.number < other.number ? one : other;
        Claim second = first == one ? other : one;
        if (!first.advance(BEGUN)) {
            return false;
        }
        boolean taken = second.tryTake();
        first.state.set(taken ? TAKEN : OPEN);
        return taken;
    }
}
