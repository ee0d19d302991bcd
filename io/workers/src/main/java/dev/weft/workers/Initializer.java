package dev.weft.workers;

import org.jspecify.annotations.Nullable;

/** Prepares a worker before its first task. If that fails, so does the task, and the next one tries again. */
final class Initializer {
    private final @Nullable VoidTask action;
    private boolean done;

    Initializer(@Nullable VoidTask action) {
        this.action = action;
    }

    /** Called by the worker before each task. */
    void run() throws Exception {
        if (!done) {
            if (action != null) {
                action.run();
            }
            done = true;
        }
    }
}
