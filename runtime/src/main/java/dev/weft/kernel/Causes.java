package dev.weft.kernel;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What an exception goes back to, and what was added to it on its way. */
final class Causes {
    /** Causes may form a ring. */
    static final int DEEPEST = 32;

    private Causes() {}

    /** Whether {@code failure} or one of its causes is {@code sought}. */
    static boolean contain(Throwable failure, @Nullable Throwable sought) {
        return anyMatch(failure, cause -> cause == sought);
    }

    /** Whether {@code failure}, or a cause of it, suppresses an exception that fulfils {@code test}. */
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
