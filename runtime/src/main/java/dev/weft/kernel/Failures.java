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

/** What went wrong in a scope: the first failure, with the others suppressed in it. */
public final class Failures {
    private @Nullable Throwable first;
    private @Nullable List<Throwable> aftermath;
    private @Nullable Set<Throwable> suppressed; // by identity: many children can fail with one and the same

    /** Adds {@code other} to what {@code failure} suppresses. */
    public static void suppress(Throwable other, Throwable failure) {
        if (other != failure) {
            failure.addSuppressed(other);
        }
    }

    /** What {@code failure} says of itself, which is users' code. */
    static String describe(Throwable failure) {
        try {
            return failure.toString();
        } catch (Throwable unspeakable) {
            return failure.getClass().getName();
        }
    }

    /** What {@code failure} says of its cause, which may be users' code too. */
    static @Nullable Throwable cause(Throwable failure) {
        try {
            return failure.getCause();
        } catch (Throwable unspeakable) {
            return null;
        }
    }

    /** Adds the place of the spawn to a greenlet's failure. */
    static void addSpawnSite(Throwable failure, String greenlet, StackTraceElement place) {
        try {
            for (Throwable known : failure.getSuppressed()) {
                if (known instanceof SpawnSite) {
                    return; // an exception object that many greenlets share would otherwise grow without end
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
            failure.addSuppressed(known); // a failure tells more, and the cancellation will be thrown by the next wait
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

    /** What was thrown by one who knew already that all is cancelled: it is told with the failure, or the cancellation. */
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

    /** Adds the aftermath to what {@code failure} suppresses. */
    <X extends Throwable> X withAftermath(X failure) {
        List<Throwable> after = aftermath;
        if (after != null) {
            aftermath = null;
            after.forEach(thrown -> suppress(thrown, failure));
        }
        return failure;
    }

    /** Throws it, if there is one. */
    void rethrow() {
        if (first != null) {
            withAftermath(first);
            throw Sneaky.rethrow(first);
        }
    }
}
