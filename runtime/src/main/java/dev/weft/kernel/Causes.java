package dev.weft.kernel;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Searches the causes and suppressed exceptions of an exception. */
final class Causes {
    /** A limit, as causes may form a cycle. */
    static final int DEEPEST = 32;

    private Causes() {}

    /** Returns whether {@code failure} or one of its causes is {@code sought}. */
    static boolean contain(Throwable failure, @Nullable Throwable sought) {
        return anyMatch(failure, cause -> cause == sought);
    }

    /** Returns whether {@code failure} or one of its causes has a suppressed exception that passes {@code test}. */
    static boolean suppress(Throwable failure, Predicate<Throwable> test) {
        return anyMatch(failure, cause -> {
            for (Throwable suppressed : cause.getSuppressed()) {
                if (test.test(suppressed)) {
                    return true;
                }
            }
            return false;
        });
    }

    private static boolean anyMatch(Throwable failure, Predicate<Throwable> test) {
        @Nullable Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            if (test.test(cause)) {
                return true;
            }
            cause = Failures.cause(cause);
        }
        return false;
    }
}
