package dev.weft.kernel;

import dev.weft.Cancelled;
import dev.weft.SpawnSite;
import dev.weft.spi.Sneaky;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The failures of a scope: the first one, with the others added as suppressed. */
public final class Failures {
    private @Nullable Throwable first;
    private @Nullable List<Throwable> aftermath;
    private @Nullable Set<Throwable> suppressed; // by identity: many children can fail with the same exception

    /** Adds {@code other} to {@code failure} as suppressed. */
    public static void suppress(Throwable other, Throwable failure) {
        if (other != failure) {
            failure.addSuppressed(other);
        }
    }

    /** Returns {@code failure.toString()}, which is users' code and may throw. */
    static String describe(Throwable failure) {
        try {
            return failure.toString();
        } catch (Throwable unspeakable) {
            return failure.getClass().getName();
        }
    }

    /** Returns {@code failure.getCause()}, which may be users' code and throw. */
    static @Nullable Throwable cause(Throwable failure) {
        try {
            return failure.getCause();
        } catch (Throwable unspeakable) {
            return null;
        }
    }

    /** Adds the spawn site to a greenlet's failure. */
    static void addSpawnSite(Throwable failure, String greenlet, StackTraceElement place) {
        try {
            for (Throwable known : failure.getSuppressed()) {
                if (known instanceof SpawnSite) {
                    return; // an exception shared by many greenlets would otherwise grow without bound
                }
            }
            failure.addSuppressed(new SpawnSite(greenlet, place));
        } catch (OutOfMemoryError e) {
            // The failure itself matters more.
        }
    }

    void add(Throwable failure) {
        Throwable known = first;
        if (known == null) {
            first = failure;
        } else if (known instanceof Cancelled && !(failure instanceof Cancelled)) {
            failure.addSuppressed(known); // a failure says more, and the next wait will throw the cancellation
            first = failure;
        } else if (known != failure && isNew(failure)) {
            known.addSuppressed(failure);
        }
    }

    private boolean isNew(Throwable failure) {
        if (suppressed == null) {
            suppressed = Collections.newSetFromMap(new IdentityHashMap<>());
        }
        return suppressed.add(failure);
    }

    /** Collects exceptions thrown after a cancellation was noticed, to be added to the failure or the cancellation. */
    void addAftermath(Throwable cancelled) {
        for (Throwable thrown : cancelled.getSuppressed()) {
            if (!(thrown instanceof SpawnSite) && !Cancellation.explains(thrown)) {
                if (aftermath == null) {
                    aftermath = new ArrayList<>();
                }
                aftermath.add(thrown);
            }
        }
    }

    /** Adds the aftermath to {@code failure} as suppressed. */
    <X extends Throwable> X withAftermath(X failure) {
        List<Throwable> after = aftermath;
        if (after != null) {
            aftermath = null;
            after.forEach(thrown -> suppress(thrown, failure));
        }
        return failure;
    }

    /** Throws the first failure, if there is one. */
    void rethrow() {
        if (first != null) {
            withAftermath(first);
            throw Sneaky.rethrow(first);
        }
    }
}
