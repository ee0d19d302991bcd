package dev.weft.stm;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Map;

/**
 * The commits of a store, one after the other: its clock. A commit happens when it is appended, by one compare-and-set. Only then
 * are its versions written to their variables, in the order of the commits, by whoever comes first. So a thread that is stopped
 * in the middle of a commit holds up nobody: the others finish its commit and go on. (After the lock-free commit of Fernandes
 * and Cachopo, <i>Lock-free and Scalable Multi-Version Software Transactional Memory</i>, 2011; with one version for each
 * variable, and a snapshot that advances while a transaction reads, as in Riegel, Felber and Fetzer, <i>A Lazy Snapshot
 * Algorithm with Eager Validation</i>, 2006.)
 */
final class History {
    private static final VarHandle LATEST;

    static {
        try {
            LATEST = MethodHandles.lookup().findVarHandle(History.class, "latest", Commit.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile Commit latest = new Commit(Map.of()); // the last of those whose versions have all been written

    /** Finishes the commits that have begun, and returns the last one. */
    Commit settle() {
        while (true) {
            Commit last = latest;
            Commit next = last.next();
            if (next == null) {
                return last;
            }
            if (next != last) {
                advance(last, next);
            }
        }
    }

    /**
     * Commits {@code writes}, unless one of the versions in {@code reads} is no longer the latest of its variable. Lock-free: it
     * starts again only if another commit has been made meanwhile.
     *
     * @return whether it was committed
     */
    boolean commit(Map<TVar<?>, Version<?>> reads, Map<TVar<?>, Version<?>> writes) {
        Commit commit = new Commit(writes);
        while (true) {
            Commit last = settle();
            if (!areLatest(reads)) {
                return false;
            }
            if (last.append(commit)) {
                advance(last, commit);
                return true;
            }
        }
    }

    private void advance(Commit last, Commit next) {
        next.write();
        if (LATEST.compareAndSet(this, last, next)) {
            last.detach();
        }
    }

    /** Returns whether all these versions are the latest ones of their variables. */
    static boolean areLatest(Map<TVar<?>, Version<?>> versions) {
        for (Map.Entry<TVar<?>, Version<?>> entry : versions.entrySet()) {
            if (entry.getKey().latest() != entry.getValue()) {
                return false;
            }
        }
        return true;
    }
}
