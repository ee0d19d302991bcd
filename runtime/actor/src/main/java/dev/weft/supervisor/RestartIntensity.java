package dev.weft.supervisor;

import java.time.Duration;
import java.util.ArrayDeque;

/** The limit on restarts: at most so many in a period. Belongs to the supervisor's loop. */
final class RestartIntensity {
    private final int most;
    private final long periodNanos;
    private final ArrayDeque<Long> recent = new ArrayDeque<>(); // when the restarts were, the oldest first

    RestartIntensity(int most, Duration period) {
        this.most = most;
        this.periodNanos = period.toNanos();
    }

    /** Counts a restart at {@code now}; returns false if that is one too many. */
    boolean admits(long now) {
        while (!recent.isEmpty() && now - recent.getFirst() > periodNanos) {
            recent.removeFirst();
        }
        if (recent.size() >= most) {
            return false;
        }
        recent.addLast(now);
        return true;
    }

    @Override
    public String toString() {
        return most + " restarts in " + Duration.ofNanos(periodNanos);
    }
}
