package dev.weft.sync;

import dev.weft.Awaitable;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.spi.Measured;
import dev.weft.spi.Owners;
import dev.weft.spi.WaitQueue;
import dev.weft.spi.Waiter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a {@link ResourcePool}, each with a resource or about to get one. Their number, leased or idle, is bounded.
 * The most recently returned idle entry is leased first. If there is none, callers wait in the order of arrival, and the
 * next returned entry is handed over as it is. All waiters share this one awaitable, since the waiters themselves are
 * queued. Confined to the thread of one loop.
 */
final class PoolEntries<R> implements Awaitable<PoolEntries.Entry<R>>, Measured {
    private final int size;
    private final Duration idleLifetime;
    private final Object owner;
    private final Consumer<Entry<R>> onStale;
    private final WaitQueue<Entry<R>> waiting = new WaitQueue<>();
    private final ArrayDeque<Entry<R>> idle = new ArrayDeque<>(); // most recently returned first
    private final Set<Entry<R>> used = new HashSet<>(); // leased or idle

    /** Creates a set of entries. {@code onStale} is called in a callback once an entry was idle for {@code idleLifetime}. */
    PoolEntries(int size, Duration idleLifetime, Object owner, Consumer<Entry<R>> onStale) {
        this.size = size;
        this.idleLifetime = idleLifetime;
        this.owner = owner;
        this.onStale = onStale;
    }

    /** A slot for a resource; also the waiter for its idle timer. */
    static final class Entry<R> extends Waiter<@Nullable Void> {
        @Nullable R resource;

        @Nullable Greenlet<?> holder; // the greenlet that leased it; null if another one may hold it now

        private final PoolEntries<R> entries;
        private final Awaitable<@Nullable Void> idleTimer;
        private boolean isStale;

        private Entry(PoolEntries<R> entries) {
            this.entries = entries;
            idleTimer = Weft.timer(entries.idleLifetime);
        }

        private void rest() {
            entries.idle.addFirst(this);
            if (entries.idleLifetime != ResourcePool.FOREVER) {
                idleTimer.subscribe(this);
            }
        }

        private Entry<R> wake() {
            if (!isStale) {
                idleTimer.unsubscribe(this);
            }
            isStale = false;
            return this;
        }

        /** Marks the entry as stale when the idle timer fires. It can still be leased until it is really taken out. */
        @Override
        public void succeed(@Nullable Void nothing) {
            isStale = true;
            entries.onStale.accept(this);
        }

        @Override
        public void fail(Throwable failure) {
            throw new AssertionError("a timer does not fail", failure);
        }
    }

    /** Returns how many are leased, or are being filled or emptied. */
    int out() {
        return used.size() - idle.size();
    }

    /** Returns how many resources are idle. */
    int idle() {
        return idle.size();
    }

    @Override
    public void subscribe(Waiter<? super Entry<R>> waiter) {
        if (idle.isEmpty() && used.size() >= size) {
            waiting.add(waiter);
        } else if (waiter.tryClaim()) {
            waiter.succeed(free());
        }
    }

    private Entry<R> free() {
        if (!idle.isEmpty()) {
            return takeIdle();
        }
        Entry<R> added = new Entry<>(this);
        used.add(added);
        return added;
    }

    @Override
    public boolean unsubscribe(Waiter<? super Entry<R>> waiter) {
        waiting.remove(waiter);
        return true;
    }

    /** Takes out the most recently returned idle entry; there must be one. */
    Entry<R> takeIdle() {
        return idle.removeFirst().wake();
    }

    /** Takes out {@code entry} if it is still idle and stale. */
    boolean takeStale(Entry<R> entry) {
        if (!entry.isStale || !idle.remove(entry)) {
            return false;
        }
        entry.isStale = false;
        return true;
    }

    /** Takes back {@code entry}, with or without its resource. */
    void takeBack(Entry<R> entry) {
        Waiter<? super Entry<R>> next = waiting.poll();
        if (next != null) {
            next.succeed(entry);
        } else if (entry.resource == null) {
            used.remove(entry);
        } else {
            entry.rest();
        }
    }

    @Override
    public int size() {
        return out();
    }

    @Override
    public int capacity() {
        return size;
    }

    @Override
    public Owners owners() {
        return Owners.holders(Owners.Kind.POOL, this, holders());
    }

    /** A greenlet that leased several is assumed to have passed them on, so the holders are unknown. */
    private Collection<? extends Greenlet<?>> holders() {
        Set<Greenlet<?>> holders = new HashSet<>();
        for (Entry<R> entry : used) {
            Greenlet<?> holder = entry.holder;
            if (holder == null || !holders.add(holder)) {
                return List.of();
            }
        }
        return holders;
    }

    /** Fails all waiters, each with its own failure. */
    void failWaiters(Supplier<? extends Throwable> failure) {
        waiting.failAll(failure);
    }

    @Override
    public String toString() {
        return "a resource of " + owner;
    }
}
