package dev.weft.actor;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** An intake whose reader is not on a loop: it counts the wake-ups. */
final class StressedIntake extends Intake<Integer> {
    final AtomicInteger wakeUps = new AtomicInteger();

    @SuppressWarnings("NullAway") // they are needed only to wake the reader, and for descriptions
    StressedIntake() {
        super(null, null);
    }

    @Override
    void wake() {
        wakeUps.incrementAndGet();
    }

    /** Polls until there is nothing left. */
    List<Integer> pollAll() {
        List<Integer> all = new ArrayList<>();
        Integer next;
        while ((next = poll()) != null) {
            release();
            all.add(next);
        }
        return all;
    }
}
