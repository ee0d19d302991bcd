package dev.weft.stm;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A commit in the {@link History} of a store: the versions that it writes, and the next commit. Any thread. */
final class Commit {
    private static final VarHandle NEXT;

    static {
        try {
            NEXT = MethodHandles.lookup().findVarHandle(Commit.class, "next", Commit.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Map<TVar<?>, Version<?>> writes; // not modified any more
    private long number; // assigned before the commit is published
    private volatile @Nullable Commit next; // the commit itself once the history has moved on

    Commit(Map<TVar<?>, Version<?>> writes) {
        this.writes = writes;
    }

    long number() {
        return number;
    }

    @Nullable Commit next() {
        return next;
    }

    /** Makes {@code commit} the next one, unless there is one. Returns whether it did; from then on {@code commit} has happened. */
    boolean append(Commit commit) {
        commit.number = number + 1;
        commit.writes.values().forEach(version -> version.number(commit.number));
        return NEXT.compareAndSet(this, null, commit);
    }

    /** Makes all its versions the latest of their variables. Several threads may do so at once. */
    void write() {
        writes.forEach(TVar::install);
    }

    /** Cuts the commit off, so that the collector need not keep what comes after it for its sake. */
    void detach() {
        next = this;
    }
}
