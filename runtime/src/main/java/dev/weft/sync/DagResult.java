package dev.weft.sync;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The value or failure of one key of a {@link DagPool}. Any thread. */
public final class DagResult<K, V extends @Nullable Object> {
    private final K key;
    private final V value; // null if it has failed
    private final @Nullable Throwable failure;
    private volatile boolean failureSeen;

    private DagResult(K key, V value, @Nullable Throwable failure) {
        this.key = key;
        this.value = value;
        this.failure = failure;
    }

    static <K, V extends @Nullable Object> DagResult<K, V> of(K key, V value) {
        return new DagResult<>(key, value, null);
    }

    @SuppressWarnings("NullAway") // value() throws
    static <K, V extends @Nullable Object> DagResult<K, V> failed(K key, Throwable failure) {
        return new DagResult<>(key, null, failure);
    }

    /** Returns the key. */
    public K key() {
        return key;
    }

    /**
     * Returns the value.
     *
     * @throws DependencyFailed if the task of the key has failed
     */
    public V value() {
        if (failure != null) {
            failureSeen = true;
            throw new DependencyFailed(key, failure);
        }
        return value;
    }

    /** Returns what the task of the key has thrown; empty if there is a value. */
    public Optional<Throwable> failure() {
        failureSeen = true;
        return Optional.ofNullable(failure);
    }

    /** Returns a failure that nobody has asked for. */
    Optional<DependencyFailed> unseenFailure() {
        return failure == null || failureSeen ? Optional.empty() : Optional.of(new DependencyFailed(key, failure));
    }

    @Override
    public String toString() {
        return failure == null ? key + "=" + value : key + " failed: " + failure;
    }
}
