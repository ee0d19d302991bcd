package dev.weft.kernel;

import org.jspecify.annotations.Nullable;

/** Something that {@link Timers} runs when its time has come. Reusable once it has fired or was cancelled. */
abstract class Timer {
    Timers.@Nullable Bucket bucket;

    @Nullable Timer previous;

    @Nullable Timer next;

    /** Called on the loop's thread, between greenlets; must not wait. */
    abstract void fire();

    final boolean isSet() {
        return bucket != null;
    }
}
