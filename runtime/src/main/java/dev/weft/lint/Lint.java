package dev.weft.lint;

import dev.weft.kernel.GreenletTask;
import dev.weft.spi.Owners;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One kind of trouble. Called about once a second on one thread, with the times of a clock that only that thread has. */
interface Lint {
    /** Called in each look for each greenlet, possibly twice, with what it waits for. */
    default void see(GreenletTask<?> greenlet, @Nullable Owners wait) {}

    /** The look is over: reports what stands at {@code nowNanos}. */
    void conclude(long nowNanos, Consumer<Finding> found);
}
