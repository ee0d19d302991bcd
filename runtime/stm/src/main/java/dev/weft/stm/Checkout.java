package dev.weft.stm;

import dev.weft.Awaitable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Some variables as they were at one moment, to be changed in private and committed together, or not at all: the explicit form
 * of a transaction, which never repeats anything by itself (as Kamaelia's {@code Axon.STM}). Created by {@link Store#checkout}.
 *
 * <pre>{@code
 * Checkout out = store.checkout(from, to);
 * out.set(from, out.value(from) - 10);
 * out.set(to, out.value(to) + 10);
 * out.commit(); // ConcurrentUpdate if one of the two has been changed since
 * }</pre>
 *
 * <p>For one greenlet or thread at a time, of any loop or none. No method waits. While it is kept, it keeps the values that it
 * has seen, and holds up nobody.
 */
public final class Checkout {
    private final Store store;
    private Map<TVar<?>, Version<?>> seen;
    private Map<TVar<?>, Version<?>> changed = new LinkedHashMap<>();

    Checkout(Store store, Map<TVar<?>, Version<?>> seen) {
        this.store = store;
        this.seen = seen;
    }

    /**
     * Returns the value of {@code variable} as it was checked out, or as it was {@link #set} since.
     *
     * @throws IllegalArgumentException if the variable was not checked out
     */
    @SuppressWarnings("unchecked") // a variable is only ever mapped to its own versions
    public <T extends @Nullable Object> T value(TVar<T> variable) {
        Version<?> own = changed.get(variable);
        return ((Version<T>) (own == null ? seen(variable) : own)).value;
    }

    /**
     * Returns the version of {@code variable} that was checked out; see {@link TVar#version}.
     *
     * @throws IllegalArgumentException if the variable was not checked out
     */
    public long version(TVar<?> variable) {
        return seen(variable).number();
    }

    /**
     * Changes {@code variable} in this checkout; nobody else sees it before the commit.
     *
     * @throws IllegalArgumentException if the variable was not checked out
     */
    public <T extends @Nullable Object> void set(TVar<T> variable, T value) {
        seen(variable);
        changed.put(variable, new Version<>(value));
    }

    private Version<?> seen(TVar<?> variable) {
        Version<?> version = seen.get(variable);
        if (version == null) {
            throw new IllegalArgumentException(variable + " was not checked out; name it in Store.checkout");
        }
        return version;
    }

    /**
     * Makes all the changes at once, if all variables that were checked out, changed here or not, are still as they were then. The
     * checkout then stands at what it has committed, and can be changed and committed again. Never waits: if other commits are
     * under way, it finishes them first, and is then compared with what they have written.
     *
     * @throws ConcurrentUpdate if a variable has been changed meanwhile; nothing is written
     */
    public void commit() {
        if (changed.isEmpty() ? !isCurrent() : !store.history().commit(seen, changed)) {
            store.countConflict();
            throw new ConcurrentUpdate(
                    String.join(", ", differences()) + " after the checkout; check out again, and repeat the change");
        }
        Map<TVar<?>, Version<?>> now = new LinkedHashMap<>(seen);
        now.putAll(changed);
        seen = now;
        changed = new LinkedHashMap<>();
    }

    private List<String> differences() {
        List<String> found = new ArrayList<>();
        seen.forEach((variable, version) -> {
            if (variable.latest() != version) {
                found.add(variable + " was changed (version " + version.number() + ", now " + variable.version() + ")");
            }
        });
        return found;
    }

    /** Returns whether all variables are still as they were checked out. */
    public boolean isCurrent() {
        store.history().settle();
        return History.areLatest(seen);
    }

    /**
     * Returns what to await, or to use in a {@link dev.weft.sync.Select}, until one of the variables has been changed; ready at
     * once if one has. For one wait at a time.
     */
    public Awaitable<@Nullable Void> changing() {
        return new Change(seen);
    }

    /** Returns the variables, with the values as they were checked out. */
    @Override
    public String toString() {
        List<String> values = new ArrayList<>();
        seen.forEach((variable, version) -> values.add(variable + "=" + version.value));
        return "checkout of " + values;
    }
}
