package dev.weft.sync;

import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
import java.util.concurrent.RejectedExecutionException;

/** How other threads tell a thing that belongs to a loop what must never be refused: a release, a signal. */
final class HomeLoop {
    private HomeLoop() {}

    /** Runs {@code news} on {@code home}: now, if the caller is there; otherwise with its next turn. Never waits. */
    static void tell(Loop home, Runnable news) {
        if (Suspension.isOn(home)) {
            news.run();
            return;
        }
        try {
            Suspension.post(home, news);
        } catch (RejectedExecutionException closed) {
            // Nobody is left there who could wait for it.
        }
    }
}
