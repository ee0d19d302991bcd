package dev.weft.sync;

import dev.weft.Greenlet;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A key of a {@link DagPool}. Confined to the pool's home. */
final class DagNode<K, V extends @Nullable Object> {
    final K key;

    @Nullable Greenlet<?> task; // while it runs

    @Nullable DagResults<K, V> inputs; // of the task

    @Nullable DagResult<K, V> result;

    private final Set<DagResults<K, V>> readers = new LinkedHashSet<>(); // until there is a result

    DagNode(K key) {
        this.key = key;
    }

    /** Returns whether the key was spawned or posted, and not just asked for. */
    boolean isKnown() {
        return task != null || result != null;
    }

    boolean hasReaders() {
        return !readers.isEmpty();
    }

    void read(DagResults<K, V> reader) {
        readers.add(reader);
    }

    void forget(DagResults<K, V> reader) {
        readers.remove(reader);
    }

    void complete(DagResult<K, V> completed) {
        result = completed;
        task = null;
        inputs = null;
        readers.forEach(reader -> reader.arrived(completed));
        readers.clear();
    }

    /** Wakes those who wait for it, as the pool is closed. */
    void abandon() {
        readers.forEach(DagResults::abandoned);
        readers.clear();
    }
}
