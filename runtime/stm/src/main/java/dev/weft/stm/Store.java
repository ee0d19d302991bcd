package dev.weft.stm;

import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Transactional memory: {@linkplain TVar variables} that are changed together, all or nothing, by greenlets of any loop and by
 * threads.
 *
 * <pre>{@code
 * Store bank = new Store();
 * TVar<Integer> mine = bank.variable("mine", 100);
 * TVar<Integer> yours = bank.variable("yours", 0);
 * bank.atomically(tx -> {
 *     tx.check(tx.read(mine) >= 10);        // waits until there is enough
 *     tx.update(mine, balance -> balance - 10);
 *     tx.update(yours, balance -> balance + 10);
 * });
 * }</pre>
 *
 * <p>{@link #atomically} runs a body until it commits, and waits if the body calls {@link Transaction#retry} (Harris, Marlow,
 * Peyton Jones and Herlihy, <i>Composable Memory Transactions</i>, 2005). {@link #checkout} is the explicit form, which reports a
 * conflict instead of repeating (Kamaelia's {@code Axon.STM}).
 *
 * <ul>
 *   <li>Transactions are serializable, and see all that committed before they began.
 *   <li>A transaction that only reads has no conflicts at its end, and writes to nothing shared.
 *   <li>Nothing is locked. A commit that meets others under way finishes them, so it never waits: not for a thread that the
 *       system has stopped, and not for a greenlet. A body that waits holds up nobody, and is only more likely to run again.
 *   <li>When two transactions conflict, the first to commit wins. So some transaction always proceeds, but one that reads much
 *       may run again many times while short ones keep changing what it reads; {@link #statistics} shows it, and a deadline
 *       bounds it.
 *   <li>All that wait for a change of a variable wake up, in the order in which they came, and run again.
 * </ul>
 *
 * <p>Stores are independent of each other: a transaction uses the variables of one. Any thread may use a store; creating one
 * costs some hundred bytes.
 */
public final class Store {
    static {
        Suspension.belongsToRuntime(Store.class);
    }

    private final History history = new History();
    private final LongAdder conflicts = new LongAdder();
    private final LongAdder waits = new LongAdder();

    /** Creates a store without variables. */
    public Store() {}

    /** Creates a variable; {@code name} appears in descriptions of greenlets that wait for it. */
    public <T extends @Nullable Object> TVar<T> variable(String name, T initial) {
        return new TVar<>(this, Objects.requireNonNull(name, "name"), initial);
    }

    /** Creates a variable without a name. */
    public <T extends @Nullable Object> TVar<T> variable(T initial) {
        return variable("a variable", initial);
    }

    /**
     * Runs {@code body} in a transaction, again and again until it commits. If it throws, nothing is written, and the exception
     * is thrown as it is. A greenlet that waits yields; a thread blocks. Each attempt is a checkpoint: a killed greenlet commits
     * nothing more.
     *
     * <p>A transaction that a body starts is one of its own, and commits even if the outer one does not: pass {@code tx} on
     * instead.
     *
     * @throws dev.weft.Cancelled if the greenlet is killed, or the thread interrupted, before the commit or while it waits
     * @throws IllegalStateException if it called {@code retry} and had read nothing, so that nothing could end the wait
     */
    public <X extends Exception> void atomically(Transaction.VoidBody<X> body) throws X {
        this.<@Nullable Void, X>callAtomically(withoutResult(body));
    }

    /**
     * As {@link #atomically(Transaction.VoidBody)}, and waits for at most {@code timeout}.
     *
     * @throws dev.weft.DeadlineExceeded if the time is up; nothing was written
     */
    public <X extends Exception> void atomically(Transaction.VoidBody<X> body, Duration timeout) throws X {
        this.<@Nullable Void, X>callAtomically(withoutResult(body), timeout);
    }

    /** As {@link #atomically(Transaction.VoidBody)}, for a body with a result. */
    public <T extends @Nullable Object, X extends Exception> T callAtomically(Transaction.Body<T, X> body) throws X {
        return run(Objects.requireNonNull(body, "body"), Change::await);
    }

    /**
     * As {@link #callAtomically(Transaction.Body)}, and waits for at most {@code timeout}.
     *
     * @throws dev.weft.DeadlineExceeded if the time is up; nothing was written
     */
    public <T extends @Nullable Object, X extends Exception> T callAtomically(
            Transaction.Body<T, X> body, Duration timeout) throws X {
        Objects.requireNonNull(body, "body");
        Objects.requireNonNull(timeout, "timeout");
        if (Suspension.isOnLoop()) {
            return Weft.withTimeout(timeout, () -> run(body, Change::await));
        }
        long start = System.nanoTime();
        return run(body, change -> change.block(timeout, timeout.minusNanos(System.nanoTime() - start)));
    }

    private <T extends @Nullable Object, X extends Exception> T run(
            Transaction.Body<T, X> body, Consumer<Change> waiting) throws X {
        while (true) {
            if (Suspension.isOnLoop()) {
                Suspension.checkpoint();
            }
            Transaction attempt = new Transaction(this);
            try {
                T value = body.run(attempt);
                if (attempt.commit()) {
                    return value;
                }
            } catch (Throwable t) {
                if (attempt.rollback() == null) {
                    throw t;
                }
            } finally {
                attempt.end();
            }
            if (attempt.rollback() == Rollback.RETRY) {
                waits.increment();
                waiting.accept(attempt.changing());
            } else {
                conflicts.increment();
            }
        }
    }

    @SuppressWarnings("NullAway") // a Void is always null
    private static <X extends Exception> Transaction.Body<@Nullable Void, X> withoutResult(
            Transaction.VoidBody<X> body) {
        Objects.requireNonNull(body, "body");
        return tx -> {
            body.run(tx);
            return null;
        };
    }

    /**
     * Takes a snapshot of {@code variables}, to be changed and committed explicitly. Never waits.
     *
     * @throws IllegalArgumentException if one of them belongs to another store
     */
    public Checkout checkout(TVar<?>... variables) {
        while (true) {
            Transaction attempt = new Transaction(this);
            try {
                for (TVar<?> variable : variables) {
                    attempt.read(variable);
                }
                return new Checkout(this, attempt.reads());
            } catch (Rollback conflict) {
                conflicts.increment();
            }
        }
    }

    /** Returns what has happened so far. */
    public StoreStatistics statistics() {
        return new StoreStatistics(history.settle().number(), conflicts.sum(), waits.sum());
    }

    History history() {
        return history;
    }

    void countConflict() {
        conflicts.increment();
    }

    @Override
    public String toString() {
        return "store after " + history.settle().number() + " commits";
    }
}
