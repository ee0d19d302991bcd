package dev.weft.goker;

import dev.weft.Action;
import dev.weft.Greenlet;
import dev.weft.Verdict;
import dev.weft.Weft;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.StampedLock;
import org.jspecify.annotations.Nullable;

/**
 * The pattern of one real bug, in our own words: a program of which some greenlets wait for ever. The names are those of GoBench
 * (Yuan et al., CGO 2021), whose programs Go's leak profile is tested with.
 *
 * @param kind what the verdict on it must be
 * @param stuck the names of the greenlets that the verdict must name
 */
record Kernel(String name, Verdict.Kind kind, Set<String> stuck, Program program) {
    /** The body of the first greenlet, called {@code main}. */
    interface Program {
        void run(Spawner go) throws Exception;
    }

    /** Spawns the greenlets of one kernel. */
    record Spawner(String kernel) {
        Greenlet<@Nullable Void> go(String name, Action body) {
            return Weft.spawn(kernel + " " + name, body);
        }
    }

    static Kernel certain(String name, Set<String> stuck, Program program) {
        return new Kernel(name, Verdict.Kind.CERTAIN, stuck, program);
    }

    static Kernel presumed(String name, Set<String> stuck, Program program) {
        return new Kernel(name, Verdict.Kind.PRESUMED, stuck, program);
    }

    static Kernel leaked(String name, Set<String> stuck, Program program) {
        return new Kernel(name, Verdict.Kind.LEAKED, stuck, program);
    }

    /** Returns a mutex as Go's, which nobody owns and which cannot be taken twice. */
    static Lock mutex() {
        return new StampedLock().asWriteLock();
    }

    /** Waits for a lock; a kill ends the wait. */
    static void lock(Lock lock) throws InterruptedException {
        lock.lockInterruptibly();
    }

    @Override
    public String toString() {
        return name;
    }
}
