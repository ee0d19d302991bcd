package dev.weft.scheduler;

import org.jspecify.annotations.Nullable;

/** Something that {@link Timers} runs when its time has come. Reusable once it has fired or was cancelled. */
public abstract class Timer {
    Timers.@Nullable Bucket bucket;

    @Nullable Timer previous;

    @Nullable Timer next;

    /** Called on the loop's thread, between tasks; must not wait. */
    protected abstract void fire();

    public final boolean isSet() {
        return bucket != null;
    }
}
