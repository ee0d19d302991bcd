package dev.weft.kernel;

import dev.weft.spi.YieldMode;
import org.jspecify.annotations.Nullable;

/** What a stretch of code, or a loop, demands of the waits in it. */
interface WaitRules {
    /** What a wait for {@code target} must throw; null if it may be. */
    @Nullable RuntimeException refusal(Object target, YieldMode mode);

    /** Whether the loop may be given up although nothing is waited for, to let others run. */
    boolean mayYieldUnasked(YieldMode mode);
}
