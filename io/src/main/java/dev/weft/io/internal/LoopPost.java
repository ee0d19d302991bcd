package dev.weft.io.internal;

import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
import java.util.concurrent.RejectedExecutionException;

/** How an event that may happen on any thread reaches a loop. The rules of {@link Suspension#post} apply to the events. */
public final class LoopPost {
    private LoopPost() {}

    /** Runs {@code event} with the next turn of {@code loop}; drops it if the loop is closed, since nobody waits there. */
    public static void post(Loop loop, Runnable event) {
        postOr(loop, event, () -> {});
    }

    /** Runs {@code event} at once if the caller is on {@code loop}, or else with its next turn; {@code ifClosed} if it is closed. */
    public static void runOrPost(Loop loop, Runnable event, Runnable ifClosed) {
        if (Suspension.isOn(loop)) {
            event.run();
        } else {
            postOr(loop, event, ifClosed);
        }
    }

    private static void postOr(Loop loop, Runnable event, Runnable ifClosed) {
        try {
            Suspension.post(loop, event);
        } catch (RejectedExecutionException loopIsClosed) {
            ifClosed.run();
        }
    }
}
