package dev.weft.scheduler;

import org.jspecify.annotations.Nullable;

/** An action that {@link Timers} runs at its deadline. Reusable once it has fired or been cancelled. */
public abstract class Timer {
    Timers.@Nullable Bucket bucket;

    @Nullable Timer previous;

    @Nullable Timer next;

    /** Called on the loop's thread, between tasks, when the deadline is reached; must not wait. */
    protected abstract void fire();

    public final boolean isSet() {
        return bucket != null;
    }
}
