package dev.weft.kernel;

import dev.weft.spi.YieldMode;
import org.jspecify.annotations.Nullable;

/** The rules that a section of code, or a loop, imposes on the waits in it. */
interface WaitRules {
    /** Returns the exception that a wait for {@code target} must throw; null if it is allowed. */
    @Nullable RuntimeException refusal(Object target, YieldMode mode);

    /** Returns whether the loop may be yielded without waiting for anything, to let others run. */
    boolean mayYieldVoluntarily(YieldMode mode);
}
