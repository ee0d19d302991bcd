package dev.weft.kernel;

import dev.weft.Cancelled;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What went wrong in a scope: the first failure, with the others suppressed in it. */
final class Failures {
    private @Nullable Throwable first;
    private @Nullable Set<Throwable> suppressed; // by identity: many children can fail with one and the same

    /** Adds {@code other} to what {@code failure} suppresses. */
    static void suppress(Throwable other, Throwable failure) {
        if (other != failure) {
            failure.addSuppressed(other);
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

    /** Throws it, if there is one. */
    void rethrow() {
        if (first != null) {
            throw Sneaky.rethrow(first);
        }
    }
}
