package dev.weft.sync;

import java.util.ArrayList;
import java.util.List;

/**
 * Thrown to those who ask a {@link DagPool} for the value of a key whose task has failed. If that task failed for the same reason,
 * the cause is a {@code DependencyFailed} too, so the causes tell the way of the failure through the graph (as eventlet's {@code
 * PropagateError}).
 */
public final class DependencyFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Object key;

    DependencyFailed(Object key, Throwable cause) {
        super(key + " failed, because " + (cause instanceof DependencyFailed ? cause.getMessage() : cause), cause);
        this.key = key;
    }

    /** Returns the chain of keys: the one that was asked for, then the dependency that made it fail, down to the first that failed. */
    public List<Object> keys() {
        List<Object> chain = new ArrayList<>();
        for (Throwable next = this; next instanceof DependencyFailed failed; next = failed.getCause()) {
            chain.add(failed.key);
        }
        return List.copyOf(chain);
    }

    /** Returns what the first of them has thrown. */
    public Throwable origin() {
        Throwable origin = this;
        while (origin instanceof DependencyFailed && origin.getCause() != null) {
            origin = origin.getCause();
        }
        return origin;
    }
}
