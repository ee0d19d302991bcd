package dev.weft.stm;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A variable that is changed by transactions only. Created by {@link Store#variable}. Any thread may use it, through a {@link
 * Transaction} or a {@link Checkout}.
 *
 * <p>A value must not be modified while it is in a variable: use records, strings, numbers and unmodifiable collections. Costs
 * 56 bytes besides the value, and keeps no older version.
 *
 * @param <T> the type of the value
 */
public final class TVar<T extends @Nullable Object> {
    private static final VarHandle LATEST;

    static {
        try {
            LATEST = MethodHandles.lookup().findVarHandle(TVar.class, "latest", Version.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Store store;
    private final String name;
    private volatile Version<T> latest;

    TVar(Store store, String name, T initial) {
        this.store = store;
        this.name = name;
        latest = new Version<>(initial);
    }

    /**
     * Returns the present value, outside any transaction. Two variables read in this way one after the other need not have had
     * these values at the same time; a transaction gives that. Never waits.
     */
    public T value() {
        return latest.value;
    }

    /**
     * Returns the number of the commit that wrote the present value: 0 for the initial one, then growing with each change. The
     * commits of a store are numbered from 1.
     */
    public long version() {
        return latest.number();
    }

    Version<T> latest() {
        return latest;
    }

    /** Makes {@code next} the latest version, unless it or a later one has become so. */
    void install(Version<?> next) {
        while (true) {
            Version<T> present = latest;
            if (present.number() >= next.number()) {
                return;
            }
            if (LATEST.compareAndSet(this, present, next)) {
                present.replaced();
                return;
            }
        }
    }

    void requireStore(Store user) {
        if (store != user) {
            throw new IllegalArgumentException(
                    this + " belongs to another store; what is changed together must be in one store");
        }
    }

    /** Returns the name. */
    @Override
    public String toString() {
        return name;
    }
}
