package dev.weft.sync;

import dev.weft.Awaitable;
import dev.weft.Greenlet;
import dev.weft.spi.Measured;
import dev.weft.spi.Owners;
import dev.weft.spi.WaitQueue;
import dev.weft.spi.Waiter;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A fair counting semaphore, behind {@link Limiter} and {@link Pool}. Permits are granted in the order of arrival. All
 * waiters share this one awaitable, since the waiters themselves are queued. Confined to the thread of one loop.
 */
final class Permits implements Awaitable<@Nullable Void>, Measured {
    private final Owners.Kind kind;
    private final String description;
    private final Object owner;
    private final Supplier<? extends Collection<? extends Greenlet<?>>> holders;
    private final WaitQueue<@Nullable Void> waiting = new WaitQueue<>();
    private int capacity;
    private int held; // at least the capacity while anybody waits

    /**
     * Creates {@code capacity} permits. Waiting greenlets are described with {@code description} and {@code owner}. {@code
     * holders} returns the known holders.
     */
    Permits(
            Owners.Kind kind,
            int capacity,
            String description,
            Object owner,
            Supplier<? extends Collection<? extends Greenlet<?>>> holders) {
        this.kind = kind;
        this.holders = holders;
        this.capacity = capacity;
        this.description = description;
        this.owner = owner;
    }

    @Override
    public int capacity() {
        return capacity;
    }

    /** Returns how many are held, including those granted to waiters that have not run since. */
    int held() {
        return held;
    }

    /** Takes a permit if one is free; returns whether it did. */
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

    /** Returns a permit, which goes to the longest waiter. */
    void release() {
        held--;
        handOver();
    }

    /** Changes the capacity; if more are held, none is granted until enough have been released. */
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

    /** Returns whether the next taker has to wait. */
    boolean isFull() {
        return held >= capacity;
    }

    @Override
    public int size() {
        return held;
    }

    /** The holders are not known if somebody holds a permit on behalf of something else. */
    @Override
    public Owners owners() {
        Collection<? extends Greenlet<?>> known = holders.get();
        return Owners.holders(kind, this, known.size() == held ? known : List.of());
    }

    /** Fails all waiters, each with its own failure. */
    void failWaiters(Supplier<? extends Throwable> failure) {
        waiting.failAll(failure);
    }

    @Override
    public String toString() {
        return description + " " + owner;
    }
}
