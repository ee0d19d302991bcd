package dev.weft.sync;

import dev.weft.Greenlet;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Owners;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The results of some keys of a {@link DagPool}, each as soon as it is there: those a task depends on, or those somebody has asked
 * for. It is its own iterator, once. Reading waits; elsewhere than on the pool's loop each call costs two wake-ups.
 *
 * <p>A result that is a failure is an element like others; its {@link DagResult#value} throws.
 */
@SuppressWarnings("IterableAndIterator") // it can be read only once, and says so
public final class DagResults<K, V extends @Nullable Object>
        implements Iterable<DagResult<K, V>>, Iterator<DagResult<K, V>> {
    private final DagPool<K, V> pool;
    private final HomeGateway gateway;
    private final Map<K, DagNode<K, V>> wanted = new LinkedHashMap<>();
    private final Set<DagNode<K, V>> pending = new LinkedHashSet<>();
    private final ArrayDeque<DagResult<K, V>> unread = new ArrayDeque<>();
    private final Arrival arrival = new Arrival();
    private boolean abandoned;

    DagResults(DagPool<K, V> pool, HomeGateway gateway, Collection<DagNode<K, V>> nodes) {
        this.pool = pool;
        this.gateway = gateway;
        for (DagNode<K, V> node : nodes) {
            if (wanted.putIfAbsent(node.key, node) != null) {
                continue;
            }
            DagResult<K, V> available = node.result;
            if (available == null) {
                pending.add(node);
                node.read(this);
            } else {
                unread.add(available);
            }
        }
    }

    void arrived(DagResult<K, V> result) {
        pending.remove(wanted.get(result.key()));
        unread.add(result);
        arrival.signal();
    }

    void abandoned() {
        abandoned = true;
        arrival.signal();
    }

    /** Gives up reading: its owner has ended. */
    void leave() {
        pending.forEach(node -> node.forget(this));
        pending.clear();
    }

    /** Returns the keys that have no result yet. */
    Set<K> pendingKeys() {
        Set<K> keys = new LinkedHashSet<>();
        pending.forEach(node -> keys.add(node.key));
        return keys;
    }

    /** Returns whether there is another result; false at once if all have been read. Never waits. */
    @Override
    public boolean hasNext() {
        return gateway.isHome() ? hasMore() : CallAtHome.call(gateway, this::hasMore);
    }

    private boolean hasMore() {
        return !unread.isEmpty() || !pending.isEmpty();
    }

    /**
     * Waits for the next result.
     *
     * @throws NoSuchElementException if all have been read
     * @throws IllegalStateException if the pool is closed before there is one
     */
    @Override
    public DagResult<K, V> next() {
        return gateway.isHome() ? nextAtHome() : CallAtHome.call(gateway, this::nextAtHome);
    }

    private DagResult<K, V> nextAtHome() {
        while (unread.isEmpty()) {
            if (pending.isEmpty()) {
                throw new NoSuchElementException("all results have been read");
            }
            awaitArrival();
        }
        return unread.remove();
    }

    private void awaitArrival() {
        if (abandoned) {
            throw new IllegalStateException(pool + " was closed while " + pendingKeys() + " had no result");
        }
        Suspension.await(arrival, null);
    }

    /**
     * Waits for the value of {@code key}, whether its result has been read or not.
     *
     * @throws DependencyFailed if its task has failed
     * @throws IllegalArgumentException if it is not one of the keys that these results are of
     */
    public V value(K key) {
        return (gateway.isHome() ? resultOf(key) : CallAtHome.call(gateway, () -> resultOf(key))).value();
    }

    private DagResult<K, V> resultOf(K key) {
        DagNode<K, V> node = wanted.get(key);
        if (node == null) {
            throw new IllegalArgumentException(
                    key + " is not among the dependencies " + wanted.keySet() + "; declare it");
        }
        DagResult<K, V> result;
        while ((result = node.result) == null) {
            awaitArrival();
        }
        return result;
    }

    /**
     * Waits for all values, and returns them in the order in which the keys were named.
     *
     * @throws DependencyFailed if a task has failed, as soon as it has
     */
    public Map<K, V> all() {
        return gateway.isHome() ? allAtHome() : CallAtHome.call(gateway, this::allAtHome);
    }

    private Map<K, V> allAtHome() {
        while (hasMore()) {
            nextAtHome().value();
        }
        Map<K, V> values = new LinkedHashMap<>();
        wanted.keySet().forEach(key -> values.put(key, resultOf(key).value()));
        return values;
    }

    @Override
    public Iterator<DagResult<K, V>> iterator() {
        return this;
    }

    @Override
    public String toString() {
        return "results of " + wanted.keySet() + " in " + pool;
    }

    /** The arrival of another result. Only tasks and posts signal it. */
    private final class Arrival extends Pulse {
        /** The tasks of the keys; unknown if one of them has none, as anybody may post it. */
        @Override
        public Owners owners() {
            List<Greenlet<?>> tasks = new ArrayList<>();
            for (DagNode<K, V> node : pending) {
                Greenlet<?> task = node.task;
                if (task == null) {
                    return Owners.unknown(Owners.Kind.POOL, this);
                }
                tasks.add(task);
            }
            return Owners.holders(Owners.Kind.POOL, this, tasks);
        }

        @Override
        public String toString() {
            return "a result of " + wanted.keySet() + " in " + pool;
        }
    }
}
