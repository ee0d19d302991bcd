package dev.weft.sync;

import dev.weft.Awaitable;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Contended;
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
 * The places of a {@link ResourcePool}, each with a resource or about to get one: at most so many, lent out or idle. Of the
 * idle ones the last that came back is lent first; who finds none waits, in the order of arrival, and is handed the next
 * that comes back as it is. The same awaitable for all, since the waiters themselves are queued. Belongs to the thread of
 * one loop.
 */
final class PoolEntries<R> implements Awaitable<PoolEntries.Entry<R>>, Contended {
    private final int size;
    private final Duration idleLifetime;
    private final Object owner;
    private final Consumer<Entry<R>> onStale;
    private final WaitQueue<Entry<R>> waiting = new WaitQueue<>();
    private final ArrayDeque<Entry<R>> idle = new ArrayDeque<>(); // the last that came back is the first
    private final Set<Entry<R>> used = new HashSet<>(); // lent out, or idle

    /** {@code onStale} is told, in a callback, of an entry that has lain idle for {@code idleLifetime}. */
    PoolEntries(int size, Duration idleLifetime, Object owner, Consumer<Entry<R>> onStale) {
        this.size = size;
        this.idleLifetime = idleLifetime;
        this.owner = owner;
        this.onStale = onStale;
    }

    /** A place for a resource, and what its idle time is over for. */
    static final class Entry<R> extends Waiter<@Nullable Void> {
        @Nullable R resource;

        @Nullable Greenlet<?> holder; // who leased it, as long as it is not known that somebody else has it now

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

        /** Its idle time is over. It stays where it is, and may be lent, until it is really taken away. */
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

    /** How many are lent out, or are being filled or emptied. */
    int out() {
        return used.size() - idle.size();
    }

    /** How many resources lie idle. */
    int idle() {
        return idle.size();
    }

    @Override
    public void subscribe(Waiter<? super Entry<R>> waiter) {
        if (idle.isEmpty() && used.size() >= size) {
            if (waiting.isEmpty()) {
                Suspension.contended(this);
            }
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

    /** Takes out the idle one that came back last; there must be one. */
    Entry<R> takeIdle() {
        return idle.removeFirst().wake();
    }

    /** Takes out {@code entry} if it is still idle, and has been for too long. */
    boolean takeStale(Entry<R> entry) {
        if (!entry.isStale || !idle.remove(entry)) {
            return false;
        }
        entry.isStale = false;
        return true;
    }

    /** {@code entry} comes back, with its resource or without. */
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
    public boolean isAwaited() {
        return !waiting.isEmpty();
    }

    /** One who has several is taken for one who hands them on to others. */
    @Override
    public Collection<? extends Greenlet<?>> holders() {
        Set<Greenlet<?>> holders = new HashSet<>();
        for (Entry<R> entry : used) {
            Greenlet<?> holder = entry.holder;
            if (holder == null || !holders.add(holder)) {
                return List.of();
            }
        }
        return holders;
    }

    /** Those who wait get a failure instead, each one of its own. */
    void turnAway(Supplier<? extends Throwable> failure) {
        waiting.failAll(failure);
    }

    @Override
    public String toString() {
        return "a resource of " + owner;
    }
}
