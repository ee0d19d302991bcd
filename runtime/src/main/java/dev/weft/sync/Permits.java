package dev.weft.sync;

import dev.weft.Awaitable;
import dev.weft.Greenlet;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Contended;
import dev.weft.spi.WaitQueue;
import dev.weft.spi.Waiter;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * So many places, given to those who await them in the order in which they came: the counting behind a {@link Limiter} and a
 * {@link Pool}. It is the same awaitable for all, since the waiters themselves are queued. Belongs to the thread of one loop.
 */
final class Permits implements Awaitable<@Nullable Void>, Contended {
    private final String description;
    private final Object owner;
    private final Supplier<? extends Collection<? extends Greenlet<?>>> holders;
    private final WaitQueue<@Nullable Void> waiting = new WaitQueue<>();
    private int capacity;
    private int held; // if anybody waits, all there are

    /**
     * {@code capacity} of them, told as {@code description} and {@code owner} where it is seen who waits for what. {@code
     * holders} tells who has them; not all of them if it is not known of some.
     */
    Permits(
            int capacity,
            String description,
            Object owner,
            Supplier<? extends Collection<? extends Greenlet<?>>> holders) {
        this.holders = holders;
        this.capacity = capacity;
        this.description = description;
        this.owner = owner;
    }

    int capacity() {
        return capacity;
    }

    /** How many are held, by those too who have been given one and have not run since. */
    int held() {
        return held;
    }

    /** Takes a place if one is free; false: there is none. */
    boolean tryTake() {
        if (held >= capacity) {
            return false;
        }
        held++;
        return true;
    }

    @Override
    @SuppressWarnings("NullAway") // a Void is always null
    public void subscribe(Waiter<? super @Nullable Void> waiter) {
        if (held >= capacity) {
            if (waiting.isEmpty()) {
                Suspension.contended(this);
            }
            waiting.add(waiter);
        } else if (waiter.tryClaim()) {
            held++;
            waiter.succeed(null);
        }
    }

    @Override
    public boolean unsubscribe(Waiter<? super @Nullable Void> waiter) {
        waiting.remove(waiter);
        return true;
    }

    /** A place comes back, and goes to the one who has waited longest. */
    void release() {
        held--;
        handOver();
    }

    /** From now on there are {@code newCapacity}; if more are held, none is given until enough have come back. */
    void resize(int newCapacity) {
        capacity = newCapacity;
        handOver();
    }

    @SuppressWarnings("NullAway") // a Void is always null
    private void handOver() {
        Waiter<? super @Nullable Void> next;
        while (held < capacity && (next = waiting.poll()) != null) {
            held++;
            next.succeed(null);
        }
    }

    /** Whether the next one has to wait. */
    boolean isFull() {
        return held >= capacity;
    }

    @Override
    public boolean isAwaited() {
        return !waiting.isEmpty();
    }

    @Override
    public Collection<? extends Greenlet<?>> holders() {
        Collection<? extends Greenlet<?>> known = holders.get();
        return known.size() == held ? known : List.of();
    }

    /** Those who wait get a failure instead, each one of its own. */
    void turnAway(Supplier<? extends Throwable> failure) {
        waiting.failAll(failure);
    }

    @Override
    public String toString() {
        return description + " " + owner;
    }
}
