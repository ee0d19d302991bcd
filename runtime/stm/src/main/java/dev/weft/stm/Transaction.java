package dev.weft.stm;

import dev.weft.CheckedAction;
import dev.weft.CheckedCallable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a transaction, as its body sees it. All reads see the store as it was at one moment, so a body never meets
 * variables that do not fit together (opacity, Guerraoui and Kapalka, 2008). Writes are seen by its own later reads, and by
 * nobody else before the commit.
 *
 * <p>Must be used only by the body it was passed to, on the greenlet or thread that runs it, and not after the body has ended.
 * A read and a write cost a look-up in a small hash map.
 */
public final class Transaction {

    /** What a transaction does. It may run several times, so it must change nothing but variables of the store. */
    @FunctionalInterface
    public interface Body<T extends @Nullable Object, X extends Exception> {
        /** Runs in one attempt. */
        T run(Transaction tx) throws X;
    }

    /** A {@link Body} without a result. */
    @FunctionalInterface
    public interface VoidBody<X extends Exception> {
        /** Runs in one attempt. */
        void run(Transaction tx) throws X;
    }

    private final Store store;
    private final Map<TVar<?>, Version<?>> reads = new LinkedHashMap<>();
    private Map<TVar<?>, Version<?>> writes =
            new LinkedHashMap<>(); // in the order in which they will be seen to happen
    private long snapshot; // the number of the commit whose state is read
    private @Nullable Rollback rollback; // why this attempt has failed, even if its body goes on
    private boolean over;

    Transaction(Store store) {
        this.store = store;
        snapshot = store.history().settle().number();
    }

    /** Returns the value of {@code variable}. Never waits. */
    @SuppressWarnings("unchecked") // a variable is only ever mapped to its own versions
    public <T extends @Nullable Object> T read(TVar<T> variable) {
        requireActive();
        Version<?> known = writes.get(variable);
        if (known == null) {
            known = reads.get(variable);
        }
        return known == null ? firstRead(variable).value : ((Version<T>) known).value;
    }

    private <T extends @Nullable Object> Version<T> firstRead(TVar<T> variable) {
        variable.requireStore(store);
        Version<T> version = variable.latest();
        while (version.number() > snapshot) {
            advance();
            version = variable.latest();
        }
        reads.put(variable, version);
        return version;
    }

    /** Moves the snapshot to the present, where what has been read must be unchanged. */
    private void advance() {
        long present = store.history().settle().number();
        if (!History.areLatest(reads)) {
            throw rollBack(Rollback.CONFLICT);
        }
        snapshot = present;
    }

    /** Gives {@code variable} a new value, once the transaction commits. */
    public <T extends @Nullable Object> void write(TVar<T> variable, T value) {
        requireActive();
        variable.requireStore(store);
        writes.put(variable, new Version<>(value));
    }

    /** Replaces the value of {@code variable} by what {@code change} makes of it, and returns that. */
    public <T extends @Nullable Object> T update(TVar<T> variable, Function<? super T, ? extends T> change) {
        T changed = change.apply(read(variable));
        write(variable, changed);
        return changed;
    }

    /**
     * Gives this attempt up, and runs the transaction again once a variable that it has read has been changed. Nothing is
     * written. Never returns normally; inside {@link #orElse} the alternative runs instead.
     */
    @SuppressWarnings("TypeParameterUnusedInFormals") // it never returns
    public <T extends @Nullable Object> T retry() {
        requireActive();
        throw rollBack(Rollback.RETRY);
    }

    /** Calls {@link #retry} unless {@code condition} holds. */
    public void check(boolean condition) {
        if (!condition) {
            retry();
        }
    }

    /**
     * Runs {@code first}; if that calls {@link #retry}, undoes its writes and runs {@code second} instead. If both call it, the
     * transaction waits for a change of what either has read. If {@code first} throws, its writes are undone too.
     */
    public <T extends @Nullable Object, X extends Exception> T orElse(
            CheckedCallable<? extends T, X> first, CheckedCallable<? extends T, X> second) throws X {
        requireActive();
        Map<TVar<?>, Version<?>> before = new LinkedHashMap<>(writes);
        try {
            T value = first.call();
            requireActive(); // or else it has swallowed what retry has thrown
            return value;
        } catch (Throwable t) {
            writes = before;
            if (rollback != Rollback.RETRY) {
                throw t;
            }
        }
        rollback = null;
        return second.call();
    }

    /** As {@link #orElse(CheckedCallable, CheckedCallable)}, without a result. */
    @SuppressWarnings("NullAway") // a Void is always null
    public <X extends Exception> void orElse(CheckedAction<X> first, CheckedAction<X> second) throws X {
        this.<@Nullable Void, X>orElse(
                () -> {
                    first.run();
                    return null;
                },
                () -> {
                    second.run();
                    return null;
                });
    }

    private Rollback rollBack(Rollback why) {
        rollback = why;
        return why;
    }

    private void requireActive() {
        if (over) {
            throw new IllegalStateException(
                    "the transaction is over; use a Transaction only inside the body it is passed to");
        }
        if (rollback != null) {
            throw rollback;
        }
    }

    /** Commits what was written. Returns false if it must run again, now or after a change. */
    boolean commit() {
        if (rollback == null && !writes.isEmpty() && !store.history().commit(reads, writes)) {
            rollback = Rollback.CONFLICT;
        }
        return rollback == null;
    }

    void end() {
        over = true;
    }

    /** Returns why this attempt has failed; null if it has not. */
    @Nullable Rollback rollback() {
        return rollback;
    }

    /**
     * Returns the change that ends the wait after {@link #retry}.
     *
     * @throws IllegalStateException if nothing was read
     */
    Change changing() {
        if (reads.isEmpty()) {
            throw new IllegalStateException(
                    "the transaction has called retry and has read nothing, so no change could ever "
                            + "end its wait; read what it waits for");
        }
        return new Change(reads);
    }

    /** Returns what was read, which must not change any more. */
    Map<TVar<?>, Version<?>> reads() {
        return reads;
    }
}
