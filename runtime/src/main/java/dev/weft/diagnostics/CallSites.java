package dev.weft.diagnostics;

import dev.weft.jdk.Frames;
import dev.weft.kernel.GreenletTask;
import java.util.HashSet;
import java.util.Set;

/**
 * The places in somebody's code of which something has been reported, so that each is told once. There are as many as the
 * program has such lines. Belongs to the loop's thread; what is static is for any.
 */
final class CallSites {
    private final Set<StackTraceElement> told = new HashSet<>();

    /** Whether {@code place} has not been asked for yet. */
    boolean isNew(StackTraceElement place) {
        return told.add(place);
    }

    /** The first frame that is neither the JDK's nor the runtime's; for a body without one, where it was spawned. */
    static StackTraceElement of(StackTraceElement[] where, GreenletTask<?> greenlet) {
        int place = Frames.indexOf(where);
        return place < 0 ? greenlet.spawnSite() : where[place];
    }
}
